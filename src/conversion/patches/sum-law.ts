import { createHash } from "node:crypto";
import { objectId } from "../../git/codec.js";
import type { ObjectStore } from "../../git/object-store.js";
import type { TreeChange } from "../../git/trees.js";
import { applyPatch } from "./apply-patch.js";
import { recallCommit } from "./known-commits.js";
import { FileContent, PatchedTree, type PatchedFile } from "./patched-tree.js";
import type { Touch } from "./touches.js";
import { isVouchedFor } from "./vouched.js";

export interface AppliedPatch {
  readonly content: Buffer;
  readonly strip: number;
  /** The folder that its paths count from. */
  readonly folder?: string | undefined;
  readonly reverse?: boolean;
  /** As much as patch may use; 2 unless told, for an old patch may need it: that it gives the very bytes is compared. */
  readonly fuzz?: number;
  /** Made by git of the touching commits themselves, a moment ago. */
  readonly own?: boolean;
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
  // Applying takes most of the time of a conversion: it is for what did not come from git itself.
  const holds = isVouched(touches, patches) || (await doesAsSaid(store, touches, patches));
  if (holds) keepProof(touches, patches);
  return holds;
}

async function doesAsSaid(
  store: ObjectStore,
  touches: readonly Touch[],
  patches: readonly AppliedPatch[],
): Promise<boolean> {
  const proofs = store.memory.shelf<true>("proof", () => 0);
  const claim = claimOf(touches, patches);
  if (proofs.recall(claim) === true) return true;
  const holds = await applyAll(store, touches, patches);
  if (holds) proofs.keep(claim, true);
  return holds;
}

function isVouched(touches: readonly Touch[], patches: readonly AppliedPatch[]): boolean {
  const mails = patches.map(({ content }) => content);
  return patches.every(({ own }) => own === true) && isVouchedFor(mails, touches);
}

/** Whether the patches, applied in order, leave every path as the touches say. */
async function applyAll(
  store: ObjectStore,
  touches: readonly Touch[],
  patches: readonly AppliedPatch[],
): Promise<boolean> {
  const before = await treeBefore(store, touches);
  const tree = new PatchedTree(store, before);
  await layTouched(store, tree, touches);
  for (const { content, strip, folder, reverse = false, fuzz = 2 } of patches) {
    const { outcome } = await applyPatch(tree, { content, strip, folder, reverse, fuzz });
    if (outcome === "failed") return false;
  }
  return isAsTouched(tree, touches) && (await areRestored(tree, new PatchedTree(store, before), touches));
}

/** What patches by git itself were proved to do: they come again, and so do the touches, as long as both are remembered. */
const proved = new WeakMap<Buffer, { readonly strip: number; readonly touches: readonly Touch[] }>();

/** Whether the same patch, by git itself, was proved to do the same before. */
export function isProved(touches: readonly Touch[], { content, strip, own }: AppliedPatch): boolean {
  const known = own === true ? proved.get(content) : undefined;
  return (
    known?.strip === strip &&
    known.touches.length === touches.length &&
    touches.every((touch, index) => touch === known.touches[index])
  );
}

function keepProof(touches: readonly Touch[], patches: readonly AppliedPatch[]): void {
  const [only, ...others] = patches;
  if (only?.own !== true || others.length > 0) return;
  proved.set(only.content, { strip: only.strip, touches });
}

/** All that the answer depends on. */
function claimOf(touches: readonly Touch[], patches: readonly AppliedPatch[]): string {
  const touched = touches.map(({ commit, path }) => `${commit} ${path}`);
  const applied = patches.map(
    ({ content, strip, folder = "", reverse, fuzz = 2 }) =>
      `${strip} ${fuzz} ${reverse === true ? "R " : ""}${digest(content)} ${folder}`,
  );
  return [...touched, "", ...applied].join("\0");
}

const digests = new WeakMap<Buffer, string>();

function digest(content: Buffer): string {
  const known = digests.get(content);
  if (known !== undefined) return known;
  const fresh = createHash("sha256").update(content).digest("base64");
  digests.set(content, fresh);
  return fresh;
}

/** The tree that the first of the commits changes. */
async function treeBefore(store: ObjectStore, touches: readonly Touch[]): Promise<string> {
  const [first] = touches;
  if (first === undefined) return store.writeTree([]);
  const { parents } = recallCommit(store, first.commit) ?? (await store.readCommit(first.commit));
  return parents[0] ?? store.writeTree([]);
}

/**
 * Lays what the touched paths held: it is known without reading a folder, and where other commits lie between those of a
 * patch, what they did to its paths is not its own.
 */
async function layTouched(store: ObjectStore, tree: PatchedTree, touches: readonly Touch[]): Promise<void> {
  const states = [...firstStates(touches)];
  const files = await Promise.all(states.map(([, file]) => load(store, file)));
  for (const [index, [path]] of states.entries()) tree.set(path, files[index]);
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
