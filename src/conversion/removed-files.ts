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
 * deleted, while source-git never did. Whoever carried dist-git's commits home by hand left them alone. A file that only has
 * the name of one that was dist-git's own is another one.
 */
export async function findRemoved(
  { source, head, base, dist, tip }: SidesThen,
  files: ReadonlyMap<string, TreeFile>,
): Promise<ReadonlySet<string>> {
  if (files.size === 0) return new Set();
  const there = await readPasts(dist, [tip], [...files.keys()]);
  const asked = [...files].filter(([path]) => there.get(path)?.wasDeleted === true);
  if (asked.length === 0) return new Set();
  const names = asked.map(([, { path }]) => path);
  const here = await readPasts(source, [head, `^${base}`], names);
  const removed = asked.filter(([path, file]) => {
    const [own, theirs] = [here.get(file.path), there.get(path)];
    if (own === undefined || own.wasDeleted) return false;
    return [...own.contents].some((id) => theirs?.contents.has(id) === true);
  });
  return new Set(removed.map(([path]) => path));
}

/** What a path held in a history. */
interface Past {
  readonly contents: Set<string>;
  wasDeleted: boolean;
}

async function readPasts(
  store: ObjectStore,
  range: readonly string[],
  paths: readonly string[],
): Promise<ReadonlyMap<string, Past>> {
  const literal = paths.filter((path) => !path.includes("\n")).map((path) => `:(literal)${path}`);
  const log = ["log", ...rawOptions, "--format=%H", "--stdin"];
  const { stdout } = await store.git(log, { input: [...range, "--", ...literal, ""].join("\n") });
  const pasts = new Map<string, Past>();
  for (const { path, before, after } of parseRawLog(stdout).flatMap(({ touches }) => touches)) {
    const past = pasts.get(path) ?? { contents: new Set(), wasDeleted: false };
    for (const file of [before, after]) if (file !== undefined) past.contents.add(file.id);
    if (after === undefined) past.wasDeleted = true;
    pasts.set(path, past);
  }
  return pasts;
}
