import type { LinkPolicy } from "../../config/configuration.js";
import type { Clock } from "../../domain/clock.js";
import type { CommitResult } from "../../domain/commit-status.js";
import type { CommitId, MergeRequestRef } from "../../domain/refs.js";
import type { Pair } from "../pairs/pairs.js";
import { missingResults } from "../results/results.js";
import { type MergeTried, type Progress, waitsToMerge } from "../telling/progress.js";
import type { ToldRecords } from "../telling/told.js";
import { verdictOf } from "./verdict.js";

export interface PatienceServices {
  readonly told: Pick<ToldRecords, "of">;
  readonly clock: Clock;
  /** Has the end of this source-git merge request carried over once more at that moment. */
  readonly tryLater: (mergeRequest: MergeRequestRef, at: Date) => Promise<void>;
}

/** What dist-git's CI says of the commit that is to be merged. */
export interface Judged {
  readonly pair: Pair;
  readonly policy: LinkPolicy;
  readonly commit: CommitId;
  readonly results: readonly CommitResult[];
}

/** What a merge waits for, as people are told. */
export type Awaited = Omit<Extract<Progress, { readonly stage: "merge-waits" }>, "stage" | "counterpart">;

const [minute, hour] = [60_000, 3_600_000];
/** Milliseconds for which source-git's own CI is waited for. */
const longest = 12 * hour;

/**
 * How long a merge waits for dist-git's CI. One that says nothing may be slow, down or not there at all, and nobody but the
 * link can tell which.
 */
export class Patience {
  readonly #services: PatienceServices;

  constructor(services: PatienceServices) {
    this.#services = services;
  }

  /** `undefined`: nothing is waited for, or not any longer. */
  async waits({ pair, policy, commit, results }: Judged): Promise<Awaited | undefined> {
    const missing = missingResults(results, policy);
    const all = [...results, ...missing];
    if (all.length === 0) return this.#silence(pair, commit, policy.mergeWithoutCi);
    const verdict = verdictOf(all);
    if (verdict === "green") return undefined;
    const lacking = verdict === "pending" && missing.length > 0;
    return { verdict, ...(lacking && { missing: missing.map(({ context }) => context) }) };
  }

  /**
   * source-git's side was to be merged while its own CI goes on, of which no event tells: it is tried again, ever more seldom.
   * `undefined`: not any longer.
   */
  async tries(pair: Pair, reason: string): Promise<MergeTried | undefined> {
    const { told, clock, tryLater } = this.#services;
    const now = clock.now().getTime();
    const tried = waitsToMerge((await told.of(pair))?.progress);
    const since = tried === undefined ? now : Date.parse(tried.since);
    const until = since + longest;
    if (now >= until) return undefined;
    const pause = Math.min(Math.max(minute, (now - since) / 2), hour);
    await tryLater(pair.sourceGit, new Date(Math.min(now + pause, until)));
    return { reason, since: new Date(since).toISOString(), until: new Date(until).toISOString() };
  }

  /** Counted from when it was first told that it waits: that is recorded, and outlives every process. */
  async #silence(
    pair: Pair,
    commit: CommitId,
    longest: LinkPolicy["mergeWithoutCi"],
  ): Promise<Awaited | undefined> {
    const { told, clock, tryLater } = this.#services;
    const before = await told.of(pair);
    const wasTold = before?.progress?.stage === "merge-waits" ? before.progress.since : undefined;
    const since = wasTold ?? clock.now().toISOString();
    const mergedAt = longest === "never" ? undefined : new Date(Date.parse(since) + longest);
    if (mergedAt && mergedAt <= clock.now()) return undefined;
    if (mergedAt) await tryLater(pair.sourceGit, mergedAt);
    // Its status in source-git was given up some minutes after the push.
    const shown = before?.results;
    const isGivenUp = shown?.distCommit === commit && shown.results.length === 0;
    return {
      verdict: isGivenUp ? "silent" : "pending",
      since,
      ...(mergedAt && { mergedAt: mergedAt.toISOString() }),
    };
  }
}
