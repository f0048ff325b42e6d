import type { CommitId } from "../../domain/refs.js";
import { mergeTrees, type Merged, type ThreeTrees } from "../../git/merge.js";
import type { ObjectStore } from "../../git/object-store.js";
import { editTree, findEntry, type TreeChange } from "../../git/trees.js";
import { parseRawLog, rawOptions } from "../patches/touches.js";

/** The commits of source-git's branch that came after what both sides had in common. */
export interface OwnLine {
  readonly source: ObjectStore;
  readonly since: CommitId;
  /** What commits beyond the target branch did proves nothing. */
  readonly target: CommitId;
}

/**
 * As `mergeTrees` in dist-git's store; and where a file of dist-git is just what source-git's branch made of it meanwhile, what
 * source-git did upon that is no conflict: a squash that lost its trailer brought it there, or both did the same.
 */
export async function mergeOvertaken(dist: ObjectStore, trees: ThreeTrees, line: OwnLine): Promise<Merged> {
  const strictly = await mergeTrees(dist, trees);
  if (strictly.outcome === "merged") return strictly;
  const versions = await versionsOf(line, strictly.files);
  const overtaken = new Map<string, TreeChange>();
  for (const path of strictly.files) {
    const present = await findEntry(dist, trees.ours, path);
    if (versions.get(path)?.has(keyOf(present)) !== true) return strictly;
    overtaken.set(path, present);
  }
  return mergeTrees(dist, { ...trees, base: await editTree(dist, trees.base, overtaken) });
}

/** What source-git's branch made of some paths, one commit after another. */
async function versionsOf(
  { source, since, target }: OwnLine,
  paths: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const input = [target, `^${since}`, "--", ...paths.filter((path) => !path.includes("\n")), ""].join("\n");
  const options = ["--first-parent", "--diff-merges=first-parent", ...rawOptions, "--format=%H"];
  const { stdout } = await source.git(["--literal-pathspecs", "log", ...options, "--stdin"], { input });
  const versions = new Map<string, Set<string>>();
  for (const { path, after } of parseRawLog(stdout).flatMap(({ touches }) => touches)) {
    versions.set(path, (versions.get(path) ?? new Set()).add(keyOf(after)));
  }
  return versions;
}

function keyOf(file: TreeChange): string {
  return file === undefined ? "" : `${file.mode} ${file.id}`;
}
