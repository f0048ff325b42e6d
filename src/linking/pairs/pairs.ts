import type { CommitId, CommitRef, MergeRequestRef, RepositoryRef } from "../../domain/refs.js";

import type { ShownLabels } from "../mirror/labels.js";
import type { Word } from "../trust/trust.js";

/**
 * Where a pair stands. `opening`: not yet mirrored; `open`: both sides are open; `stopped`: people closed or merged the
 * dist-git side, or a repository is gone or renamed away from its link; `empty`: dist-git would hold nothing of it; `closed` and `merged`: how the source-git merge request
 * ended, or `closed` because it went to a branch that is not linked; `closing`: Sluice is about to close the dist-git
 * side, so that it is not taken for people's doing; `merging`: merged in source-git, and dist-git's waits for its CI.
 */
export type PairState =
  "opening" | "open" | "empty" | "stopped" | "closing" | "closed" | "merged" | "merging";

/** Two merge requests that mirror one another. */
export interface Pair {
  readonly id: number;
  readonly sourceGit: MergeRequestRef;
  readonly distGit: {
    readonly repository: RepositoryRef;
    /** The branch that Sluice pushes. */
    readonly branch: string;
    /** Our fork that has this branch; `undefined` where the repository itself has it. */
    readonly fork: RepositoryRef | undefined;
    /** The branch that its merge request is for; `undefined` until it was mirrored. */
    readonly targetBranch: string | undefined;
    /** `undefined` until its merge request was opened. */
    readonly number: number | undefined;
  };
  readonly state: PairState;
  /** The source-git head that dist-git stands for, once everything that follows from it was done. */
  readonly mirroredHead: CommitId | undefined;
  /** The commit that Sluice last pushed to the dist-git branch. */
  readonly pushedCommit: CommitId | undefined;
  /** What Sluice last gave the dist-git merge request to say; `undefined` until it was opened. */
  readonly shown: ShownTexts | undefined;
  /** Who told Sluice to carry nothing over for now. */
  readonly pausedBy: string | undefined;
  /** The head that somebody has to look at before it is mirrored, and since when it was shown to wait. */
  readonly waiting: { readonly head: CommitId; readonly since: Date } | undefined;
  /** The dist-git merge request with whose merge Sluice closed the source-git side. */
  readonly closedWith: number | undefined;
}

export interface ShownTexts {
  readonly title: string;
  readonly draft: boolean;
  /** A fingerprint of source-git's texts at that time. */
  readonly texts: string;
  readonly labels: ShownLabels;
}

/** The repository that has the pair's dist-git branch. */
export function branchHome({ distGit: { repository, fork } }: Pair): RepositoryRef {
  return fork ?? repository;
}

export interface NewPair {
  readonly sourceGit: MergeRequestRef;
  readonly distGit: {
    readonly repository: RepositoryRef;
    readonly branch: string;
    /** Where it is to be merged. */
    readonly targetBranch?: string;
  };
}

/** What is to be recorded; `null` forgets. */
export interface PairChange {
  readonly state?: PairState;
  readonly distNumber?: number | null;
  readonly targetBranch?: string;
  readonly fork?: RepositoryRef | null;
  readonly mirroredHead?: CommitId | null;
  readonly pushedCommit?: CommitId | null;
  /** Another branch for Sluice to push. */
  readonly distBranch?: string;
  readonly shown?: ShownTexts | null;
  readonly pausedBy?: string | null;
  /** Waiting begins now; an equal head waits on. */
  readonly waitingHead?: CommitId | null;
  readonly closedWith?: number;
}

/** A dist-git commit that Sluice pushed, and the source-git commit that it stands for. */
export interface MirroredCommit {
  readonly sourceCommit: CommitId;
  readonly distCommit: CommitId;
}

/** What Sluice remembers of merge requests that mirror one another. */
export interface Pairs {
  withSourceGit(ref: MergeRequestRef): Promise<Pair | undefined>;
  withDistGit(ref: MergeRequestRef): Promise<Pair | undefined>;
  /** The pairs whose dist-git merge request is for this branch, ended ones too, newest first; at most some hundreds. */
  goingTo(repository: RepositoryRef, targetBranch: string): Promise<readonly Pair[]>;
  /** The pairs of which a side is in this repository, and which have not ended. */
  under(repository: RepositoryRef): Promise<readonly Pair[]>;
  /** The repositories of both sides of every pair that there ever was. */
  repositories(): Promise<readonly RepositoryRef[]>;
  /** The pair of this source-git merge request, recorded when there is none. */
  ensure(pair: NewPair): Promise<Pair>;
  update(pair: Pair, change: PairChange): Promise<Pair>;
  /** The pair goes to another dist-git repository and begins anew there. */
  move(pair: Pair, distGit: NewPair["distGit"]): Promise<Pair>;
  /** People ended the dist-git side; `false` when the pair is not any more in the state in which it was seen. */
  stop(pair: Pair): Promise<boolean>;
  /** Recorded before the push, so that a commit on the branch is known as ours whatever happens in between. */
  recordMirrored(pair: Pair, commits: MirroredCommit): Promise<void>;
  /** Whether Sluice made this dist-git commit for this pair. */
  isMirrored(pair: Pair, distCommit: CommitId): Promise<boolean>;
  /**
   * What one of Sluice's commits in a dist-git repository stands for: more than one where two pairs share it, none once the
   * source-git commit was converted anew.
   */
  mirroredBy(dist: CommitRef): Promise<readonly MirroredPair[]>;
  /** The pairs for which Sluice made this dist-git commit, converted anew since or not. */
  madeWith(dist: CommitRef): Promise<readonly Pair[]>;
  /** Somebody with the right to say so looked at this source-git commit. */
  trust(pair: Pair, trusted: { readonly commit: CommitId; readonly by: string }): Promise<void>;
  /** Everybody's word for commits of this pair, oldest first. */
  words(pair: Pair): Promise<readonly Word[]>;
}

/** A pair with the source-git commit that one of its dist-git commits stands for. */
export interface MirroredPair {
  readonly pair: Pair;
  readonly sourceCommit: CommitId;
}
