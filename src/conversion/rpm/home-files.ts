import { UserError } from "../../domain/errors.js";
import { shortCommit } from "../../domain/refs.js";
import { mergeTrees } from "../../git/merge.js";
import type { ObjectStore } from "../../git/object-store.js";
import { copyTree } from "../../git/transfer.js";
import { editTree, findEntry, type TreeChange, type TreeFile } from "../../git/trees.js";
import { byHand } from "../patches/bring-home.js";
import { lastCommitOn } from "../patches/settle-patches.js";
import { placeAtHome } from "./home-places.js";
import { carrySources } from "./home-sources.js";
import { carrySpec } from "./home-spec.js";
import type { CarriedFiles, Carrying, RpmState } from "./home-state.js";
import { filesOf } from "./synced-files.js";
import { refuseNewUnreadable } from "./unreadable-tags.js";

/**
 * source-git's tree with what a dist-git commit changes of the distribution's own files, its spec among them. Throws
 * `UserError` ("conflict") naming commit and file.
 */
export async function carryFiles(carrying: Carrying): Promise<CarriedFiles> {
  const { source } = carrying.request;
  refuseNewUnreadable(carrying.before.side.spec, carrying.after.side.spec);
  const { changes, warnings } = await listChanges(carrying);
  const merged = await mergeChanges(carrying, changes);
  const spec = await carrySpec({ ...carrying, tree: merged });
  const tree = spec === undefined ? merged : await editTree(source, merged, new Map([spec]));
  const sources = await carrySources({ ...carrying, tree });
  return { tree: sources.tree, warnings: [...warnings, ...sources.warnings] };
}

interface FileChange {
  /** In source-git. */
  readonly path: string;
  readonly before: TreeChange;
  readonly after: TreeChange;
}

async function listChanges(
  carrying: Carrying,
): Promise<{ changes: readonly FileChange[]; warnings: readonly string[] }> {
  const { before, after, here, request, tree } = carrying;
  const { source } = request;
  const [old, fresh] = [await ownFiles(before, after), await ownFiles(after, before)];
  const paths = [...new Set([...old.keys(), ...fresh.keys()])].filter(
    (path) => !isSame(old.get(path), fresh.get(path)),
  );
  const now = await filesOf(source, { ...here, head: tree }, after.side);
  const { configuration, specPath: sourceSpec } = here;
  const places = { source, configuration, sourceSpec, patchFolder: after.side.patchFolder, now };
  const changes: FileChange[] = [];
  const warnings: string[] = [];
  for (const each of paths) {
    const path = await placeAtHome(each, places);
    const [was, is] = [change(old.get(each)), change(fresh.get(each))];
    if (path === undefined) continue;
    if (is?.mode === "160000" || was?.mode === "160000") {
      warnings.push(`${each} is a submodule and stays dist-git's own`);
    } else {
      changes.push({ path, before: was, after: is });
    }
  }
  return { changes, warnings };
}

/** Every file but the spec, and the patches that are commits in source-git. */
async function ownFiles(state: RpmState, other: RpmState): Promise<ReadonlyMap<string, TreeFile>> {
  const { files, specPath, patchFolder } = state.side;
  const patches =
    state.series === other.series ? [...state.named] : (await state.patches()).map(({ file }) => file);
  const code = new Set(patches.map((file) => `${patchFolder}${file}`));
  return new Map([...files].filter(([path]) => path !== specPath && !code.has(path)));
}

async function mergeChanges(carrying: Carrying, changes: readonly FileChange[]): Promise<string> {
  const { request, tree, from } = carrying;
  const { source, dist } = request;
  if (changes.length === 0) return tree;
  await copyFiles(dist, source, changes);
  const known = await Promise.all(changes.map((each) => withFormer(carrying, each)));
  const treeOf = (side: "before" | "after") =>
    editTree(source, tree, new Map(known.map((each) => [each.path, each[side]])));
  const [base, theirs] = [await treeOf("before"), await treeOf("after")];
  const merged = await mergeTrees(source, { base, ours: tree, theirs });
  if (merged.outcome === "merged") return merged.tree;
  const [path = ""] = merged.files;
  const commit = await lastCommitOn(source, { path, since: carrying.here.base, tip: request.head });
  throw new UserError("conflict", {
    message: `${merged.files.join(", ")} was changed by dist-git's commit ${shortCommit(from)} and in source-git${commit}`,
    where: path,
    remedy: byHand(from),
  });
}

/** A file that source-git never had was not deleted there. */
async function withFormer({ request, here, tree }: Carrying, each: FileChange): Promise<FileChange> {
  const { source, head } = request;
  if (each.before === undefined || (await findEntry(source, tree, each.path)) !== undefined) return each;
  const commit = await lastCommitOn(source, { path: each.path, since: here.base, tip: head });
  return commit === "" ? { ...each, before: undefined } : each;
}

/** The files that are to be merged, in one go. */
async function copyFiles(
  dist: ObjectStore,
  source: ObjectStore,
  changes: readonly FileChange[],
): Promise<void> {
  const files = changes.flatMap(({ before, after }) => [before, after]).filter((file) => file !== undefined);
  const entries = files.map(({ id }, at) => ({ mode: "100644", name: `file-${at}`, id }));
  await copyTree(dist, source, dist.writeTree(entries));
}

function change(file: TreeFile | undefined): TreeChange {
  return file && { mode: file.mode, id: file.id };
}

function isSame(one: TreeFile | undefined, other: TreeFile | undefined): boolean {
  return one?.id === other?.id && one?.mode === other?.mode;
}
