import { UserError } from "../../domain/errors.js";
import { type CommitId, type RepositoryRef, sameRepository } from "../../domain/refs.js";
import type { ForgeRegistry } from "../../forges/registry.js";
import { mergeCommits } from "../../git/merge.js";
import type { Clone, Clones } from "../pairs/clones.js";
import { driftText, driftWaits, staleText } from "../wording/homecoming-wording.js";
import type { Homecoming, Homecomings, HomeSides } from "./homecomings.js";
import type { HomeRequests } from "./homecoming-request.js";
import type { Pair, Pairs } from "../pairs/pairs.js";

export interface DriftServices {
  readonly forges: ForgeRegistry;
  readonly clones: Clones;
  readonly pairs: Pairs;
  readonly homecomings: Homecomings;
  readonly requests: HomeRequests;
  readonly report: Notes;
}

interface Told {
  readonly distGit: HomeSides["distGit"];
  readonly stale: Stale;
  /** Whether anything was new: what was said of the last move stays until the next. */
  readonly moved: boolean;
}

/** What cannot be merged into a branch any more since it moved. */
export interface Stale {
  readonly pairs: readonly Pair[];
  /** What they are told. */
  readonly text?: string;
}

/** A commit that may be missing, and what brings it. */
interface Lacking {
  readonly commit: CommitId;
  readonly refspec: string;
  readonly repository: RepositoryRef;
}

/** Paragraphs of their own in the comment of a pair. */
interface Notes {
  noted(pair: Pair, topic: string): Promise<string | undefined>;
  note(pair: Pair, topic: string, text: string | undefined): Promise<void>;
}

/** What dist-git's own changes mean for the merge requests that are mirrored to the same branch. */
export class Drift {
  readonly #services: DriftServices;

  constructor(services: DriftServices) {
    this.#services = services;
  }

  /** The open pairs whose commit cannot be merged into dist-git's branch any more say so, and that they are converted anew. */
  async warn(distGit: HomeSides["distGit"]): Promise<Stale> {
    const { forges, pairs, report } = this.#services;
    const { repository, branch } = distGit;
    const open = (await pairs.goingTo(repository, branch)).filter(({ state }) => state === "open");
    const tip = open.length > 0 ? await forges.for(repository).findBranch(repository, branch) : undefined;
    if (tip === undefined) return { pairs: [] };
    const stale = { pairs: await this.#stale(open, { distGit, tip }), text: staleText(distGit, tip) };
    for (const pair of stale.pairs) await report.note(pair, "stale", stale.text);
    return stale;
  }

  async #stale(
    open: readonly Pair[],
    {
      distGit: { repository, branch },
      tip,
    }: { readonly distGit: HomeSides["distGit"]; readonly tip: CommitId },
  ): Promise<readonly Pair[]> {
    const forge = this.#services.forges.for(repository);
    return this.#services.clones.with(repository, async (clone) => {
      const { store } = clone;
      const refspec = `+refs/heads/${branch}:refs/heads/${branch}`;
      await this.#ensure(clone, { commit: tip, refspec, repository });
      const stale: Pair[] = [];
      for (const pair of open) {
        const {
          pushedCommit: pushed,
          distGit: { number },
        } = pair;
        if (pushed === undefined || number === undefined) continue;
        // Our copy may be a new one since it was pushed.
        const head = `+${forge.mergeRequestHeadRef(number)}:refs/merge-requests/${number}`;
        await this.#ensure(clone, { commit: pushed, refspec: head, repository });
        if (!(await store.has(pushed)) || !(await store.has(tip))) continue;
        if ((await mergeCommits(store, tip, pushed)).outcome === "conflict") stale.push(pair);
      }
      return stale;
    });
  }

  /** Fetches what our copy lacks; what the forge has no more stays lacking. */
  async #ensure({ store, fetch }: Clone, { commit, refspec, repository }: Lacking): Promise<void> {
    if (await store.has(commit)) return;
    const remote = await this.#services.forges.for(repository).gitRemote(repository);
    await fetch({ remote, refspecs: [refspec] }).catch((error: unknown) => {
      if (!(error instanceof UserError && error.kind === "missing")) throw error;
    });
  }

  /** The pairs that still tell of dist-git's changes though all came home: what those kept from going on may go on. */
  async freed(distGit: HomeSides["distGit"]): Promise<readonly Pair[]> {
    const { pairs, homecomings, report } = this.#services;
    const homes = await homecomings.from(distGit);
    const freed: Pair[] = [];
    for (const pair of await pairs.goingTo(distGit.repository, distGit.branch)) {
      if (pair.state !== "opening" && pair.state !== "open") continue;
      if (homeOf(pair, homes)?.state !== "in-step") continue;
      if ((await report.noted(pair, "drift")) !== undefined) freed.push(pair);
    }
    return freed;
  }

  /** Every pair of the branch says in its comment what dist-git has that source-git lacks, as long as it does. */
  async tell({ distGit, stale, moved }: Told): Promise<void> {
    const { pairs, homecomings, report } = this.#services;
    const homes = await homecomings.from(distGit);
    const texts = new Map<Homecoming, string | undefined>();
    for (const home of homes) texts.set(home, await this.#driftOf(home));
    const isStale = new Set(stale.pairs.map(({ id }) => id));
    for (const pair of await pairs.goingTo(distGit.repository, distGit.branch)) {
      if (pair.state === "closed" || pair.state === "merged") continue;
      const home = homeOf(pair, homes);
      await report.note(pair, "drift", home && texts.get(home));
      // Whoever was cut off may have had it converted anew because of this very move.
      const isOfBefore = (await report.noted(pair, "stale")) !== stale.text;
      if (moved && isOfBefore && !isStale.has(pair.id)) await report.note(pair, "stale", undefined);
    }
  }

  /** One pair alone says so: what is carried over now may meet just that. */
  async remind(pair: Pair, distGit: HomeSides["distGit"]): Promise<void> {
    const home = homeOf(pair, await this.#services.homecomings.from(distGit));
    if (home) await this.#services.report.note(pair, "drift", await this.#driftOf(home));
  }

  async #driftOf(home: Homecoming): Promise<string | undefined> {
    if (home.state === "in-step" || home.state === "blocked") return undefined;
    if (home.state === "waiting") return driftWaits(home.distGit);
    return driftText(home.distGit, await this.#services.requests.find(home));
  }
}

/** What brings dist-git's changes to where the pair comes from. */
function homeOf({ sourceGit: { repository } }: Pair, homes: readonly Homecoming[]): Homecoming | undefined {
  return homes.find(({ sourceGit }) => sameRepository(sourceGit.repository, repository));
}
