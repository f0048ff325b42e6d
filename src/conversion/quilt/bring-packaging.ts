import { UserError } from "../../domain/errors.js";
import { shortCommit, type CommitId } from "../../domain/refs.js";
import { mergeTexts } from "../../git/merge.js";
import type { ObjectStore } from "../../git/object-store.js";
import { findEntry, type TreeChange, type TreeFile } from "../../git/trees.js";
import type { DistToSource } from "../layout.js";
import { byHand } from "../patches/bring-home.js";
import { patchFolder, type QuiltSide } from "./quilt-side.js";

export interface PackagingStep {
  /** source-git's tree that the changes are for. */
  readonly tree: string;
  /** dist-git's commit that brings them. */
  readonly from: CommitId;
  readonly before: QuiltSide;
  readonly after: QuiltSide;
}

/**
 * What a dist-git commit changes in source-git's `debian/`, merged with what source-git changed there. Throws `UserError`
 * ("conflict") naming file and commit.
 */
export async function packagingChanges(
  request: DistToSource,
  step: PackagingStep,
): Promise<ReadonlyMap<string, TreeChange>> {
  const [old, fresh] = [ownFiles(step.before), ownFiles(step.after)];
  const changes = new Map<string, TreeChange>();
  for (const path of new Set([...old.keys(), ...fresh.keys()])) {
    const [before, after] = [old.get(path), fresh.get(path)];
    if (isSame(before, after)) continue;
    const present = await presentFile(request.source, step.tree, path);
    if (isSame(present, after)) continue;
    if (isSame(present, before)) changes.set(path, after && (await copied(request, after)));
    else changes.set(path, await merged(request, step, { path, before, after, present }));
  }
  return changes;
}

/** The files of `debian/` that source-git has, too: all but the series and its patches. */
function ownFiles({ files, series, named }: QuiltSide): ReadonlyMap<string, TreeFile> {
  const isPatch = (path: string) => path.startsWith(patchFolder) && named.has(path.slice(patchFolder.length));
  return new Map([...files].filter(([path]) => path !== series.path && !isPatch(path)));
}

async function presentFile(source: ObjectStore, tree: string, path: string): Promise<TreeChange> {
  const entry = await findEntry(source, tree, path);
  return entry === undefined || entry.mode === "40000" ? undefined : { mode: entry.mode, id: entry.id };
}

async function copied({ source, dist }: DistToSource, { mode, id }: TreeFile): Promise<TreeChange> {
  if (mode !== "160000" && !(await source.has(id))) source.writeBlob(await dist.readBlob(id));
  return { mode, id };
}

interface ThreeFiles {
  readonly path: string;
  readonly before: TreeFile | undefined;
  readonly after: TreeFile | undefined;
  readonly present: TreeChange;
}

async function merged(
  { source, dist }: DistToSource,
  { from }: PackagingStep,
  { path, before, after, present }: ThreeFiles,
): Promise<TreeChange> {
  if (before && after && present && [before, after, present].every(({ mode }) => mode.startsWith("100"))) {
    const text = async (store: ObjectStore, id: string) => (await store.readBlob(id)).toString("latin1");
    const result = await mergeTexts(source, {
      base: await text(dist, before.id),
      ours: await text(source, present.id),
      theirs: await text(dist, after.id),
    });
    const mode = present.mode === before.mode ? after.mode : present.mode;
    if (result !== undefined) return { mode, id: source.writeBlob(Buffer.from(result, "latin1")) };
  }
  throw new UserError("conflict", {
    message: `${path} was changed by dist-git's commit ${shortCommit(from)} and in source-git`,
    where: path,
    remedy: byHand(from),
  });
}

function isSame(one: TreeChange, other: TreeChange): boolean {
  return one?.id === other?.id && one?.mode === other?.mode;
}
