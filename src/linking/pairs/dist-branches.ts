import { RetryLater } from "../../domain/errors.js";
import type { MergeRequest } from "../../domain/merge-request.js";
import type { CommitId } from "../../domain/refs.js";
import type { ForgeRegistry } from "../../forges/registry.js";
import type { ObjectStore } from "../../git/object-store.js";
import { push } from "../../git/remotes.js";
import type { Clones } from "./clones.js";
import type { Via } from "../../config/configuration.js";
import { branchHome, type MirroredCommit, type Pair, type Pairs } from "./pairs.js";

export interface DistBranchServices {
  readonly forges: ForgeRegistry;
  readonly pairs: Pairs;
  readonly clones: Clones;
}

/** What became of a push: people's commits on the branch are theirs, and are not overwritten. */
export type Pushed = { readonly outcome: "pushed" } | { readonly outcome: "foreign"; readonly tip: CommitId };

/** The branches that Sluice makes in dist-git. */
export class DistBranches {
  readonly #services: DistBranchServices;

  constructor(services: DistBranchServices) {
    this.#services = services;
  }

  /** The branch has its place: dist-git itself or our fork of it, as the link has it until a merge request was opened. */
  async placed(pair: Pair, via: Via): Promise<Pair> {
    const { repository, number, fork: present } = pair.distGit;
    const isPlaced = number !== undefined || (via === "fork") === (present !== undefined);
    if (isPlaced) return pair;
    const { forges, pairs } = this.#services;
    const fork = via === "fork" ? await forges.for(repository).ensureFork(repository) : null;
    return pairs.update(pair, { fork, pushedCommit: null });
  }

  /** The pair's branch holds the commit, unless somebody else pushed to it. */
  async push(pair: Pair, store: ObjectStore, mirrored: MirroredCommit): Promise<Pushed> {
    const { pairs } = this.#services;
    const { distCommit: commit } = mirrored;
    // Before the push: if we are killed in between, the commit on the branch is known as ours all the same.
    await pairs.recordMirrored(pair, mirrored);
    try {
      // Mostly the branch is as it was left, and then the lease alone says so.
      await this.#pushOver(pair, store, { commit, expecting: pair.pushedCommit });
    } catch (error) {
      if (!(error instanceof RetryLater)) throw error;
      const tip = await this.#tip(pair);
      if (tip === commit) return { outcome: "pushed" };
      if (tip !== undefined && !(await pairs.isMirrored(pair, tip))) return { outcome: "foreign", tip };
      if (tip === pair.pushedCommit) throw error;
      await this.#pushOver(pair, store, { commit, expecting: tip });
    }
    return { outcome: "pushed" };
  }

  /** Puts the branch of a merge request back where it was, if it is gone. */
  async restore(pair: Pair, { ref: { number }, head }: MergeRequest): Promise<void> {
    if ((await this.#tip(pair)) !== undefined) return;
    const { forges, clones } = this.#services;
    const { repository } = pair.distGit;
    const forge = forges.for(repository);
    await clones.with(repository, async ({ store, fetch }) => {
      if ((await store.resolve(head)) === undefined) {
        const refspecs = [`+${forge.mergeRequestHeadRef(number)}:refs/merge-requests/${number}`];
        await fetch({ remote: await forge.gitRemote(repository), refspecs });
      }
      await this.#pushOver(pair, store, { commit: head, expecting: undefined });
    });
  }

  /** The branch is there and holds what Sluice pushed. */
  async holdsOurs(pair: Pair): Promise<boolean> {
    const tip = await this.#tip(pair);
    return tip !== undefined && this.#services.pairs.isMirrored(pair, tip);
  }

  /** The pair's branch, or a new name where somebody else pushed to it, so that it stays theirs. */
  async fresh(pair: Pair): Promise<string> {
    const { branch, repository } = pair.distGit;
    const home = branchHome(pair);
    const tip = await this.#tip(pair);
    if (tip === undefined || (await this.#services.pairs.isMirrored(pair, tip))) return branch;
    const forge = this.#services.forges.for(repository);
    for (let next = nextName(branch); ; next = nextName(next)) {
      if ((await forge.findBranch(home, next)) === undefined) return next;
    }
  }

  #tip(pair: Pair): Promise<CommitId | undefined> {
    const { repository, branch } = pair.distGit;
    return this.#services.forges.for(repository).findBranch(branchHome(pair), branch);
  }

  async #pushOver(
    pair: Pair,
    store: ObjectStore,
    change: { readonly commit: CommitId; readonly expecting: CommitId | undefined },
  ): Promise<void> {
    const { repository, branch } = pair.distGit;
    // The account that acts in dist-git is the one that owns the fork.
    const remote = await this.#services.forges.for(repository).gitRemote(branchHome(pair));
    await push(store, { remote, branch, ...change });
  }
}

/** `sluice/tally-7`, `sluice/tally-7.2`, `sluice/tally-7.3`. */
function nextName(branch: string): string {
  const [, name = branch, count = "1"] = /^(.*)\.(\d+)$/.exec(branch) ?? [];
  return `${name}.${Number(count) + 1}`;
}
