import { commitToDist } from "../../conversion/commit.js";
import { layoutOf } from "../../conversion/detect.js";
import { landOnTarget } from "../../conversion/landing.js";
import type { Converted, ConvertedPatch } from "../../conversion/layout.js";
import { layoutNamed } from "../../conversion/layouts.js";
import type { Limits } from "../../config/configuration.js";
import { UserError } from "../../domain/errors.js";
import type { MergeRequest } from "../../domain/merge-request.js";
import { type CommitId, shortCommit } from "../../domain/refs.js";
import type { ForgeRegistry } from "../../forges/registry.js";
import { OutOfTime, withDeadline } from "../../git/deadline.js";
import type { ObjectStore } from "../../git/object-store.js";
import { diffTrees, type PathDifference } from "../../git/trees.js";
import { requireBounds } from "./bounds.js";
import type { Clone, Clones } from "../pairs/clones.js";
import type { DistBranches } from "../pairs/dist-branches.js";
import type { Link } from "../links/links.js";
import type { Pair } from "../pairs/pairs.js";
import { fetchDistTip } from "../pairs/dist-head.js";
import { fetchSourceHead, type SourceHead } from "../pairs/source-head.js";
import { mirrorCommitMessage } from "../wording/wording.js";

export interface CarrierServices {
  readonly forges: ForgeRegistry;
  readonly clones: Clones;
  readonly branches: DistBranches;
  readonly limits: Limits;
}

/** What is to be converted, and to which dist-git branch it wants to go in the end. */
interface Consignment {
  readonly link: Link;
  readonly mergeRequest: MergeRequest;
  readonly targetBranch: string;
}

/** What is to be carried. */
export interface Cargo extends Consignment {
  readonly pair: Pair;
  /** To be done before dist-git gets this commit, if that is still to get it. */
  readonly announce: (commit: CommitId) => Promise<"push" | "overtaken">;
}

/** The pair's dist-git branch stands for the source-git head now, or there was nothing that dist-git would hold. */
export type Carried =
  | { readonly outcome: "carried"; readonly commit: CommitId; readonly warnings: readonly string[] }
  | { readonly outcome: "unchanged" }
  /** There is another head by now, and dist-git gets that one. */
  | { readonly outcome: "overtaken" }
  /** Somebody else pushed this to the branch. */
  | { readonly outcome: "foreign"; readonly tip: CommitId };

/** What a conversion comes to. */
export interface Preview {
  readonly changed: boolean;
  readonly patches: readonly ConvertedPatch[];
  /** What changes in dist-git. */
  readonly files: readonly { readonly path: string; readonly change: "added" | "changed" | "removed" }[];
  readonly warnings: readonly string[];
}

/** Converts a source-git merge request and pushes the commit that stands for it to dist-git. */
export class Carrier {
  readonly #services: CarrierServices;

  constructor(services: CarrierServices) {
    this.#services = services;
  }

  async carry(cargo: Cargo): Promise<Carried> {
    const { mergeRequest } = cargo;
    return this.#withBoth(cargo, async (stores) => {
      const { tip, converted } = await this.#convert(cargo, stores);
      if (!converted.changed) return { outcome: "unchanged" };
      // A head that was replayed to where it would land is no commit that anybody has.
      const shared = converted.commit === mergeRequest.head ? converted.commit : undefined;
      const work = { source: stores.source.store, dist: stores.dist.store, cargo, tip, tree: converted.tree };
      const commit = shared ?? (await this.#commit(work));
      const mirrored = { sourceCommit: mergeRequest.head, distCommit: commit };
      if ((await cargo.announce(commit)) === "overtaken") return { outcome: "overtaken" };
      const pushed = await this.#services.branches.push(cargo.pair, stores.dist.store, mirrored);
      if (pushed.outcome === "foreign") return pushed;
      return { outcome: "carried", commit, warnings: converted.warnings };
    });
  }

  /** What `carry` would do; nothing is made but in our own copies. */
  async preview(cargo: Consignment): Promise<Preview> {
    return this.#withBoth(cargo, async (stores) => {
      const { tip, converted } = await this.#convert(cargo, stores);
      const { changed, patches, warnings } = converted;
      const before = (await stores.dist.store.readCommit(tip)).tree;
      const files = await diffTrees(stores.dist.store, before, converted.tree);
      return { changed, patches, files: files.map(previewed), warnings };
    });
  }

  #withBoth<T>(
    { mergeRequest, link }: Consignment,
    work: (clones: { readonly source: Clone; readonly dist: Clone }) => Promise<T>,
  ): Promise<T> {
    const { clones } = this.#services;
    return clones.with(mergeRequest.ref.repository, (source) =>
      clones.with(link.distGit, (dist) => work({ source, dist })),
    );
  }

  async #convert(
    cargo: Consignment,
    { source, dist }: { readonly source: Clone; readonly dist: Clone },
  ): Promise<{ readonly tip: CommitId; readonly converted: Converted }> {
    const forge = this.#services.forges.for(cargo.mergeRequest.ref.repository);
    const proposed = await fetchSourceHead(forge, source, cargo.mergeRequest);
    const tip = await this.#distTip(cargo, dist);
    const converted = await inTime(proposed, () =>
      this.#convertFetched(cargo, { source, dist, proposed, tip }),
    );
    return { tip, converted };
  }

  async #convertFetched({ link }: Consignment, { source, dist, proposed, tip }: Fetched): Promise<Converted> {
    await requireBounds(source.store, proposed, this.#services.limits);
    // As it would land on its target branch, so that nothing merged since is dropped.
    const head = await landOnTarget(source.store, proposed);
    const request = { source: source.store, dist: dist.store, head, target: proposed.target, tip };
    // source-git's own configuration may say another layout than the link does: then nothing is guessed.
    const layout = layoutNamed(await layoutOf(request, link.entry.layout, "sluice.yml"));
    return layout.sourceToDist(request);
  }

  async #distTip({ link, targetBranch }: Consignment, clone: Clone): Promise<CommitId> {
    const forge = this.#services.forges.for(link.distGit);
    return fetchDistTip(forge, clone, { repository: link.distGit, branch: targetBranch });
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

/** Both sides as they were fetched. */
interface Fetched {
  readonly source: Clone;
  readonly dist: Clone;
  readonly proposed: SourceHead;
  readonly tip: CommitId;
}

/** Minutes that one conversion may take, so that no repository keeps the others waiting. */
const longest = 5;

async function inTime<T>({ head }: SourceHead, work: () => Promise<T>): Promise<T> {
  try {
    return await withDeadline(longest * 60, work);
  } catch (error) {
    if (!(error instanceof OutOfTime)) throw error;
    const complaint = {
      message: `converting it took longer than ${longest} minutes, so Sluice gave up`,
      where: shortCommit(head),
      remedy: "Split the merge request; if it is a small one, try again later with the command retry.",
    };
    throw new UserError("refused", complaint, { cause: error });
  }
}

function previewed({ path, before, after }: PathDifference): Preview["files"][number] {
  if (before === undefined) return { path, change: "added" };
  return { path, change: after === undefined ? "removed" : "changed" };
}
