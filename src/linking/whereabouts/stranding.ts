import type { MergeRequest } from "../../domain/merge-request.js";
import { type Outcome, skipped } from "../../domain/outcome.js";
import {
  type MergeRequestRef,
  type RepositoryRef,
  repositoryName,
  sameRepository,
} from "../../domain/refs.js";
import type { ForgeRegistry } from "../../forges/registry.js";
import type { Link, Links } from "../links/links.js";
import type { Pair, Pairs } from "../pairs/pairs.js";
import type { Renamed } from "../telling/progress.js";
import type { Reporter } from "../telling/report.js";
import type { ToldRecords } from "../telling/told.js";
import type { Whereabouts } from "./whereabouts.js";

export interface StrandingServices {
  readonly forges: ForgeRegistry;
  readonly links: Links;
  readonly pairs: Pick<Pairs, "update">;
  readonly report: Pick<Reporter, "tell">;
  readonly told: Pick<ToldRecords, "at">;
  readonly whereabouts: Pick<Whereabouts, "now" | "formerNames">;
}

/** Pairs of repositories that `sluice.yml` calls by a name that they do not have any more: nothing is guessed for them. */
export class Stranding {
  readonly #services: StrandingServices;

  constructor(services: StrandingServices) {
    this.#services = services;
  }

  /** How a link calls this source-git repository that no link matches. */
  async ofSource(repository: RepositoryRef): Promise<Renamed | undefined> {
    const { links, whereabouts } = this.#services;
    for (const from of await whereabouts.formerNames(repository)) {
      const [link] = links.from(from);
      if (link) return { side: "source-git", from, to: repository, ...lineOf(link) };
    }
    return undefined;
  }

  /** Why a pair cannot go where this link leads: one of its repositories was renamed, and the other was not. */
  async of(link: Link, pair: Pair | undefined): Promise<Renamed | undefined> {
    return (await this.#ofDist(link)) ?? (pair && (await this.#astray(link, pair)));
  }

  /** Where both names of a link are made of one, a source-git that was renamed alone leads to a dist-git that nobody made. */
  async #astray(link: Link, { distGit: { repository: stays } }: Pair): Promise<Renamed | undefined> {
    const { forges, links, whereabouts } = this.#services;
    const { sourceGit: to, distGit: leadsTo } = link;
    if (sameRepository(stays, leadsTo)) return undefined;
    const former = await whereabouts.formerNames(to);
    const from = former.find((name) =>
      links.from(name).some(({ distGit }) => sameRepository(distGit, stays)),
    );
    if (!from || (await forges.for(leadsTo).findRepository(leadsTo))) return undefined;
    return { side: "source-git", from, to, ...lineOf(link), astray: { leadsTo, stays } };
  }

  /** How the dist-git repository of this link is called by now, where it is another name. */
  async #ofDist(link: Link): Promise<Renamed | undefined> {
    const to = await this.#services.whereabouts.now(link.distGit);
    if (sameRepository(to, link.distGit)) return undefined;
    return { side: "dist-git", from: link.distGit, to, ...lineOf(link) };
  }

  /** The merge requests that were stopped so and are linked again, with another `sluice.yml` or another name. */
  async over(): Promise<readonly MergeRequestRef[]> {
    const { links, told } = this.#services;
    const over: MergeRequestRef[] = [];
    for (const { ref, progress } of await told.at("renamed")) {
      const found = links.from(ref.repository);
      const lost = await Promise.all(found.map((link) => this.#ofDist(link)));
      const { astray } = progress;
      const [first] = found;
      const isAstray =
        astray !== undefined && first !== undefined && sameRepository(first.distGit, astray.leadsTo);
      if (found.length > 0 && !isAstray && lost.every((each) => each === undefined)) over.push(ref);
    }
    return over;
  }

  /** Both sides are told which line to change; once it is changed, the pair goes on. */
  async stop(renamed: Renamed, pair: Pair | undefined, mergeRequest: MergeRequest): Promise<Outcome> {
    await this.#services.report.tell(mergeRequest, { stage: "renamed", ...renamed });
    if (pair) await this.#services.pairs.update(pair, { state: "stopped" });
    const { from, to } = renamed;
    return skipped(
      `${repositoryName(from)} is called ${repositoryName(to)} by now, and sluice.yml does not know`,
    );
  }
}

function lineOf({ entry }: Link): Pick<Renamed, "line" | "isPattern"> {
  return {
    ...(entry.line === undefined ? {} : { line: entry.line }),
    ...(entry.distGit.path.includes("{name}") ? { isPattern: true } : {}),
  };
}
