import type { ObjectStore, TreeEntry } from "../../git/object-store.js";
import { editTree } from "../../git/trees.js";
import { ownFiles } from "../configuration-file.js";
import type { Matches } from "./globs.js";

/** Which files are meant. */
export interface Selection {
  readonly carries: Matches;
  /** Whether all are but the configuration itself: then no folder has to be read. */
  readonly whole: boolean;
}

export function both(one: Selection, other: Selection): Selection {
  return {
    carries: (path) => one.carries(path) && other.carries(path),
    whole: one.whole && other.whole,
  };
}

/** The tree with the selected files alone; folders that become empty vanish. */
export async function project(
  store: ObjectStore,
  treeish: string,
  { carries, whole }: Selection,
): Promise<string> {
  if (whole) return editTree(store, treeish, new Map(ownFiles.map((path) => [path, undefined])));
  return (await chooseBelow(store, treeish, { prefix: "", carries })) ?? store.writeTree([]);
}

async function chooseBelow(
  store: ObjectStore,
  tree: string,
  { prefix, carries }: { prefix: string; carries: Matches },
): Promise<string | undefined> {
  const entries: TreeEntry[] = [];
  for (const entry of await store.readTree(tree)) {
    const path = `${prefix}${entry.name}`;
    if (entry.mode !== "40000") {
      if (carries(path)) entries.push(entry);
      continue;
    }
    const id = await chooseBelow(store, entry.id, { prefix: `${path}/`, carries });
    if (id !== undefined) entries.push({ ...entry, id });
  }
  return entries.length === 0 ? undefined : store.writeTree(entries);
}
