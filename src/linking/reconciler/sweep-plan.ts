import { type CommitRef, repositoryName, type RepositoryRef } from "../../domain/refs.js";
import type { SweptTimes } from "./sweeps.js";

/**
 * What is looked at once in a while beside what changed: all that is open, with its CI; the repository itself, with its webhook.
 */
export type Look = "open" | "repository";

/** What a repository is looked at for in one sweep. */
export interface Visit {
  readonly repository: RepositoryRef;
  readonly looks: readonly Look[];
  /** Dist-git commits that stand for earlier states of this source-git, and whose CI is asked for again. */
  readonly late?: readonly CommitRef[];
}

export interface SweepState {
  readonly now: Date;
  /** Milliseconds from one sweep to the next. */
  readonly every: number;
  /** By the name of the repository in lower case. */
  readonly times: ReadonlyMap<string, SweptTimes>;
}

/** Each has its turn in so many milliseconds; what changes without a trace in the list of changes is found within `open`. */
const turns: Readonly<Record<Look, number>> = { open: 24 * 60 * 60_000, repository: 60 * 60_000 };

/** Milliseconds without a sweep after which webhooks were lost that no list of changes makes up for, and how many sweeps' time. */
const longAway = 60 * 60_000;
const missedSweeps = 3;

/** So many are looked at in one sweep, whatever their part of all: few repositories at once, thousands more slowly. */
const least = 50;
const most = 200;

/** Spreads what is looked at once in a while over the sweeps of that while, those first that were not for the longest time. */
export function planSweep(repositories: readonly RepositoryRef[], state: SweepState): readonly Visit[] {
  const timesOf = (repository: RepositoryRef) => state.times.get(repositoryName(repository).toLowerCase());
  // One that was never swept is looked at as a whole anyway.
  const swept = repositories.filter((one) => timesOf(one)?.wholeAt !== undefined);
  const awayFor = Math.max(longAway, missedSweeps * state.every);
  const wasAway = (one: RepositoryRef) => state.now.getTime() - (timesOf(one)?.at?.getTime() ?? 0) >= awayFor;
  const wholeAt = (one: RepositoryRef) => (wasAway(one) ? undefined : timesOf(one)?.wholeAt);
  const open = due(swept, { ...state, within: turns.open, last: wholeAt });
  const itself = due(repositories, {
    ...{ ...state, within: turns.repository },
    last: (one) => timesOf(one)?.lookedAt,
  });
  return repositories.map((repository) => ({
    repository,
    looks: [
      ...(open.has(repository) ? (["open"] as const) : []),
      ...(itself.has(repository) ? (["repository"] as const) : []),
    ],
  }));
}

interface Looking extends Pick<SweepState, "now" | "every"> {
  readonly last: (repository: RepositoryRef) => Date | undefined;
  /** Milliseconds in which each has its turn. */
  readonly within: number;
}

function due(
  repositories: readonly RepositoryRef[],
  { now, every, last, within }: Looking,
): ReadonlySet<RepositoryRef> {
  const age = (one: RepositoryRef) => now.getTime() - (last(one)?.getTime() ?? 0);
  // What is due before half of the time until the next sweep is due now.
  const late = repositories.filter((one) => age(one) >= within - every / 2);
  const part = Math.ceil((repositories.length * every) / within);
  const count = Math.min(most, Math.max(least, part));
  return new Set([...late].sort((one, other) => age(other) - age(one)).slice(0, count));
}
