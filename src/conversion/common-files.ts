import type { TreeFile } from "../git/trees.js";
import type { WereSources } from "./provenance.js";
import type { SyncedFiles } from "./settle-files.js";

/**
 * What both sides had in common, where dist-git's files at that time are to tell: those that source-git had then, has now,
 * or demonstrably once had. All others are dist-git's own, and none that source-git deleted.
 */
export async function commonFiles(
  there: ReadonlyMap<string, TreeFile>,
  { then, now, wereSources }: { then: SyncedFiles; now: SyncedFiles; wereSources: WereSources },
): Promise<ReadonlyMap<string, TreeFile>> {
  const isKnown = (path: string) => then.files.has(path) || now.files.has(path);
  const were = await wereSources(
    [...there.values()].filter(({ path }) => !isKnown(path) && now.deletes(path)),
  );
  return new Map([...there].filter(([path]) => isKnown(path) || were.has(path)));
}
