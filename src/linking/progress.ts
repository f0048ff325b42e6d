import type { Complaint } from "../domain/errors.js";
import type { CommitId, MergeRequestRef, RepositoryRef } from "../domain/refs.js";

/** A dist-git merge request as texts name it. */
export interface Counterpart {
  readonly ref: MergeRequestRef;
  readonly webUrl: string;
  /** `!` or `#`, as its forge writes it. */
  readonly sigil: "#" | "!";
}

export interface DistEnded {
  readonly stage: "dist-ended";
  readonly counterpart: Counterpart;
  readonly how: "closed" | "merged";
  /** The source-git side was closed with it. */
  readonly source?: "closed";
  /** Why the source-git side could not be merged with it. */
  readonly refused?: string;
}

/** Where mirroring stands; everything that people are told follows from it, in `wording.ts`. */
export type Progress =
  | { readonly stage: "mirroring" }
  /** Somebody with write access has to look at this commit of somebody without. */
  | { readonly stage: "waiting-for-maintainer"; readonly head: CommitId }
  | { readonly stage: "paused"; readonly by: string }
  | { readonly stage: "waiting-for-forge" }
  | { readonly stage: "not-linked"; readonly branch: string; readonly withdrawn: Counterpart | undefined }
  | { readonly stage: "nothing-to-mirror"; readonly distGit: RepositoryRef; readonly branch: string }
  | { readonly stage: "mirrored"; readonly counterpart: Counterpart; readonly warnings: readonly string[] }
  | DistEnded
  | { readonly stage: "source-ended"; readonly counterpart: Counterpart; readonly how: "closed" | "merged" }
  /** Merged in source-git; dist-git's side is merged once its CI is green. */
  | {
      readonly stage: "merge-waits";
      readonly counterpart: Counterpart;
      readonly verdict: "pending" | "failed";
    }
  | { readonly stage: "merge-refused"; readonly counterpart: Counterpart; readonly reason: string }
  | { readonly stage: "both-merged"; readonly counterpart: Counterpart }
  /** Merged in source-git before its last commits were carried over. */
  | { readonly stage: "left-behind"; readonly counterpart: Counterpart; readonly head: CommitId }
  | { readonly stage: "failed"; readonly complaint: Complaint }
  /** Only the operator can help. */
  | { readonly stage: "broken" };
