import { conflictLinesOf, mergeIncluded, type ThreeTexts } from "../git/merge.js";
import type { TreeChange, TreeFile } from "../git/trees.js";
import { bothChanged, type ChangedSides } from "./both-changed.js";
import type { PatchSide } from "./patches/patch-side.js";
import type { WereSources } from "./provenance.js";

/** What source-git's own files are in dist-git: by `files_to_sync`, or those of `debian/`. */
export interface SyncedFiles {
  /** By path in dist-git. */
  readonly files: ReadonlyMap<string, TreeFile>;
  /** Whether a path of dist-git that is none of them is to be deleted, as rsync's `--delete` does. */
  readonly deletes: (path: string) => boolean;
}

export interface FileSides extends ChangedSides {
  readonly there: PatchSide;
  /** source-git's files at the last synchronised point; `undefined` when there is none. */
  readonly then: SyncedFiles | undefined;
  /** Which of dist-git's files demonstrably were source-git's; asked where the two were never in step. */
  readonly wereSources: WereSources;
}

export interface SettledFiles {
  readonly changes: ReadonlyMap<string, TreeChange>;
  /** Files that `files_to_sync` would delete, and that stay: dist-git alone has them, and the two were never in step. */
  readonly foreign: readonly string[];
}

/**
 * What source-git's own files change in dist-git. With a synchronised point, only what source-git changed since then;
 * without one, what `files_to_sync` says, but for the files that dist-git alone has. Throws `UserError` ("conflict") where both sides changed a file.
 */
export async function settleFiles(now: SyncedFiles, sides: FileSides): Promise<SettledFiles> {
  const { there, then, last } = sides;
  if (then === undefined) return overwrite(now, sides);
  const changes = new Map<string, TreeChange>();
  for (const path of new Set([...then.files.keys(), ...now.files.keys()])) {
    const [before, after, present] = [then.files.get(path), now.files.get(path), there.files.get(path)];
    if (isSameFile(before, after) || isSameFile(present, after)) continue;
    // By source-git's own word, its commit holds all that dist-git had.
    const isToldByDist = last?.toldBy === "dist";
    const atThen = isToldByDist ? last.dist.files.get(path) : undefined;
    // Of two siblings that both sides merged, the point names the second: dist-git may have had it by then.
    if (isToldByDist && isSameFile(atThen, after)) continue;
    // Without `delete`, rsync leaves what source-git has no more; so do we.
    if (after === undefined && !now.deletes(path)) continue;
    const files = { path, before, after, present };
    if (atThen !== undefined && !isSameFile(atThen, present) && !isSameFile(atThen, before)) {
      changes.set(path, await mergeThroughThen(sides, { ...files, atThen }));
    } else if (isSameFile(present, before)) changes.set(path, after && change(after));
    else changes.set(path, (await mergeFile(sides, files)) ?? (await refuse(sides, files)));
  }
  return { changes, foreign: [] };
}

async function overwrite(now: SyncedFiles, { there, wereSources }: FileSides): Promise<SettledFiles> {
  const changes = new Map<string, TreeChange>();
  for (const [path, file] of now.files) {
    if (!isSameFile(there.files.get(path), file)) changes.set(path, change(file));
  }
  const spare = [...there.files.values()].filter(({ path }) => now.deletes(path));
  const gone = await wereSources(spare);
  for (const path of gone) changes.set(path, undefined);
  const foreign = spare.map(({ path }) => path).filter((path) => !gone.has(path));
  return { changes, foreign };
}

interface ThreeFiles {
  readonly before: TreeChange;
  readonly after: TreeChange;
  readonly present: TreeChange;
}

/** One path of dist-git; what source-git makes of it bears source-git's own path, too. */
interface PathFiles extends ThreeFiles {
  readonly path: string;
  readonly after: TreeFile | undefined;
}

/**
 * What source-git changed is brought to the file as dist-git had it at the last synchronised point, and then what dist-git
 * alone changed since.
 */
async function mergeThroughThen(
  sides: FileSides,
  { atThen, ...files }: PathFiles & { readonly atThen: TreeFile },
): Promise<TreeChange> {
  const { before, after, present } = files;
  const brought = before === undefined ? after : await mergeFile(sides, { before, after, present: atThen });
  const since = brought === undefined ? files : { before: atThen, after: brought, present };
  return (await mergeFile(sides, since)) ?? refuse(sides, files);
}

/** `undefined` where both sides changed a file, and not in lines of their own. */
async function mergeFile(sides: FileSides, { before, after, present }: ThreeFiles): Promise<TreeChange> {
  if (before === undefined || after === undefined || present === undefined) return undefined;
  const texts = await readTexts(sides, { before, after, present });
  const merged = texts && (await mergeIncluded(sides.dist, texts));
  const mode = present.mode === before.mode ? after.mode : present.mode;
  return merged === undefined ? undefined : { mode, id: sides.dist.writeBlob(Buffer.from(merged, "latin1")) };
}

/** `undefined` where one is missing, or no ordinary file. */
async function readTexts(
  { source, dist }: FileSides,
  { before, after, present }: ThreeFiles,
): Promise<ThreeTexts | undefined> {
  const text = async (file: TreeChange) => {
    if (file?.mode.startsWith("100") !== true) return undefined;
    const store = (await dist.has(file.id)) ? dist : source;
    return (await store.readBlob(file.id)).toString("latin1");
  };
  const [base, ours, theirs] = [await text(before), await text(present), await text(after)];
  if (base === undefined || ours === undefined || theirs === undefined) return undefined;
  return { base, ours, theirs };
}

async function refuse(sides: FileSides, files: PathFiles): Promise<never> {
  const { path, after } = files;
  const texts = await readTexts(sides, files);
  const lines = texts === undefined ? "" : await conflictLinesOf(sides.dist, texts);
  const from = after?.path ?? sides.then?.files.get(path)?.path ?? path;
  throw await bothChanged(sides, { path, from, lines });
}

function change({ mode, id }: TreeFile): TreeChange {
  return { mode, id };
}

/** Whether two files are alike, modes included. */
export function isSameFile(one: TreeFile | undefined, other: TreeFile | undefined): boolean {
  return one?.id === other?.id && one?.mode === other?.mode;
}
