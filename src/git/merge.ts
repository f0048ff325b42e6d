import type { ObjectStore, Signature } from "./object-store.js";
import { withIncluded } from "./included-changes.js";
import { diffTrees, editTree, findEntry, type PathDifference, type TreeChange } from "./trees.js";

export interface ThreeTrees {
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
}

export type Merged =
  | { readonly outcome: "merged"; readonly tree: string }
  | {
      readonly outcome: "conflict";
      readonly files: readonly string[];
      /** The same files, each with the lines of ours that its conflicts begin at, where it has lines. */
      readonly places: readonly string[];
    };

const nobody: Signature = { name: "nobody", email: "", date: "0 +0000" };

/**
 * Merges two trees that come from one: path by path where only one side changed a path, which costs no process, else by
 * git with its rename detection and line merge.
 */
export async function mergeTrees(store: ObjectStore, { base, ours, theirs }: ThreeTrees): Promise<Merged> {
  if (base === theirs || ours === theirs) return { outcome: "merged", tree: ours };
  if (base === ours) return { outcome: "merged", tree: theirs };
  const changes = await plainChanges(store, ours, await diffTrees(store, base, theirs));
  if (changes !== undefined) return { outcome: "merged", tree: await editTree(store, ours, changes) };
  return mergeByGit(store, { base, ours, theirs });
}

/** As `mergeTrees`; and what both sides changed alike is no conflict where one of them changed more beside it. */
export async function mergeTreesIncluded(store: ObjectStore, trees: ThreeTrees): Promise<Merged> {
  const strictly = await mergeTrees(store, trees);
  if (strictly.outcome === "merged") return strictly;
  const settled = new Map<string, TreeChange>();
  for (const path of strictly.files) {
    const file = await mergeFileIncluded(store, trees, path);
    if (file === undefined) return strictly;
    settled.set(path, file);
  }
  // What all three have alike is merged already.
  const settle = (tree: string) => editTree(store, tree, settled);
  const { base, ours, theirs } = trees;
  return mergeTrees(store, {
    base: await settle(base),
    ours: await settle(ours),
    theirs: await settle(theirs),
  });
}

/** `undefined` where one side has no ordinary file there, or the two conflict. */
async function mergeFileIncluded(store: ObjectStore, trees: ThreeTrees, path: string): Promise<TreeChange> {
  const [base, ours, theirs] = await Promise.all(
    [trees.base, trees.ours, trees.theirs].map((tree) => findEntry(store, tree, path)),
  );
  const files = [base, ours, theirs].filter((file) => file !== undefined);
  if (ours === undefined || theirs === undefined) return undefined;
  if (!ours.mode.startsWith("100") || files.some(({ mode }) => mode !== ours.mode)) return undefined;
  const text = async (id: string) => (await store.readBlob(id)).toString("latin1");
  const merged = await mergeIncluded(store, {
    base: base === undefined ? "" : await text(base.id),
    ours: await text(ours.id),
    theirs: await text(theirs.id),
  });
  if (merged === undefined) return undefined;
  return { mode: ours.mode, id: store.writeBlob(Buffer.from(merged, "latin1")) };
}

export interface ThreeTexts {
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
}

/** The line merge of three texts, their bytes as latin1; `undefined` when they conflict. */
export async function mergeTexts(
  store: ObjectStore,
  { base, ours, theirs }: ThreeTexts,
): Promise<string | undefined> {
  if (base === theirs || ours === theirs) return ours;
  if (base === ours) return theirs;
  const merged = await mergeTrees(store, treesOf(store, { base, ours, theirs }));
  return merged.outcome === "conflict" ? undefined : readText(store, merged.tree);
}

/** Where ours conflicts, as ` (lines 3, 12)`; empty where that cannot be said. */
export async function conflictLinesOf(store: ObjectStore, texts: ThreeTexts): Promise<string> {
  const merged = await mergeTrees(store, treesOf(store, texts));
  const [place = ""] = merged.outcome === "conflict" ? merged.places : [];
  return place.replace(/^text/, "");
}

/** As `mergeTexts`; and what both sides changed alike is no conflict where one of them changed more beside it. */
export async function mergeIncluded(store: ObjectStore, texts: ThreeTexts): Promise<string | undefined> {
  const strictly = await mergeTexts(store, texts);
  if (strictly !== undefined) return strictly;
  const [one, other] = withCommonParent(store, treesOf(store, texts));
  const merge = ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", one, other];
  const { stdout } = await store.git(["-c", "merge.conflictStyle=diff3", ...merge], { expect: [0, 1] });
  const [tree = ""] = stdout.toString("utf8").split("\0");
  const marked = await readText(store, tree);
  return marked === undefined ? undefined : withIncluded(marked, one);
}

