import type { CommitId } from "../domain/refs.js";
import type { ObjectStore } from "./object-store.js";

/** So many objects go by one process: their packs are held in memory. */
const portion = 4000;

/** Copies a tree with all that it holds, files of any size; what the other store has is not read. */
export async function copyTree(from: ObjectStore, to: ObjectStore, tree: string): Promise<void> {
  const blobs = new Set<string>();
  const trees: string[] = [];
  await collectMissing(tree, { from, to, blobs, trees });
  const missing = [...blobs];
  for (let at = 0; at < missing.length; at += portion) {
    await copyObjects(from, to, missing.slice(at, at + portion));
  }
  // Files first and folders from below: whoever finds a tree may rely on what it holds, even after a crash.
  for (const id of trees) to.writeTree(await from.readTree(id));
}

/** Copies a commit with its history, except for what is reachable from commits that both have. */
export async function copyHistory(
  from: ObjectStore,
  to: ObjectStore,
  { commit, known }: { commit: CommitId; known: readonly CommitId[] },
): Promise<void> {
  const input = [commit, ...known.map((id) => `^${id}`)].join("\n");
  const { stdout } = await from.git(["pack-objects", "--revs", "--stdout", "-q"], { input: `${input}\n` });
  await to.git(["index-pack", "--stdin", "--fix-thin"], { input: stdout });
}

/** The newest common ancestor of commits that are in two stores; `undefined` when they share no history. */
export async function commonAncestor(
  one: { readonly store: ObjectStore; readonly commit: CommitId },
  other: { readonly store: ObjectStore; readonly commit: CommitId },
): Promise<CommitId | undefined> {
  const asked = await other.store.git(["rev-parse", "--path-format=absolute", "--git-path", "objects"]);
  const objects = asked.stdout.toString("utf8").replace(/\n$/, "");
  const { exitCode, stdout } = await one.store.git(["merge-base", one.commit, other.commit], {
    expect: [0, 1],
    environment: { GIT_ALTERNATE_OBJECT_DIRECTORIES: quoted(objects) },
  });
  return exitCode === 0 ? stdout.toString("utf8").trim() : undefined;
}

interface Collecting {
  readonly from: ObjectStore;
  readonly to: ObjectStore;
  readonly blobs: Set<string>;
  /** Each after those that it holds. */
  readonly trees: string[];
}

async function collectMissing(tree: string, collecting: Collecting): Promise<void> {
  const { from, to, blobs, trees } = collecting;
  if (await to.has(tree)) return;
  for (const { mode, id } of await from.readTree(tree)) {
    if (mode === "40000") await collectMissing(id, collecting);
    else if (mode !== "160000" && !blobs.has(id) && !(await to.has(id))) blobs.add(id);
  }
  trees.push(tree);
}

async function copyObjects(from: ObjectStore, to: ObjectStore, ids: readonly string[]): Promise<void> {
  const { stdout } = await from.git(["pack-objects", "--stdout", "-q"], { input: `${ids.join("\n")}\n` });
  const into = ids.length > 200 ? ["index-pack", "--stdin"] : ["unpack-objects", "-q"];
  await to.git(into, { input: stdout });
}

/** git takes a list there, parted by colons, unless a path stands in quotes. */
function quoted(path: string): string {
  return `"${path.replace(/["\\]/g, "\\$&")}"`;
}
