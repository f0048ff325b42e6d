import type { ObjectStore } from "../git/object-store.js";
import type { TreeFile } from "../git/trees.js";
import type { LastSync } from "./last-sync.js";
import type { WereSources } from "./provenance.js";
import { findRemoved } from "./removed-files.js";
import { isSameFile, type SyncedFiles } from "./settle-files.js";

export interface KnownFiles {
  readonly then: SyncedFiles;
  readonly now: SyncedFiles;
  readonly wereSources: WereSources;
  readonly source: ObjectStore;
  readonly dist: ObjectStore;
  readonly last: LastSync;
}

/**
 * What both sides had in common, where dist-git's files at that time are to tell: those that source-git had then, has now,
 * or demonstrably once had. All others are dist-git's own, and none that source-git deleted. A file that dist-git alone
 * deleted was in common.
 */
export async function commonFiles(
  there: ReadonlyMap<string, TreeFile>,
  { then, now, wereSources, source, dist, last }: KnownFiles,
): Promise<ReadonlyMap<string, TreeFile>> {
  const isKnown = (path: string) => then.files.has(path) || now.files.has(path);
  const were = await wereSources(
    [...there.values()].filter(({ path }) => !isKnown(path) && now.deletes(path)),
  );
  const kept = [...then.files].filter(
    ([path, file]) => !there.has(path) && isSameFile(now.files.get(path), file),
  );
  const { head, base } = last.source;
  const sides = { source, head, base, dist, tip: last.dist.commit };
  const removed = await findRemoved(sides, new Map(kept));
  return new Map([
    ...[...there].filter(([path]) => isKnown(path) || were.has(path)),
    ...kept.filter(([path]) => removed.has(path)),
  ]);
}
