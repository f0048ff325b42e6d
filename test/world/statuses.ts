import type { CommitState } from "../../src/domain/commit-status.js";
import type { SandboxRepository } from "../../src/sandbox/model.js";
import type { SandboxStore } from "../../src/sandbox/store.js";

/** A commit status as people see it, in one vocabulary for both forges. */
export interface SeenStatus {
  readonly context: string;
  readonly state: CommitState;
  readonly description: string;
  readonly targetUrl: string;
}

/** The newest status or check run of each name on a commit. */
export function readStatuses(
  store: SandboxStore,
  repository: SandboxRepository,
  commit: string,
): readonly SeenStatus[] {
  const newest = new Map<string, SeenStatus>();
  for (const { context, state, description, targetUrl } of store.statuses(repository, commit)) {
    newest.set(context, {
      context,
      state: stateOf(state),
      description: description ?? "",
      targetUrl: targetUrl ?? "",
    });
  }
  for (const { name, status, conclusion, title, detailsUrl } of store.checkRuns(repository, commit)) {
    newest.set(name, {
      context: name,
      state: conclusion === undefined ? openStates[status] : (conclusionStates[conclusion] ?? "failure"),
      description: title,
      targetUrl: detailsUrl ?? "",
    });
  }
  return [...newest.values()];
}

const openStates = { queued: "pending", in_progress: "running", completed: "pending" } as const;

/** What an app's check run says, in the words of a status. */
const conclusionStates: Readonly<Record<string, CommitState>> = {
  success: "success",
  failure: "failure",
  neutral: "neutral",
  skipped: "skipped",
  cancelled: "canceled",
};

/** GitLab says `failed` where everybody else says `failure`. */
export function stateOf(word: string): CommitState {
  return (word === "failed" ? "failure" : word) as CommitState;
}
