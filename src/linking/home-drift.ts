import { sameRepository } from "../domain/refs.js";
import type { ForgeRegistry } from "../forges/registry.js";
import { mergeCommits } from "../git/merge.js";
import type { Clones } from "./clones.js";
import { driftText, driftWaits, staleText } from "./homecoming-wording.js";
import type { Homecoming, Homecomings, HomeSides } from "./homecomings.js";
import type { HomeRequests } from "./homecoming-request.js";
import type { Pair, Pairs } from "./pairs.js";

export interface DriftServices {
  readonly forges: ForgeRegistry;
  readonly clones: Clones;
  readonly pairs: Pairs;
  readonly homecomings: Homecomings;
  readonly requests: HomeRequests;
  readonly report: Notes;
}

/** Paragraphs of their own in the comment of a pair. */
interface Notes {
  note(pair: Pair, topic: string, text: string | undefined): Promise<void>;
}

/** What dist-git's own changes mean for the merge requests that are mirrored to the same branch. */
export class Drift {
  readonly #services: DriftServices;

  constructor(services: DriftServices) {
    this.#services = services;
  }

  /** The open pairs whose commit cannot be merged into dist-git's branch any more. */
  async stale(distGit: HomeSides["distGit"]): Promise<readonly Pair[]> {
    const { forges, clones, pairs } = this.#services;
    const { repository, branch } = distGit;
    const open = (await pairs.goingTo(repository, branch)).filter(({ state }) => state === "open");
    if (open.length === 0) return [];
    const forge = forges.for(repository);
    const tip = await forge.findBranch(repository, branch);
    if (tip === undefined) return [];
    return clones.with(repository, async ({ store, fetch }) => {
      const refspec = `+refs/heads/${branch}:refs/heads/${branch}`;
      if (!(await store.has(tip)))
        await fetch({ remote: await forge.gitRemote(repository), refspecs: [refspec] });
      const stale: Pair[] = [];
      for (const pair of open) {
        const pushed = pair.pushedCommit;
        if (pushed === undefined || !(await store.has(pushed)) || !(await store.has(tip))) continue;
        if ((await mergeCommits(store, tip, pushed)).outcome === "conflict") stale.push(pair);
      }
      return stale;
    });
  }

  /** Every pair of the branch says in its comment what dist-git has that source-git lacks, as long as it does. */
  async tell(distGit: HomeSides["distGit"], stale: readonly Pair[]): Promise<void> {
    const { pairs, homecomings, report } = this.#services;
    const homes = await homecomings.from(distGit);
    const isStale = new Set(stale.map(({ id }) => id));
    for (const pair of await pairs.goingTo(distGit.repository, distGit.branch)) {
      if (pair.state === "closed" || pair.state === "merged") continue;
      const home = homes.find(({ sourceGit }) =>
        sameRepository(sourceGit.repository, pair.sourceGit.repository),
      );
      const texts = [await this.#driftOf(home), ...(isStale.has(pair.id) ? [staleText(distGit)] : [])];
      const text = texts.filter((said) => said !== undefined).join("\n\n");
      await report.note(pair, "drift", text === "" ? undefined : text);
    }
  }

  async #driftOf(home: Homecoming | undefined): Promise<string | undefined> {
    if (home === undefined || home.state === "in-step") return undefined;
    if (home.state === "waiting") return driftWaits(home.distGit);
    return driftText(home.distGit, await this.#services.requests.find(home));
  }
}
