import { commitToDist } from "../conversion/commit.js";
import { layoutOf } from "../conversion/detect.js";
import { landOnTarget } from "../conversion/landing.js";
import { layoutNamed } from "../conversion/layouts.js";
import { RetryLater, UserError } from "../domain/errors.js";
import type { MergeRequest } from "../domain/merge-request.js";
import { type CommitId, repositoryName } from "../domain/refs.js";
import type { ForgeRegistry } from "../forges/registry.js";
import type { ObjectStore } from "../git/object-store.js";
import type { Clone, Clones } from "./clones.js";
import type { DistBranches } from "./dist-branches.js";
import type { Link } from "./links.js";
import type { Pair } from "./pairs.js";
import { fetchSourceHead } from "./source-head.js";
import { mirrorCommitMessage, missingDistGit, missingTargetBranch } from "./wording.js";

export interface CarrierServices {
  readonly forges: ForgeRegistry;
  readonly clones: Clones;
  readonly branches: DistBranches;
}

/** What is to be carried, and to which dist-git branch it wants to go in the end. */
export interface Cargo {
  readonly link: Link;
  readonly pair: Pair;
  readonly mergeRequest: MergeRequest;
  readonly targetBranch: string;
}

/** The pair's dist-git branch stands for the source-git head now, or there was nothing that dist-git would hold. */
export type Carried =
  | { readonly outcome: "carried"; readonly commit: CommitId; readonly warnings: readonly string[] }
  | { readonly outcome: "unchanged" }
  /** Somebody else pushed this to the branch. */
  | { readonly outcome: "foreign"; readonly tip: CommitId };

/** Converts a source-git merge request and pushes the commit that stands for it to dist-git. */
export class Carrier {
  readonly #services: CarrierServices;

  constructor(services: CarrierServices) {
    this.#services = services;
  }

  async carry(cargo: Cargo): Promise<Carried> {
    const { clones } = this.#services;
    const { mergeRequest, link } = cargo;
    return clones.with(mergeRequest.ref.repository, async (source) =>
      clones.with(link.distGit, async (dist) => {
        const head = await this.#landedHead(cargo, source);
        const tip = await this.#distTip(cargo, dist);
        const stores = { source: source.store, dist: dist.store };
        const request = { ...stores, head, tip };
        // source-git's own configuration may say another layout than the link does: then nothing is guessed.
        const layout = layoutNamed(await layoutOf(request, link.entry.layout, "sluice.yml"));
        const converted = await layout.sourceToDist(request);
        if (!converted.changed) return { outcome: "unchanged" };
        // A head that was replayed to where it would land is no commit that anybody has.
        const shared = converted.commit === mergeRequest.head ? converted.commit : undefined;
        const commit = shared ?? (await this.#commit({ ...stores, cargo, tip, tree: converted.tree }));
        const mirrored = { sourceCommit: mergeRequest.head, distCommit: commit };
        const pushed = await this.#services.branches.push(cargo.pair, dist.store, mirrored);
        if (pushed.outcome === "foreign") return pushed;
        return { outcome: "carried", commit, warnings: converted.warnings };
      }),
    );
  }

  /** The head as it would land on its target branch, so that nothing merged since is dropped. */
  async #landedHead({ mergeRequest }: Cargo, clone: Clone): Promise<CommitId> {
    const forge = this.#services.forges.for(mergeRequest.ref.repository);
    return landOnTarget(clone.store, await fetchSourceHead(forge, clone, mergeRequest));
  }

  async #distTip({ link, targetBranch }: Cargo, { store, fetch }: Clone): Promise<CommitId> {
    const forge = this.#services.forges.for(link.distGit);
    const ref = `refs/heads/${targetBranch}`;
    const remote = await forge.gitRemote(link.distGit);
    await fetch({ remote, refspecs: [`+${ref}:${ref}`] }).catch((error: unknown) => {
      if (!(error instanceof UserError) || error.kind !== "missing") throw error;
      const name = repositoryName(link.distGit);
      const complaint = error.where === ref ? missingTargetBranch(name, targetBranch) : missingDistGit(name);
      throw new UserError("missing", complaint, { cause: error });
    });
    const tip = await store.resolve(ref);
    if (tip === undefined) throw new RetryLater(`branch ${targetBranch} could not be fetched`);
    return tip;
  }

  /** Author and dates come from the head, so that the same head makes the same commit, however often it is tried. */
  async #commit(work: {
    readonly cargo: Cargo;
    readonly source: ObjectStore;
    readonly dist: ObjectStore;
    readonly tip: CommitId;
    readonly tree: string;
  }): Promise<CommitId> {
    const { mergeRequest, link } = work.cargo;
    const head = await work.source.readCommit(mergeRequest.head);
    const bot = await this.#services.forges.for(link.distGit).identity();
    return commitToDist(work.dist, {
      tree: work.tree,
      parent: work.tip,
      author: head.author,
      committer: { name: bot.name, email: bot.email, date: head.committer.date },
      message: mirrorCommitMessage(mergeRequest),
      sourceCommit: mergeRequest.head,
    });
  }
}
