import type { CheckRef } from "./check-run.js";
import type { CommentRef } from "./comment.js";
import type { CommitRef, MergeRequestRef, RepositoryRef } from "./refs.js";

/**
 * What a delivery was about. An event is a rumour: it names the thing that may have changed and says nothing of how,
 * because only the forge knows its present state.
 */
export type ForgeEvent =
  /** `by`: the forge's id of who did it, where it says so. */
  | { readonly kind: "merge-request"; readonly mergeRequest: MergeRequestRef; readonly by?: number }
  | { readonly kind: "commit-status"; readonly commit: CommitRef }
  | { readonly kind: "comment"; readonly comment: CommentRef }
  /** Somebody pressed a button of our check run; `action` names one that we put there. */
  | { readonly kind: "rerun"; readonly check: CheckRef; readonly action?: string }
  | { readonly kind: "branch"; readonly repository: RepositoryRef; readonly branch: string }
  /** It was renamed, went to another owner, or was deleted. */
  | { readonly kind: "repository"; readonly repository: RepositoryRef };

/** A delivery read at the edge: the events it carries, or why it carries none. */
export type ReadDelivery =
  | {
      readonly outcome: "events";
      readonly events: readonly ForgeEvent[];
      /** The forge's own id of the repository that they are about, where it says so. */
      readonly repositoryId?: number;
    }
  | { readonly outcome: "skipped"; readonly reason: string };
