import type { CommitId } from "../domain/refs.js";
import { mergeTrees } from "../git/merge.js";
import type { ObjectStore } from "../git/object-store.js";

export interface Replayed {
  /** The last commit of the replayed line. */
  readonly tip: CommitId;
  /** Which commit each new one stands for, in order; commits that changed nothing any more are among them. */
  readonly origins: ReadonlyMap<CommitId, CommitId>;
  /** Commits that conflict where they would land, with the files. */
  readonly conflicts: readonly { readonly commit: CommitId; readonly files: readonly string[] }[];
}

/**
 * Puts commits one after another on top of `onto`, in memory, as `git rebase` would in a work tree: author, message and
 * committer stay, so the same input gives the same ids. A commit that conflicts is left out and reported.
 */
export async function replay(
  store: ObjectStore,
  { commits, onto }: { commits: readonly CommitId[]; onto: CommitId },
): Promise<Replayed> {
  const origins = new Map<CommitId, CommitId>();
  const conflicts: { commit: CommitId; files: readonly string[] }[] = [];
  let tip = onto;
  let tree = (await store.readCommit(onto)).tree;
  for (const commit of commits) {
    const { parents, ...rest } = await store.readCommit(commit);
    const base = await treeBefore(store, parents);
    const merged = await mergeTrees(store, { base, ours: tree, theirs: rest.tree });
    if (merged.outcome === "conflict") {
      conflicts.push({ commit, files: merged.files });
      continue;
    }
    tree = merged.tree;
    tip = parents[0] === tip ? commit : store.writeCommit({ ...rest, tree, parents: [tip] });
    origins.set(tip, commit);
  }
  return { tip, origins, conflicts };
}

/** A commit on top of `tip` with the tree and the texts of `like`; how a merge's own resolution is kept. */
export async function bridge(
  store: ObjectStore,
  { tip, tree, like }: { tip: CommitId; tree: string; like: CommitId },
): Promise<CommitId> {
  return store.writeCommit({ ...(await store.readCommit(like)), tree, parents: [tip] });
}

async function treeBefore(store: ObjectStore, parents: readonly CommitId[]): Promise<string> {
  const parent = parents[0];
  return parent === undefined ? store.writeTree([]) : (await store.readCommit(parent)).tree;
}
