import { isFinal, isGreen } from "../domain/commit-status.js";
import type { CommitRef } from "../domain/refs.js";
import type { Forge, TestedAs } from "../forges/forge.js";
import { isOurContext } from "./wording.js";

/** What the CI says of a commit as a whole; without any result yet it is `pending`: nothing is green before CI began. */
export type Verdict = "pending" | "failed" | "green";

export async function verdictOn(forge: Forge, commit: CommitRef, as: TestedAs): Promise<Verdict> {
  let verdict: Verdict = "pending";
  for await (const { context, state } of forge.listCommitStatuses(commit, as)) {
    if (isOurContext(context)) continue;
    if (!isFinal(state)) return "pending";
    if (!isGreen(state)) verdict = "failed";
    else if (verdict === "pending") verdict = "green";
  }
  return verdict;
}
