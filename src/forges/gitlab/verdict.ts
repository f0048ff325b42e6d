import type { CommitState } from "../../domain/commit-status.js";
import { type StatusPayload, states } from "./payloads.js";

type Judged = Pick<StatusPayload, "status" | "allow_failure">;

/** A job that may fail fails its pipeline neither so nor by being canceled, and a manual one of them holds nothing up. */
export function verdict(
  { status, allow_failure: mayFail }: Judged,
  description: string,
): { readonly state: CommitState; readonly description: string } {
  if (status === "failed" && mayFail) return { state: "allowed-failure", description };
  if (status === "canceled" && mayFail) {
    return { state: "allowed-failure", description: description || "was canceled" };
  }
  if (status === "manual" && mayFail) return { state: "skipped", description: description || "manual" };
  return { state: states[status] ?? "pending", description };
}
