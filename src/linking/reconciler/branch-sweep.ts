import type { ForgeEvent } from "../../domain/events.js";
import { type CommitId, type RepositoryRef, sameRepository } from "../../domain/refs.js";
import type { ForgeRegistry } from "../../forges/registry.js";
import { listRefs } from "../../git/remotes.js";
import type { Clones } from "../pairs/clones.js";
import { homeRoutes } from "../homecoming/home-routes.js";
import type { Homecoming, Homecomings } from "../homecoming/homecomings.js";
import { isOurBranch } from "../wording/homecoming-wording.js";
import type { Links } from "../links/links.js";

export interface BranchSweepServices {
  readonly forges: ForgeRegistry;
  readonly clones: Clones;
  readonly links: Links;
  readonly homecomings: Homecomings;
}

export interface SweptBranches {
  readonly events: readonly ForgeEvent[];
  /** The tips of linked dist-git branches that no homecoming speaks of. */
  readonly tips: ReadonlyMap<string, CommitId>;
}

type Tips = ReadonlyMap<string, CommitId>;

/** So many branches are looked into in one sweep; the others' turn comes with the next. */
const most = 50;

const heads = "refs/heads/";

/** Finds linked branches that moved since what follows from them was done. */
export class BranchSweep {
  readonly #services: BranchSweepServices;

  constructor(services: BranchSweepServices) {
    this.#services = services;
  }

  async compare(repository: RepositoryRef, seen: Tips): Promise<SweptBranches> {
    const homecomings = await this.#services.homecomings.under(repository);
    const isDist = this.#services.links.to(repository).length > 0;
    if (!isDist && homecomings.length === 0) return { events: [], tips: seen };
    const present = await this.#tips(repository);
    const homes = homecomings.flatMap((one) => movedBranches(one, { repository, present }));
    const spokenOf = homecomings.filter(({ distGit }) => sameRepository(distGit.repository, repository));
    const others = isDist ? this.#silentBranches(repository, spokenOf, present) : [];
    const moved = others.filter(([branch, tip]) => seen.get(branch) !== tip).slice(0, most);
    const branches = [...new Set([...homes, ...moved.map(([branch]) => branch)])];
    const known = others.filter(([branch, tip]) => seen.get(branch) === tip);
    return {
      events: branches.map((branch) => ({ kind: "branch", repository, branch })),
      tips: new Map([...known, ...moved]),
    };
  }

  /** By git, which costs no request of the forge's API, however many there are. */
  async #tips(repository: RepositoryRef): Promise<Tips> {
    const { forges, clones } = this.#services;
    const remote = await forges.for(repository).gitRemote(repository);
    const refs = await clones.with(repository, ({ store }) => listRefs(store, remote, [`${heads}*`]));
    return new Map([...refs].map(([ref, tip]) => [ref.slice(heads.length), tip]));
  }

  /** Linked dist-git branches from which nothing ever came home. */
  #silentBranches(
    repository: RepositoryRef,
    spokenOf: readonly Homecoming[],
    present: Tips,
  ): readonly (readonly [string, CommitId])[] {
    const names = new Set(spokenOf.map(({ distGit }) => distGit.branch));
    return [...present].filter(
      ([branch]) =>
        !isOurBranch(branch) &&
        !names.has(branch) &&
        homeRoutes(this.#services.links, { repository, branch }).length > 0,
    );
  }
}

/** The branches of this repository of which the homecoming has seen another tip. */
function movedBranches(
  { distGit, sourceGit, seen }: Homecoming,
  { repository, present }: { readonly repository: RepositoryRef; readonly present: Tips },
): readonly string[] {
  const isHere = (side: { readonly repository: RepositoryRef }) =>
    sameRepository(side.repository, repository);
  return [
    ...(isHere(distGit) && present.get(distGit.branch) !== seen.dist ? [distGit.branch] : []),
    // Of a source-git branch that is gone nothing follows.
    ...(isHere(sourceGit) && present.has(sourceGit.branch) && present.get(sourceGit.branch) !== seen.source
      ? [sourceGit.branch]
      : []),
  ];
}
