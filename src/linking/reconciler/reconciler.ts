import type { Clock } from "../../domain/clock.js";
import { OperatorError } from "../../domain/errors.js";
import type { ForgeEvent } from "../../domain/events.js";
import type { MergeRequest } from "../../domain/merge-request.js";
import { type CommitRef, mergeRequestName, type RepositoryRef, sameRepository } from "../../domain/refs.js";
import type { Forge } from "../../forges/forge.js";
import type { ForgeRegistry } from "../../forges/registry.js";
import { BranchSweep } from "./branch-sweep.js";
import type { Clones } from "../pairs/clones.js";
import { awaitedResults, distDiffers, homeDiffers, sourceDiffers } from "./differences.js";
import type { Homecomings } from "../homecoming/homecomings.js";
import { isOurBranch } from "../wording/homecoming-wording.js";
import type { Links } from "../links/links.js";
import type { Pair, Pairs } from "../pairs/pairs.js";
import { routeOf } from "../links/route.js";
import type { ObeyedComments, SweepRecord, Swept, Sweeps } from "./sweeps.js";
import type { ToldRecords } from "../telling/told.js";

export interface ReconcilerServices {
  readonly forges: ForgeRegistry;
  readonly links: Links;
  readonly pairs: Pairs;
  readonly told: Pick<ToldRecords, "of">;
  readonly homecomings: Homecomings;
  readonly clones: Clones;
  readonly sweeps: Pick<Sweeps, "of">;
  readonly obeyed: Pick<ObeyedComments, "has">;
  readonly clock: Clock;
}

/** What a repository has that Sluice does not know of. */
export type Found =
  | {
      readonly outcome: "compared";
      /** As if a webhook had told of it. */
      readonly events: readonly ForgeEvent[];
      /** To be recorded once the events are taken care of. */
      readonly record: SweepRecord;
    }
  | { readonly outcome: "gone" };

/** Clocks differ, and what happens during a sweep may not be seen by it. */
const overlap = 2 * 60_000;

/** What changes without a trace in the list of changes, if anything does, is found within so long. */
const wholeEvery = 24 * 60 * 60_000;

const hookEvery = 60 * 60_000;

/** Of so many merge requests that changed the comments are looked through in one sweep. */
const mostTalks = 100;

/**
 * Compares one repository with what is recorded of it, by one list of merge requests and one of branches, however many pairs
 * there are, and tells the differences as events: what follows from them is the handlers' to decide.
 */
export class Reconciler {
  readonly #services: ReconcilerServices;
  readonly #branches: BranchSweep;

  constructor(services: ReconcilerServices) {
    this.#services = services;
    this.#branches = new BranchSweep(services);
  }

  async compare(repository: RepositoryRef): Promise<Found> {
    const { forges } = this.#services;
    const forge = forges.for(repository);
    try {
      return await this.#compare(forge, repository);
    } catch (error) {
      // Deleted or moved away: whoever linked it will see it in `sluice check-config`, and nobody has to be called.
      if (!(error instanceof OperatorError) || (await forge.findRepository(repository))) throw error;
      return { outcome: "gone" };
    }
  }

  async #compare(forge: Forge, repository: RepositoryRef): Promise<Found> {
    const { clock, sweeps } = this.#services;
    const at = clock.now();
    const swept = await sweeps.of(repository);
    const since = swept.at && new Date(swept.at.getTime() - overlap);
    const isWhole = swept.wholeAt === undefined || at.getTime() - swept.wholeAt.getTime() >= wholeEvery;

    const changed = since ? await all(forge.listMergeRequests(repository, { updatedSince: since })) : [];
    const open = isWhole ? await all(forge.listMergeRequests(repository, { state: "open" })) : [];
    const listed = new Map([...changed, ...open].map((one) => [one.ref.number, one]));
    const live = await this.#services.pairs.under(repository);
    const branches = await this.#branches.compare(repository, swept.tips);
    const moved = await this.#moved([...listed.values()]);
    const events = [
      ...moved,
      ...(isWhole ? vanished(repository, live, listed) : []),
      ...branches.events,
      ...(await this.#awaited(repository, live)),
      ...(since ? await this.#orders(forge, changed, { since, moved }) : []),
    ];
    const hook = await this.#hook(forge, repository, swept);
    const record = { at, tips: branches.tips, ...(isWhole && { wholeAt: at }), ...hook };
    return { outcome: "compared", events, record };
  }

  /** Whether events come at all, once in a while. */
  async #hook({ hooks }: Forge, repository: RepositoryRef, { lookedAt }: Swept): Promise<SweepRecord> {
    const now = this.#services.clock.now();
    const isDue = lookedAt === undefined || now.getTime() - lookedAt.getTime() >= hookEvery;
    if (!hooks || !isDue) return {};
    const health = await hooks.look(repository);
    return { lookedAt: now, trouble: health.health === "trouble" ? health.trouble : null };
  }

