import type { ObjectStore, TreeEntry } from "./object-store.js";

/** A file, link or submodule of a tree, by its path from the root. */
export interface TreeFile {
  readonly path: string;
  readonly mode: string;
  readonly id: string;
}

/** What a path shall hold; `undefined` removes it. */
export type TreeChange = { readonly mode: string; readonly id: string } | undefined;

const folderMode = "40000";

/** The entry at a path of a tree or commit. */
export async function findEntry(
  store: ObjectStore,
  treeish: string,
  path: string,
): Promise<TreeEntry | undefined> {
  let tree = treeish;
  const names = path.split("/");
  for (const [index, name] of names.entries()) {
    const entry = (await store.readTree(tree)).find((each) => each.name === name);
    if (entry === undefined || index === names.length - 1) return entry;
    if (entry.mode !== folderMode) return undefined;
    tree = entry.id;
  }
  return undefined;
}

/** All files below a folder (`""`: the whole tree), in git's order; nothing when there is no such folder. */
export async function listFiles(store: ObjectStore, treeish: string, folder = ""): Promise<TreeFile[]> {
  const found = folder === "" ? { mode: folderMode, id: treeish } : await findEntry(store, treeish, folder);
  if (found?.mode !== folderMode) return [];
  return listBelow(store, found.id, folder === "" ? "" : `${folder}/`);
}

async function listBelow(store: ObjectStore, tree: string, prefix: string): Promise<TreeFile[]> {
  const files: TreeFile[] = [];
  for (const { mode, name, id } of await store.readTree(tree)) {
    const path = `${prefix}${name}`;
    if (mode === folderMode) files.push(...(await listBelow(store, id, `${path}/`)));
    else files.push({ path, mode, id });
  }
  return files;
}

/** The tree with some paths changed; folders that become empty vanish, unchanged ones are not read. */
export async function editTree(
  store: ObjectStore,
  treeish: string,
  changes: ReadonlyMap<string, TreeChange>,
): Promise<string> {
  const edited = await editFolder(store, treeish, [...changes]);
  return edited ?? store.writeTree([]);
}

type Change = readonly [path: string, change: TreeChange];

async function editFolder(
  store: ObjectStore,
  tree: string | undefined,
  changes: readonly Change[],
): Promise<string | undefined> {
  const entries = new Map<string, TreeEntry>();
  for (const entry of tree === undefined ? [] : await store.readTree(tree)) entries.set(entry.name, entry);
  for (const [path, change] of changes.filter(([path]) => !path.includes("/"))) {
    if (change === undefined) entries.delete(path);
    else entries.set(path, { name: path, ...change });
  }
  for (const [name, inside] of byFolder(changes)) {
    const old = entries.get(name);
    const id = await editFolder(store, old?.mode === folderMode ? old.id : undefined, inside);
    if (id !== undefined) entries.set(name, { mode: folderMode, name, id });
    else if (old?.mode === folderMode) entries.delete(name);
  }
  return entries.size === 0 ? undefined : store.writeTree([...entries.values()]);
}

function byFolder(changes: readonly Change[]): Map<string, Change[]> {
  const folders = new Map<string, Change[]>();
  for (const [path, change] of changes) {
    const slash = path.indexOf("/");
    if (slash < 0) continue;
    const name = path.slice(0, slash);
    folders.set(name, [...(folders.get(name) ?? []), [path.slice(slash + 1), change]]);
  }
  return folders;
}

/** A path that differs between two trees, with what it holds on each side. */
export interface PathDifference {
  readonly path: string;
  readonly before: TreeChange;
  readonly after: TreeChange;
}

/** The paths in which two trees differ; equal folders are not read. */
export async function diffTrees(
  store: ObjectStore,
  before: string | undefined,
  after: string | undefined,
): Promise<PathDifference[]> {
  return diffFolders(store, { before, after, prefix: "" });
}

async function diffFolders(
  store: ObjectStore,
  { before, after, prefix }: { before: string | undefined; after: string | undefined; prefix: string },
): Promise<PathDifference[]> {
  if (before === after) return [];
  const [old, fresh] = await Promise.all([entriesOf(store, before), entriesOf(store, after)]);
  const differences: PathDifference[] = [];
  for (const name of [...new Set([...old.keys(), ...fresh.keys()])]) {
    const one = old.get(name);
    const other = fresh.get(name);
    if (one?.id === other?.id && one?.mode === other?.mode) continue;
    const path = `${prefix}${name}`;
    const [oldFile, newFile] = [fileOf(one), fileOf(other)];
    if (oldFile ?? newFile) differences.push({ path, before: oldFile, after: newFile });
    const folders = { before: folderOf(one), after: folderOf(other), prefix: `${path}/` };
    differences.push(...(await diffFolders(store, folders)));
  }
  return differences;
}

async function entriesOf(store: ObjectStore, tree: string | undefined): Promise<Map<string, TreeEntry>> {
  const entries = tree === undefined ? [] : await store.readTree(tree);
  return new Map(entries.map((entry) => [entry.name, entry]));
}

function fileOf(entry: TreeEntry | undefined): TreeChange {
  return entry === undefined || entry.mode === folderMode ? undefined : { mode: entry.mode, id: entry.id };
}

function folderOf(entry: TreeEntry | undefined): string | undefined {
  return entry?.mode === folderMode ? entry.id : undefined;
}
