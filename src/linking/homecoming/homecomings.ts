import type { CommitId, MergeRequestRef, RepositoryRef } from "../../domain/refs.js";

/**
 * Where a homecoming stands. `in-step`: source-git has all of dist-git; `open`: a merge request brings all of it; `conflict`:
 * a draft says what does not fit; `theirs`: people pushed to its branch, and more is missing there; `waiting`: dist-git
 * merged what is still open in source-git; `declined`: people closed the merge request; `blocked`: it cannot be brought.
 */
export type HomeState = "in-step" | "open" | "conflict" | "theirs" | "waiting" | "declined" | "blocked";

/** The dist-git branch whose own changes come home, and the source-git branch to which they do. */
export interface HomeSides {
  readonly distGit: { readonly repository: RepositoryRef; readonly branch: string };
  readonly sourceGit: { readonly repository: RepositoryRef; readonly branch: string };
}

export interface Homecoming extends HomeSides {
  readonly id: number;
  /** The branch that Sluice pushes to source-git. */
  readonly homeBranch: string;
  /** The newest merge request from it. */
  readonly number: number | undefined;
  readonly state: HomeState;
  /** The tips as they were when everything that followed from them was done. */
  readonly seen: HomeTips;
  /** The dist-git commit up to which its merge request brings everything home. */
  readonly carriedTip: CommitId | undefined;
  /** The same of a merge request that was merged: source-git has all up to there, whatever became of the trailers. */
  readonly settledTip: CommitId | undefined;
  /** What Sluice last gave the merge request to say; another title or draft is somebody's. */
  readonly shown: HomeTexts | undefined;
  /** What it is being given: a killed process leaves open which of the two it has. */
  readonly giving: HomeTexts | undefined;
  /** Why it cannot go on. */
  readonly problem: string | undefined;
}

export interface HomeTexts {
  readonly title: string;
  readonly draft: boolean;
}

export interface HomeTips {
  readonly dist: CommitId | undefined;
  readonly source: CommitId | undefined;
  readonly home: CommitId | undefined;
}

/** What is to be recorded; `null` forgets. */
export interface HomeChange {
  readonly number?: number | null;
  readonly state?: HomeState;
  readonly seen?: HomeTips;
  readonly carriedTip?: CommitId | null;
  readonly settledTip?: CommitId;
  readonly shown?: HomeTexts | null;
  readonly giving?: HomeTexts | null;
  readonly problem?: string | null;
}

/** What Sluice remembers of dist-git's own changes coming home. */
export interface Homecomings {
  /** Recorded when there is none. */
  ensure(sides: HomeSides): Promise<Homecoming>;
  /** The one whose merge request this is, by the branch that it comes from. */
  withBranch(repository: RepositoryRef, branch: string): Promise<Homecoming | undefined>;
  /** Those of a dist-git branch. */
  from(distGit: HomeSides["distGit"]): Promise<readonly Homecoming[]>;
  /** Those of which a side is in this repository. */
  under(repository: RepositoryRef): Promise<readonly Homecoming[]>;
  update(homecoming: Homecoming, change: HomeChange): Promise<Homecoming>;
  /** Recorded before the push, so that a commit on the branch is known as ours whatever happens in between. */
  recordPushed(homecoming: Homecoming, commit: CommitId): Promise<void>;
  isPushed(homecoming: Homecoming, commit: CommitId): Promise<boolean>;
}

/** The merge request that brings it home, if there ever was one. */
export function homeMergeRequest({ sourceGit, number }: Homecoming): MergeRequestRef | undefined {
  return number === undefined ? undefined : { repository: sourceGit.repository, number };
}
