import type { CommitId } from "../../domain/refs.js";
import { mergeTrees, type Merged, type ThreeTrees } from "../../git/merge.js";
import type { ObjectStore } from "../../git/object-store.js";
import { editTree, findEntry, type TreeChange } from "../../git/trees.js";
import { parseRawLog, rawOptions, type Touch } from "../patches/touches.js";

/** The commits of both branches that tell how their files came to be what they are. */
export interface OwnLines {
  readonly source: ObjectStore;
  /** What both sides had in common: what source-git did before proves nothing. */
  readonly since: CommitId;
  /** What commits beyond the target branch did proves nothing. */
  readonly target: CommitId;
  readonly tip: CommitId;
}

/**
 * As `mergeTrees` in dist-git's store; and where a file of dist-git is just what source-git's branch made of it meanwhile, what
 * source-git did upon that is no conflict: a squash that lost its trailer brought it there, or both did the same. Where
 * dist-git went back to what it had before, it did so on purpose.
 */
export async function mergeOvertaken(dist: ObjectStore, trees: ThreeTrees, lines: OwnLines): Promise<Merged> {
  const strictly = await mergeTrees(dist, trees);
  if (strictly.outcome === "merged") return strictly;
  const present = new Map<string, TreeChange>();
  for (const path of strictly.files) present.set(path, await findEntry(dist, trees.ours, path));
  const overtaken = await madeBySource(dist, present, lines);
  if (overtaken.size < present.size) return strictly;
  return mergeTrees(dist, { ...trees, base: await editTree(dist, trees.base, overtaken) });
}

/** Of some files of dist-git those that source-git's branch made what they are, and dist-git did not go back to. */
export async function madeBySource(
  dist: ObjectStore,
  files: ReadonlyMap<string, TreeChange>,
  { source, since, target, tip }: OwnLines,
): Promise<ReadonlyMap<string, TreeChange>> {
  const paths = [...files.keys()];
  const there = await touchesOf(source, [target, `^${since}`], paths);
  const here = await touchesOf(dist, [tip], paths);
  const isMade = ([path, file]: [string, TreeChange]) =>
    there.some((touch) => touch.path === path && isSame(touch.after, file)) &&
    !here.some((touch) => touch.path === path && wasLeft(touch, file));
  return new Map([...files].filter(isMade));
}

/** What a branch did to some paths. */
async function touchesOf(
  store: ObjectStore,
  range: readonly string[],
  paths: readonly string[],
): Promise<readonly Touch[]> {
  const input = [...range, "--", ...paths.filter((path) => !path.includes("\n")), ""].join("\n");
  const options = ["--first-parent", "--diff-merges=first-parent", ...rawOptions, "--format=%H"];
  const { stdout } = await store.git(["--literal-pathspecs", "log", ...options, "--stdin"], { input });
  return parseRawLog(stdout).flatMap(({ touches }) => touches);
}

/** That a file began is no sign that it went when it is gone now. */
function wasLeft({ before }: Touch, present: TreeChange): boolean {
  return before !== undefined && isSame(before, present);
}

function isSame(one: TreeChange, other: TreeChange): boolean {
  return one?.id === other?.id && one?.mode === other?.mode;
}
