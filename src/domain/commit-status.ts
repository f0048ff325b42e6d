/**
 * The states of a commit status, the union of what the forges know. A forge that lacks one shows the nearest:
 * GitHub has no `running`, `canceled` or `skipped` status, GitLab no `error`.
 */
export type CommitState = "pending" | "running" | "success" | "failure" | "error" | "canceled" | "skipped";

/** One named result on a commit: a commit status, a job, a pipeline or a check run. */
export interface CommitStatus {
  /** The name that sets it apart from the commit's other statuses. */
  readonly context: string;
  readonly state: CommitState;
  /** One line for people; an adapter cuts it to what its forge takes. */
  readonly description: string;
  readonly targetUrl?: string;
}

/** Whether nothing more is expected of this status. */
export function isFinal(state: CommitState): boolean {
  return state !== "pending" && state !== "running";
}
