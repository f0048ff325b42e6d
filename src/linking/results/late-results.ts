import type { CommitStatus } from "../../domain/commit-status.js";
import type { CommitId, CommitRef, RepositoryRef } from "../../domain/refs.js";
import type { Pair } from "../pairs/pairs.js";

/** A dist-git commit whose CI may have more to say than source-git shows, and where that is to be shown. */
export interface LateCommit {
  readonly pair: number;
  readonly sourceGit: RepositoryRef;
  readonly commit: CommitRef;
}

/**
 * How far dist-git's CI was with each commit. Sweeps ask for the heads of open pairs; for earlier heads, and for pairs that
 * have ended, this says what to ask for again, since the webhook that would have told may be lost.
 */
export interface LateResults {
  /** These were just shown; none, where nothing is waited for. */
  record(pair: Pair, distCommit: CommitId, shown: readonly CommitStatus[]): Promise<void>;
  /** So many of those that it is time to ask for, first those that were not asked for the longest time. */
  due(most: number): Promise<readonly LateCommit[]>;
  /** Their turn comes again later. */
  asked(commits: readonly LateCommit[]): Promise<void>;
}

const day = 24 * 60 * 60_000;

/** Milliseconds after its push in which a commit is asked for: CI that takes longer tells by a webhook, or not at all. */
export const lateFor = 7 * day;

interface Asked {
  readonly pushedAt: Date;
  readonly askedAt: Date;
  readonly ended: boolean;
}

/** What goes on is asked for each time, and less often as it grows old; what has ended may be run again, but seldom is. */
export function isDue({ pushedAt, askedAt, ended }: Asked, now: Date): boolean {
  const age = now.getTime() - pushedAt.getTime();
  return now.getTime() - askedAt.getTime() >= age / (ended ? 10 : 100);
}

/** Of one that waits to be started by hand nothing is expected. */
export function haveEnded(shown: readonly CommitStatus[]): boolean {
  return shown.every(({ state }) => state !== "pending" && state !== "running");
}
