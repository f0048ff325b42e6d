import type { CommitId } from "../domain/refs.js";
import type { ObjectStore } from "../git/object-store.js";
import type { TreeFile } from "../git/trees.js";
import { parseRawLog, rawOptions } from "./patches/touches.js";

/** The two sides as they were when they were last in step. */
export interface SidesThen {
  readonly source: ObjectStore;
  readonly head: CommitId;
  /** Upstream's commit, where the history of source-git begins. */
  readonly base: CommitId;
  readonly dist: ObjectStore;
  readonly tip: CommitId;
}

/**
 * Of files that source-git had then, by their paths in dist-git, and that dist-git had not: those that dist-git had once and
 * deleted, while source-git never did. Whoever carried dist-git's commits home by hand left them alone.
 */
export async function findRemoved(
  { source, head, base, dist, tip }: SidesThen,
  files: ReadonlyMap<string, TreeFile>,
): Promise<ReadonlySet<string>> {
  if (files.size === 0) return new Set();
  const removed = await listDeleted(dist, [tip], [...files.keys()]);
  const asked = [...files].filter(([path]) => removed.has(path));
  if (asked.length === 0) return new Set();
  const range = [head, `^${base}`];
  const again = await listDeleted(
    source,
    range,
    asked.map(([, { path }]) => path),
  );
  return new Set(asked.filter(([, { path }]) => !again.has(path)).map(([path]) => path));
}

async function listDeleted(
  store: ObjectStore,
  range: readonly string[],
  paths: readonly string[],
): Promise<ReadonlySet<string>> {
  const literal = paths.filter((path) => !path.includes("\n")).map((path) => `:(literal)${path}`);
  const log = ["log", ...rawOptions, "--diff-filter=D", "--format=%H", "--stdin"];
  const { stdout } = await store.git(log, { input: [...range, "--", ...literal, ""].join("\n") });
  return new Set(parseRawLog(stdout).flatMap(({ touches }) => touches.map(({ path }) => path)));
}
