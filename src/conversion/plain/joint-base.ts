import { UserError } from "../../domain/errors.js";
import type { CommitId } from "../../domain/refs.js";
import { mergeTrees } from "../../git/merge.js";
import type { ObjectStore } from "../../git/object-store.js";
import { commonAncestor, copyTree } from "../../git/transfer.js";
import { diffTrees, editTree } from "../../git/trees.js";
import { distCommitTrailer, sourceCommitTrailer } from "../commit.js";
import { newestExchange, type Exchange, type NamingSide } from "../exchanges.js";
import type { SourceToDist } from "../layout.js";
import { isAncestor, mergeBase } from "../ancestry.js";
import { isTaken } from "../unmerged.js";
import { findEqualCommits } from "./equal-trees.js";
import { madeBySource } from "./overtaken.js";
import { defaultConfiguration, readPlainConfiguration } from "./plain-configuration.js";
import { both, project, type Selection } from "./projection.js";

/** What both sides had in common last. */
export interface JointBase {
  /** The files that both had, in the store in which they are to be merged. */
  readonly tree: string;
  /** The commits that stand for it; more than one when both sides carried from the other without having all of it. */
  readonly source: readonly CommitId[];
  readonly dist: readonly CommitId[];
  /** The newest commit of source-git that all of this stands in. */
  readonly since: CommitId;
}

export interface View {
  /** Where the trees are merged: one of the two stores. */
  readonly into: ObjectStore;
  /** Files that are left aside whatever older configurations said. */
  readonly narrow: Selection;
}

/** dist-git as the side whose commits name those of source-git. */
export function distNames({ source, head, target, dist, tip }: SourceToDist): NamingSide {
  return {
    ...{ store: dist, tip, trailer: sourceCommitTrailer, other: source, otherTip: head },
    took: (commit) => isTaken({ source, head, target }, commit),
  };
}

export function sourceNames({ source, head, target, dist, tip }: SourceToDist): NamingSide {
  return {
    store: source,
    tip: head,
    believed: target,
    trailer: distCommitTrailer,
    other: dist,
    otherTip: tip,
  };
}

/**
 * The merge base of two branches of which each carries commits of the other: a commit with a trailer counts as a merge of
 * the commit that it names. What one side carried while it had changes of its own is thereby neither lost nor reverted.
 * `undefined` when the two never met.
 */
export async function findJointBase(sides: SourceToDist, view: View): Promise<JointBase | undefined> {
  const { source, head, dist, tip } = sides;
  const names = distNames(sides);
  const named = await newestExchange(names);
  const isTold = named !== undefined && (await names.took?.(named.of)) === true;
  const inDist = isTold ? named : await reachable(named, { store: source, tip: head });
  const inSource = await reachable(await newestExchange(sourceNames(sides)), { store: dist, tip });
  if (inDist === undefined && inSource === undefined) return unnamedBase(sides, view);
  if (inSource === undefined || (inDist && (await isAncestor(source, inSource.at, inDist.of)))) {
    return inDist === undefined ? sourceBase(sides, view, head) : landedBase(sides, view, inDist);
  }
  if (inDist === undefined || (await isAncestor(dist, inDist.at, inSource.of))) {
    return distBase(sides, view, inSource);
  }
  return mergedBase(sides, view, { inDist, inSource });
}

/** The exchange with what the branch still has of the commit that is named, for branches are rewritten. */
async function reachable(
  exchange: Exchange | undefined,
  { store, tip }: { store: ObjectStore; tip: CommitId },
): Promise<Exchange | undefined> {
  if (exchange === undefined || exchange.of === tip) return exchange;
  const common = await mergeBase(store, exchange.of, tip);
  return common === undefined ? undefined : { at: exchange.at, of: common };
}

async function sourceBase({ source }: SourceToDist, view: View, commit: CommitId): Promise<JointBase> {
  const selection = both(await selectionAt(source, commit), view.narrow);
  const tree = await project(source, commit, selection);
  if (view.into !== source) await copyTree(source, view.into, tree);
  return { tree, source: [commit], dist: [], since: commit };
}

/** A merge request may have begun before what dist-git had of source-git by then: it was converted as it lands beside that. */
async function landedBase(sides: SourceToDist, view: View, { at, of }: Exchange): Promise<JointBase> {
  const { source, head, target = head, dist } = sides;
  const base = await sourceBase(sides, view, of);
  const had = await distTree(sides, view, { commit: at, by: of });
  const others = await diffTrees(view.into, base.tree, had);
  if (others.length === 0) return base;
  const files = new Map(others.map(({ path, after }) => [path, after]));
  const landed = await madeBySource(dist, files, { source, since: of, target, tip: at });
  return { ...base, tree: await editTree(view.into, base.tree, landed) };
}

async function distBase(sides: SourceToDist, view: View, { at, of }: Exchange): Promise<JointBase> {
  return { tree: await distTree(sides, view, { commit: of, by: at }), source: [], dist: [of], since: at };
}

/** dist-git's files as far as they are both's, by what source-git says of that in a commit. */
async function distTree(
  { source, dist }: SourceToDist,
  view: View,
  { commit, by }: { readonly commit: CommitId; readonly by: CommitId },
): Promise<string> {
  const tree = await project(dist, commit, both(await selectionAt(source, by), view.narrow));
  if (view.into !== dist) await copyTree(dist, view.into, tree);
  return tree;
}

/** Each side carried from the other what the other had before: as git does, both bases are merged to one. */
async function mergedBase(
  sides: SourceToDist,
  view: View,
  { inDist, inSource }: { inDist: Exchange; inSource: Exchange },
): Promise<JointBase> {
  const one = await landedBase(sides, view, inDist);
  const other = await distBase(sides, view, inSource);
  const target = await believedBelow(sides, inDist.of);
  const older = await findJointBase({ ...sides, head: inDist.of, target, tip: inSource.of }, view);
  const commits = { source: one.source, dist: other.dist, since: other.since };
  if (older === undefined) return { ...commits, tree: one.tree };
  const trees = { base: older.tree, ours: one.tree, theirs: other.tree };
  const merged = await mergeTrees(view.into, trees);
  return { ...commits, tree: merged.outcome === "merged" ? merged.tree : older.tree };
}

/** What of a commit's history the target branch has. */
async function believedBelow(
  { source, target }: SourceToDist,
  commit: CommitId,
): Promise<CommitId | undefined> {
  if (target === undefined) return undefined;
  return mergeBase(source, commit, target);
}

/** Nobody wrote trailers, but the branches may come from one, or have held the same files once. */
async function unnamedBase(sides: SourceToDist, view: View): Promise<JointBase | undefined> {
  const { source, head, target = head, dist, tip } = sides;
  const common = await commonAncestor({ store: dist, commit: tip }, { store: source, commit: target });
  const equal =
    common === undefined
      ? await findEqualCommits({ ...sides, head: target }, await selectionAt(source, head))
      : { source: common, dist: common };
  return equal && { ...(await sourceBase(sides, view, equal.source)), dist: [equal.dist] };
}

async function selectionAt(source: ObjectStore, commit: CommitId): Promise<Selection> {
  try {
    return await readPlainConfiguration(source, commit);
  } catch (error) {
    // A commit from before the configuration was right.
    if (error instanceof UserError) return defaultConfiguration;
    throw error;
  }
}
