import type { Clock } from "../../domain/clock.js";
import { Moved, OperatorError } from "../../domain/errors.js";
import type { ForgeEvent } from "../../domain/events.js";
import type { MergeRequest } from "../../domain/merge-request.js";
import {
  type CommitRef,
  type MergeRequestRef,
  mergeRequestName,
  repositoryName,
  type RepositoryRef,
  sameRepository,
} from "../../domain/refs.js";
import type { Forge } from "../../forges/forge.js";
import type { ForgeRegistry } from "../../forges/registry.js";
import { BranchSweep } from "./branch-sweep.js";
import { ChangeLists } from "./changes.js";
import type { Clones } from "../pairs/clones.js";
import { awaitedResults, distDiffers, homeDiffers, sourceDiffers, testedCommit } from "./differences.js";
import type { Homecomings } from "../homecoming/homecomings.js";
import { isOurBranch } from "../wording/homecoming-wording.js";
import type { Links } from "../links/links.js";
import type { Pair, Pairs } from "../pairs/pairs.js";
import { routeOf } from "../links/route.js";
import type { Visit } from "./sweep-plan.js";
import type { ObeyedComments, SweepRecord, Sweeps } from "./sweeps.js";
import type { Whereabouts } from "../whereabouts/whereabouts.js";
import type { ToldRecords } from "../telling/told.js";

export interface ReconcilerServices {
  readonly forges: ForgeRegistry;
  readonly links: Links;
  readonly pairs: Pairs;
  readonly told: Pick<ToldRecords, "of">;
  readonly homecomings: Homecomings;
  readonly clones: Clones;
  readonly sweeps: Pick<Sweeps, "of" | "known">;
  readonly obeyed: Pick<ObeyedComments, "has">;
  readonly whereabouts: Pick<Whereabouts, "confirm">;
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
  /** With the source-git merge requests that have to hear of it. */
  | { readonly outcome: "gone"; readonly again: readonly MergeRequestRef[] };

/** Clocks differ, and what happens during a sweep may not be seen by it. */
const overlap = 2 * 60_000;

/** Of so many merge requests that changed the comments are looked through in one sweep. */
const mostTalks = 100;

/**
 * Compares one repository with what is recorded of it, by one list of merge requests and one of branches, however many pairs
 * there are, and tells the differences as events: what follows from them is the handlers' to decide.
 */
export class Reconciler {
  readonly #services: ReconcilerServices;
  readonly #branches: BranchSweep;
  readonly #changes: ChangeLists;

  constructor(services: ReconcilerServices) {
    this.#services = services;
    this.#branches = new BranchSweep(services);
    this.#changes = new ChangeLists(services);
  }

  async compare({ repository, looks }: Visit): Promise<Found> {
    const { forges } = this.#services;
    const forge = forges.for(repository);
    try {
      return await this.#compare(forge, { repository, looks });
    } catch (error) {
      // Deleted or moved away: whoever linked it will see it in `sluice check-config`, and nobody has to be called.
      if (!(error instanceof OperatorError) || (await forge.findRepository(repository))) throw error;
      return { outcome: "gone", again: await this.#bereaved(repository) };
    }
  }

  /** Pairs that lost a side, unless they know already. */
  async #bereaved(repository: RepositoryRef): Promise<readonly MergeRequestRef[]> {
    const { pairs, told } = this.#services;
    const found: MergeRequestRef[] = [];
    for (const pair of await pairs.under(repository)) {
      const stage = (await told.of(pair))?.progress?.stage;
      const isSource = sameRepository(pair.sourceGit.repository, repository);
      if (stage !== (isSource ? "source-gone" : "failed")) found.push(pair.sourceGit);
    }
    return found;
  }

  async #compare(forge: Forge, { repository, looks }: Visit): Promise<Found> {
    const { clock, sweeps } = this.#services;
    const now = clock.now();
    const swept = await sweeps.of(repository);
    const since = swept.at && new Date(swept.at.getTime() - overlap);
    const hook = looks.includes("repository") ? await this.#lookAfter(forge, repository) : {};
    const isWhole = swept.wholeAt === undefined || looks.includes("open");

    const { at, mergeRequests: changed } = since
      ? await this.#changes.since(forge, repository, since)
      : { at: now, mergeRequests: [] };
    const open = isWhole ? await all(forge.listMergeRequests(repository, { state: "open" })) : [];
    const listed = new Map([...changed, ...open].map((one) => [one.ref.number, one]));
    const live = await this.#services.pairs.under(repository);
    const branches = await this.#branches.compare(repository, swept.tips);
    const moved = await this.#moved([...listed.values()]);
    const events = [
      ...moved,
      ...(isWhole ? vanished(repository, live, listed) : []),
      ...branches.events,
      ...(await this.#results(repository, { live, isEnded: since !== undefined && isWhole })),
      ...(since ? await this.#orders(forge, changed, { since, moved }) : []),
    ];
    const record = { at, tips: branches.tips, ...(isWhole && { wholeAt: now }), ...hook };
    return { outcome: "compared", events, record };
  }

  /** Once in a while: whether it is the repository that it was, and whether events come at all. */
  async #lookAfter(forge: Forge, repository: RepositoryRef): Promise<SweepRecord> {
    const { clock, whereabouts } = this.#services;
    const now = clock.now();
    const found = await forge.findRepository(repository);
    if (!found) throw new OperatorError(`${repositoryName(repository)} is not found`);
    if (!sameRepository(found.ref, repository)) throw new Moved(repository, found);
    await whereabouts.confirm(repository, found.id);
    const health = await forge.hooks?.look(repository);
    return { lookedAt: now, trouble: health?.health === "trouble" ? health.trouble : null };
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
    const { pairs, told } = this.#services;
    const pair = await pairs.withDistGit(mergeRequest.ref);
    return pair !== undefined && distDiffers({ pair, told: await told.of(pair) }, mergeRequest);
  }

  /** One list of them all is not worth it: CI that has ended is asked for once in a while, since somebody may run it again. */
  async #results(
    repository: RepositoryRef,
    { live, isEnded }: { readonly live: readonly Pair[]; readonly isEnded: boolean },
  ): Promise<readonly ForgeEvent[]> {
    const commits: CommitRef[] = [];
    for (const pair of live) {
      if (!sameRepository(pair.distGit.repository, repository)) continue;
      const commit = isEnded ? testedCommit(pair) : awaitedResults(pair, await this.#services.told.of(pair));
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
