import type { ObjectStore } from "../../git/object-store.js";
import type { FileChange } from "./edit-hunks.js";
import type { Touch } from "./touches.js";

/** What neighbouring commits of the line change in each file, as far as it was and stays an ordinary one. */
export async function readFileChanges(
  store: ObjectStore,
  touches: readonly Touch[],
): Promise<ReadonlyMap<string, FileChange>> {
  const ends = new Map<string, Touch>();
  for (const touch of touches)
    ends.set(touch.path, { ...touch, before: (ends.get(touch.path) ?? touch).before });
  const files = new Map<string, FileChange>();
  for (const [path, { before, after }] of ends) {
    if (before?.mode.startsWith("100") !== true || after?.mode.startsWith("100") !== true) continue;
    const [old, fresh] = await Promise.all([store.readBlob(before.id), store.readBlob(after.id)]);
    files.set(path, { before: old.toString("latin1"), after: fresh.toString("latin1") });
  }
  return files;
}
