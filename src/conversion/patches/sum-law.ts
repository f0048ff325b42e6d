import { createHash } from "node:crypto";
import type { CommitId } from "../../domain/refs.js";
import { objectId } from "../../git/codec.js";
import type { ObjectStore } from "../../git/object-store.js";
import type { TreeChange } from "../../git/trees.js";
import { applyPatch } from "./apply-patch.js";
import { recallCommit } from "./known-commits.js";
import { FileContent, PatchedTree, type PatchedFile } from "./patched-tree.js";
import type { Touch } from "./touches.js";

export interface AppliedPatch {
  readonly content: Buffer;
  readonly strip: number;
}

/**
 * Whether patches do exactly what the touches say, to the byte. They are applied to what the touched paths held before, in
 * memory: the size of the tree does not matter, and nothing is written.
 */
export async function haveEffect(
  store: ObjectStore,
  touches: readonly Touch[],
  patches: readonly AppliedPatch[],
): Promise<boolean> {
  const proofs = store.memory.shelf<true>("proof", () => 0);
  const claim = claimOf(touches, patches);
  if (proofs.recall(claim) === true) return true;
  const tree = await treeBefore(store, touches);
  const untouched = await treeBefore(store, touches);
  for (const { content, strip } of patches) {
    // An old patch may need patch's fuzz; that it gives the very bytes is compared all the same.
    const { outcome } = await applyPatch(tree, { content, strip });
    if (outcome === "failed") return false;
  }
  if (!isAsTouched(tree, touches) || !(await areRestored(tree, untouched, touches))) return false;
  proofs.keep(claim, true);
  return true;
}

/** All that the answer depends on. */
function claimOf(touches: readonly Touch[], patches: readonly AppliedPatch[]): string {
  const touched = touches.map(({ commit, path }) => `${commit} ${path}`);
  const applied = patches.map(({ content, strip }) => `${strip} ${digest(content)}`);
  return [...touched, "", ...applied].join("\0");
}

const digests = new WeakMap<Buffer, string>();

function digest(content: Buffer): string {
  const known = digests.get(content) ?? createHash("sha256").update(content).digest("base64");
  digests.set(content, known);
  return known;
}

async function treeBefore(store: ObjectStore, touches: readonly Touch[]): Promise<PatchedTree> {
  const [first] = touches;
  const parent = first && (await parentOf(store, first.commit));
  const tree = new PatchedTree(store, parent ?? store.writeTree([]));
  if (await areAdjacent(store, touches)) return tree;
  // What lies between the commits of a patch is not its own.
  for (const [path, file] of firstStates(touches)) tree.set(path, await load(store, file));
  return tree;
}

async function parentOf(store: ObjectStore, id: CommitId): Promise<CommitId | undefined> {
  return (recallCommit(store, id) ?? (await store.readCommit(id))).parents[0];
}

async function areAdjacent(store: ObjectStore, touches: readonly Touch[]): Promise<boolean> {
  const commits = [...new Set(touches.map(({ commit }) => commit))];
  for (const [index, commit] of commits.slice(1).entries()) {
    if ((await parentOf(store, commit)) !== commits[index]) return false;
  }
  return true;
}

async function load(store: ObjectStore, file: TreeChange): Promise<PatchedFile | undefined> {
  if (file === undefined) return undefined;
  const content = await store.readBlob(file.id);
  return { mode: file.mode, content: new FileContent(content.toString("latin1")) };
}

function isAsTouched({ changes }: PatchedTree, touches: readonly Touch[]): boolean {
  const [first, last] = [firstStates(touches), lastStates(touches)];
  return [...last].every(([path, expected]) =>
    changes.has(path) ? isFile(changes.get(path), expected) : isSame(first.get(path), expected),
  );
}

/** Whether other paths hold what they held: one patch may make a file and take it away again. */
async function areRestored(
  { changes }: PatchedTree,
  untouched: PatchedTree,
  touches: readonly Touch[],
): Promise<boolean> {
  const touched = new Set(touches.map(({ path }) => path));
  for (const [path, file] of changes) {
    if (touched.has(path)) continue;
    const before = await untouched.find(path);
    if (before?.mode !== file?.mode || before?.content.whole !== file?.content.whole) return false;
  }
  return true;
}

function isFile(file: PatchedFile | undefined, expected: TreeChange): boolean {
  if (file === undefined || expected === undefined) return file === expected;
  if (file.mode !== expected.mode) return false;
  const content = Buffer.from(file.content.whole, "latin1");
  return objectId({ type: "blob", content }, expected.id.length === 40 ? "sha1" : "sha256") === expected.id;
}

function isSame(one: TreeChange, other: TreeChange): boolean {
  return one?.id === other?.id && one?.mode === other?.mode;
}

function firstStates(touches: readonly Touch[]): ReadonlyMap<string, TreeChange> {
  const states = new Map<string, TreeChange>();
  for (const { path, before } of touches) if (!states.has(path)) states.set(path, before);
  return states;
}

function lastStates(touches: readonly Touch[]): ReadonlyMap<string, TreeChange> {
  return new Map(touches.map(({ path, after }) => [path, after]));
}
