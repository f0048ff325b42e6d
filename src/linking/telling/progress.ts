import type { Complaint } from "../../domain/errors.js";
import type { MergeRequestState } from "../../domain/merge-request.js";
import {
  type CommitId,
  type CommitRef,
  type MergeRequestRef,
  type RepositoryRef,
  sameRepository,
} from "../../domain/refs.js";
import type { Waited } from "../wording/trust-wording.js";

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
  /** The source-git side was merged by itself, or closed with it, and perhaps people opened it again. */
  readonly source?: "merged" | "closed" | "reopened";
  /** Why the source-git side could not be merged with it. */
  readonly refused?: string;
  /** Why it could not be merged yet: it is tried again. */
  readonly waits?: MergeTried;
}

/** A merge that came too early; ISO 8601. */
export interface MergeTried {
  readonly reason: string;
  /** When it was tried first. */
  readonly since: string;
  /** When it is given up. */
  readonly until: string;
}

/** People pushed to the branch that Sluice made, which is theirs from then on. */
export interface ForeignPush {
  readonly stage: "foreign-push";
  readonly counterpart: Counterpart | undefined;
  readonly branch: string;
  /** What they pushed. */
  readonly commit: CommitRef;
}

/** A repository has another name than `sluice.yml` calls it by. */
export interface Renamed {
  readonly side: "source-git" | "dist-git";
  readonly from: RepositoryRef;
  readonly to: RepositoryRef;
  /** Where the link begins in `sluice.yml`. */
  readonly line?: number;
  /** The link is for many repositories, so that its names cannot be changed for one. */
  readonly isPattern?: true;
  /** By its new name a source-git leads to a dist-git that is not there; its pairs are in another. */
  readonly astray?: { readonly leadsTo: RepositoryRef; readonly stays: RepositoryRef };
}

export interface Mirrored {
  readonly stage: "mirrored";
  readonly counterpart: Counterpart;
  /** Where the counterpart is to be merged; not there in what was recorded before this was. */
  readonly branch?: string;
  /** Where it was to be merged, or which one there was, before the target branch in source-git changed. */
  readonly before?: { readonly branch: string } | { readonly counterpart: Counterpart };
  /** The source-git commit that the counterpart stands for. */
  readonly head: CommitId;
  readonly warnings: readonly string[];
}

/** Where mirroring stands; everything that people are told follows from it, in `progress-wording.ts`. */
export type Progress =
  | { readonly stage: "mirroring" }
  /** Somebody with write access has to look at this commit of somebody without. */
  | ({ readonly stage: "waiting-for-maintainer" } & Waited)
  | { readonly stage: "paused"; readonly by: string }
  | { readonly stage: "waiting-for-forge" }
  | { readonly stage: "not-linked"; readonly branch: string; readonly withdrawn: Counterpart | undefined }
  | { readonly stage: "nothing-to-mirror"; readonly distGit: RepositoryRef; readonly branch: string }
  | Mirrored
  | ForeignPush
  | DistEnded
  | { readonly stage: "source-ended"; readonly counterpart: Counterpart; readonly how: "closed" | "merged" }
  /** Merged in source-git; dist-git's side is merged once its CI is green. */
  | {
      readonly stage: "merge-waits";
      readonly counterpart: Counterpart;
      /** `silent`: nobody said anything, and may never do. */
      readonly verdict: "pending" | "failed" | "silent";
      /** Required results that were not told of. */
      readonly missing?: readonly string[];
      /** Since when nothing was heard; ISO 8601, as the next is. */
      readonly since?: string;
      /** When it is merged all the same, if nothing is heard until then. */
      readonly mergedAt?: string;
    }
  | { readonly stage: "merge-refused"; readonly counterpart: Counterpart; readonly reason: string }
  | { readonly stage: "both-merged"; readonly counterpart: Counterpart }
  /** Closed or merged in source-git before there was a counterpart. */
  | { readonly stage: "ended-unmirrored"; readonly how: "closed" | "merged" }
  /** Merged in source-git before its last commits were carried over. */
  | {
      readonly stage: "left-behind";
      readonly counterpart: Counterpart;
      readonly head: CommitId;
      /** Where the counterpart was merged as it was. */
      readonly dist?: "merged";
    }
  /** The source-git merge request is not found any more, or hidden from Sluice. */
  | { readonly stage: "source-gone" }
  | ({ readonly stage: "renamed" } & Renamed)
  | { readonly stage: "failed"; readonly complaint: Complaint }
  /** Only the operator can help. */
  | { readonly stage: "broken" };

/**
 * What is to be told, and where the counterpart was as people were last told, if it was elsewhere. It is told as long as they
 * read of the same commit: who was killed while telling tells it once more.
 */
export function movedSince<P extends Progress>(last: Progress | undefined, now: P): P | Mirrored {
  if (now.stage !== "mirrored" || last?.stage !== "mirrored") return now;
  const [was, is] = [last.counterpart.ref, now.counterpart.ref];
  if (!sameRepository(was.repository, is.repository))
    return { ...now, before: { counterpart: last.counterpart } };
  if (last.branch !== undefined && last.branch !== now.branch)
    return { ...now, before: { branch: last.branch } };
  return last.before !== undefined && last.head === now.head ? { ...now, before: last.before } : now;
}

/** Whether people read something else than that dist-git stands for the head, or has nothing to hold of it. */
export function saysOtherwise(progress: Progress | undefined): boolean {
  return progress !== undefined && progress.stage !== "mirrored" && progress.stage !== "nothing-to-mirror";
}

/** What source-git's merge request waits for, of which dist-git's was merged. */
export function waitsToMerge(progress: Progress | undefined): MergeTried | undefined {
  return progress?.stage === "dist-ended" ? progress.waits : undefined;
}

/** Whether people read of another end of the counterpart than its own: one that they pushed to may have been merged since. */
export function saysOtherEnd(progress: Progress | undefined, state: MergeRequestState): boolean {
  if (state === "open" || progress === undefined) return false;
  return progress.stage === "foreign-push" || (progress.stage === "dist-ended" && progress.how !== state);
}

/** Whether people read of a pair that has ended in source-git that its counterpart is otherwise than it is by now. */
export function saysOtherRest(progress: Progress | undefined, state: MergeRequestState): boolean {
  if (progress === undefined) return false;
  if (progress.stage === "source-ended" && progress.how === "closed") return state === "merged";
  if (progress.stage === "source-ended" || progress.stage === "merge-refused") return state !== "open";
  if (progress.stage === "left-behind") return state !== "open" && progress.dist !== state;
  return progress.stage === "dist-ended" && progress.source === "merged" && progress.how !== state;
}

/** Whether the counterpart of a pair that has ended in source-git may still go on in a way that people have to hear of. */
export function hasRest(progress: Progress | undefined): boolean {
  return saysOtherRest(progress, "merged");
}

const unsettled: readonly Progress["stage"][] = [
  "mirroring",
  "waiting-for-maintainer",
  "waiting-for-forge",
  "paused",
  "failed",
  "broken",
];

/** Whether people read of a merge request that has ended that something is still to come. */
export function saysUnsettled(progress: Progress | undefined): boolean {
  return progress !== undefined && unsettled.includes(progress.stage);
}
