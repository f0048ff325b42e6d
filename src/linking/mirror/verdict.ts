import { type CommitResult, isFinal, isGreen } from "../../domain/commit-status.js";

/** What the CI says of a commit as a whole; without any result yet it is `pending`: nothing is green before CI began. */
export type Verdict = "pending" | "failed" | "green";

export function verdictOf(results: readonly CommitResult[]): Verdict {
  if (results.length === 0 || !results.every(({ state }) => isFinal(state))) return "pending";
  return results.every(({ state }) => isGreen(state)) ? "green" : "failed";
}
