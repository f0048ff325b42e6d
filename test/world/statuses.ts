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

/** The newest status of each context of a commit. */
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
  return [...newest.values()];
}

/** GitLab says `failed` where everybody else says `failure`. */
export function stateOf(word: string): CommitState {
  return (word === "failed" ? "failure" : word) as CommitState;
}