function treesOf(store: ObjectStore, { base, ours, theirs }: ThreeTexts): ThreeTrees {
  const tree = (text: string) =>
    store.writeTree([{ mode: "100644", name: "text", id: store.writeBlob(Buffer.from(text, "latin1")) }]);
  return { base: tree(base), ours: tree(ours), theirs: tree(theirs) };
}

async function readText(store: ObjectStore, tree: string): Promise<string | undefined> {
  const entry = await findEntry(store, tree, "text");
  return entry === undefined ? undefined : (await store.readBlob(entry.id)).toString("latin1");
}

/** Merges two commits with the merge base that their history has. */
export async function mergeCommits(store: ObjectStore, one: string, other: string): Promise<Merged> {
  const { exitCode, stdout } = await store.git(
    ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", one, other],
    { expect: [0, 1] },
  );
  const [tree = "", ...names] = stdout.toString("utf8").split("\0").filter(Boolean);
  if (exitCode === 0) return { outcome: "merged", tree };
  const files = [...new Set(names)];
  const places = await Promise.all(files.map((path) => placesIn(store, { tree, path, ours: one })));
  return { outcome: "conflict", files, places };
}

interface Conflicting {
  /** Where git left both sides between its marks. */
  readonly tree: string;
  readonly path: string;
  readonly ours: string;
}

async function placesIn(store: ObjectStore, { tree, path, ours }: Conflicting): Promise<string> {
  const entry = await findEntry(store, tree, path);
  if (entry?.mode.startsWith("100") !== true) return path;
  const lines = conflictLines((await store.readBlob(entry.id)).toString("latin1"), ours);
  if (lines.length === 0) return path;
  return `${path} (${lines.length === 1 ? "line" : "lines"} ${lines.join(", ")})`;
}

/** So many places of a file are named. */
const mostPlaces = 5;

/** Where in ours conflicts begin, from 1; the marks carry the names that the sides were merged by. */
function conflictLines(text: string, ours: string): readonly number[] {
  const found: number[] = [];
  let line = 1;
  let side: "both" | "ours" | "theirs" = "both";
  for (const each of text.split("\n")) {
    if (side === "both" && each.startsWith(`<<<<<<< ${ours}`)) {
      found.push(line);
      side = "ours";
    } else if (side === "ours" && each.startsWith("=======")) side = "theirs";
    else if (side === "theirs" && each.startsWith(">>>>>>> ")) side = "both";
    else if (side !== "theirs") line += 1;
  }
  return found.slice(0, mostPlaces);
}

async function mergeByGit(store: ObjectStore, trees: ThreeTrees): Promise<Merged> {
  const [one, other] = withCommonParent(store, trees);
  return mergeCommits(store, one, other);
}

// git 2.39 has no `merge-tree --merge-base`: commits that share a made-up parent give it the base.
function withCommonParent(store: ObjectStore, { base, ours, theirs }: ThreeTrees): [string, string] {
  const commit = (tree: string, parents: readonly string[]) =>
    store.writeCommit({ tree, parents, author: nobody, committer: nobody, message: "" });
  const parent = commit(base, []);
  return [commit(ours, [parent]), commit(theirs, [parent])];
}

async function plainChanges(
  store: ObjectStore,
  ours: string,
  differences: readonly PathDifference[],
): Promise<Map<string, TreeChange> | undefined> {
  const changes = new Map<string, TreeChange>();
  for (const { path, before, after } of differences) {
    const present = await findEntry(store, ours, path);
    if (!sameFile(present, before)) return undefined;
    if (before === undefined && (await hasFileAbove(store, ours, path))) return undefined;
    changes.set(path, after);
  }
  return changes;
}

async function hasFileAbove(store: ObjectStore, tree: string, path: string): Promise<boolean> {
  const names = path.split("/").slice(0, -1);
  for (const index of names.keys()) {
    const entry = await findEntry(store, tree, names.slice(0, index + 1).join("/"));
    if (entry === undefined) return false;
    if (entry.mode !== "40000") return true;
  }
  return false;
}

function sameFile(one: TreeChange, other: TreeChange): boolean {
  return one?.id === other?.id && one?.mode === other?.mode;
}