  async #moved(listed: readonly MergeRequest[]): Promise<readonly ForgeEvent[]> {
    const events: ForgeEvent[] = [];
    for (const mergeRequest of listed) {
      const differs =
        (await this.#differsAsSource(mergeRequest)) || (await this.#differsAsDist(mergeRequest));
      if (differs) events.push({ kind: "merge-request", mergeRequest: mergeRequest.ref });
    }
    return events;
  }

  async #differsAsSource(mergeRequest: MergeRequest): Promise<boolean> {
    const { links, pairs, told, homecomings } = this.#services;
    const { ref, source } = mergeRequest;
    const from = links.from(ref.repository);
    if (from.length === 0) return false;
    const isOurs =
      source.repository && sameRepository(source.repository, ref.repository) && isOurBranch(source.branch);
    const home = isOurs ? await homecomings.withBranch(ref.repository, source.branch) : undefined;
    if (home) return homeDiffers(home, mergeRequest);
    const pair = await pairs.withSourceGit(ref);
    const route = routeOf(from, mergeRequest);
    return sourceDiffers({ mergeRequest, route, pair, told: pair && (await told.of(pair)) });
  }

  async #differsAsDist(mergeRequest: MergeRequest): Promise<boolean> {
    const pair = await this.#services.pairs.withDistGit(mergeRequest.ref);
    return pair !== undefined && distDiffers(pair, mergeRequest);
  }

  /** One list of them all is not worth it: those whose CI has ended are not asked for. */
  async #awaited(repository: RepositoryRef, live: readonly Pair[]): Promise<readonly ForgeEvent[]> {
    const commits: CommitRef[] = [];
    for (const pair of live) {
      if (!sameRepository(pair.distGit.repository, repository)) continue;
      const commit = awaitedResults(pair, await this.#services.told.of(pair));
      if (commit !== undefined) commits.push({ repository: pair.distGit.repository, commit });
    }
    return commits.map((commit) => ({ kind: "commit-status", commit }));
  }

  async #orders(
    forge: Forge,
    changed: readonly MergeRequest[],
    { since, moved }: { readonly since: Date; readonly moved: readonly ForgeEvent[] },
  ): Promise<readonly ForgeEvent[]> {
    const { pairs, obeyed } = this.#services;
    // Those that become pairs only now had their first orders before anybody listened.
    const coming = new Set(
      moved.flatMap((event) => ("mergeRequest" in event ? event.mergeRequest.number : [])),
    );
    const events: ForgeEvent[] = [];
    let left = mostTalks;
    for (const { ref } of changed) {
      const isOfPair =
        coming.has(ref.number) || ((await pairs.withSourceGit(ref)) ?? (await pairs.withDistGit(ref)));
      if (!isOfPair || left-- <= 0) continue;
      for (const comment of (await all(forge.listOrders(ref, since))).sort(
        (one, other) => one.id - other.id,
      )) {
        if (!(await obeyed.has(comment))) events.push({ kind: "comment", comment });
      }
    }
    return events;
  }
}

/** Pairs that should have an open side here, which is not in the list of those that are open. */
function vanished(
  repository: RepositoryRef,
  live: readonly Pair[],
  listed: ReadonlyMap<number, MergeRequest>,
): readonly ForgeEvent[] {
  const sides = live.flatMap(({ sourceGit, distGit: { repository: place, number }, state }) => [
    ...(state === "merging" ? [] : [sourceGit]),
    ...(number === undefined || state !== "open" ? [] : [{ repository: place, number }]),
  ]);
  const here = sides.filter(
    (side) => sameRepository(side.repository, repository) && !listed.has(side.number),
  );
  const unique = new Map(here.map((side) => [mergeRequestName(side), side]));
  return [...unique.values()].map((mergeRequest) => ({ kind: "merge-request", mergeRequest }));
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
