import { UserError } from "../../domain/errors.js";
import type { ObjectStore } from "../../git/object-store.js";
import { findEntry, type PathDifference, type TreeChange } from "../../git/trees.js";
import { applyPatch } from "../patches/apply-patch.js";
import { PatchedTree } from "../patches/patched-tree.js";
import { debianFolder, patchFolder, type QuiltSide } from "./quilt-side.js";
import { describeTrouble } from "./trouble.js";

/** A patch as dist-git has or will have it, in the order of its series. */
export interface ListedPatch {
  readonly file: string;
  readonly content: Buffer;
  readonly strip: number;
}

export interface OwnFiles {
  readonly dist: ObjectStore;
  readonly side: QuiltSide;
  /** The tree with dist-git's upstream files. */
  readonly upstream: string;
  /** What all patches do to upstream's files, as source-git has them. */
  readonly differences: readonly PathDifference[];
}

/** Whether dist-git holds upstream's files beside `debian/`; hidden ones are the maintainers' own. */
export function hasUpstreamFiles({ top }: QuiltSide): boolean {
  return top.some(({ name }) => name !== debianFolder && !name.startsWith("."));
}

/** Throws `UserError` ("unsupported") for a branch that holds upstream's files with the patches applied, as dgit has them. */
export async function requireUnapplied({ dist, side, upstream, differences }: OwnFiles): Promise<void> {
  if (side.patches.length === 0 || differences.length === 0 || !hasUpstreamFiles(side)) return;
  for (const { path, after } of differences) {
    if (!isSame(await ownFile(dist, upstream, path), after)) return;
  }
  throw patchesApplied(side);
}

/**
 * Throws `UserError` when the patches do not apply to dist-git's own upstream files, which may differ from those that
 * `upstream_ref` names: tarballs hold files that no tag has.
 */
export async function requireFit(own: OwnFiles, patches: readonly ListedPatch[]): Promise<void> {
  const { dist, side, upstream } = own;
  if (!hasUpstreamFiles(side) || !(await someDiffer(own))) return;
  const tree = new PatchedTree(dist, upstream);
  for (const patch of patches) {
    const applied = await applyPatch(tree, patch);
    if (applied.outcome === "applied") continue;
    if (await isReversible(dist, side)) throw patchesApplied(side);
    throw new UserError("conflict", {
      message: `${describeTrouble(patch.file, applied)}; dist-git's own upstream files are not those of upstream_ref`,
      where: `${patchFolder}${patch.file}`,
      remedy: "Import the upstream release that upstream_ref names into dist-git first, then convert again.",
    });
  }
}

/** Whether the series that dist-git has can be taken back from its files. */
async function isReversible(dist: ObjectStore, side: QuiltSide): Promise<boolean> {
  const tree = new PatchedTree(dist, side.commit);
  for (const { file, content } of side.patches.toReversed()) {
    const strip = side.strips.get(file) ?? 1;
    const applied = await applyPatch(tree, { content, strip, reverse: true });
    if (applied.outcome === "failed") return false;
  }
  return side.patches.length > 0;
}

async function someDiffer({ dist, upstream, differences }: OwnFiles): Promise<boolean> {
  for (const { path, before } of differences) {
    if (!isSame(await ownFile(dist, upstream, path), before)) return true;
  }
  return false;
}

async function ownFile(dist: ObjectStore, tree: string, path: string): Promise<TreeChange> {
  const entry = await findEntry(dist, tree, path);
  return entry === undefined || entry.mode === "40000" ? undefined : entry;
}

function isSame(one: TreeChange, other: TreeChange): boolean {
  return one?.id === other?.id && one?.mode === other?.mode;
}

function patchesApplied({ commit }: QuiltSide): UserError {
  return new UserError("unsupported", {
    message: "dist-git holds upstream's files with the patches applied",
    where: `dist-git's commit ${commit}`,
    remedy:
      "Keep upstream's files as they are released beside debian/, or debian/ alone: a branch of dgit's cannot be converted to.",
  });
}
