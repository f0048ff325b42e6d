import type { CommitId } from "../../domain/refs.js";
import type { ObjectStore } from "../../git/object-store.js";
import { encodeText } from "../../git/text.js";
import { diffTrees } from "../../git/trees.js";
import type { HistoryCommit } from "./history.js";
import type { Touch } from "./touches.js";

export interface ReadCommit {
  readonly commit: HistoryCommit;
  readonly touches: readonly Touch[];
}

/**
 * A commit of one parent as `git log` lists it, with what it changes, read from its objects: for the one commit of a push, a
 * process costs more than all the rest. `undefined` where git makes something else of the objects than they say.
 */
export async function readCommit(store: ObjectStore, id: CommitId): Promise<ReadCommit | undefined> {
  const { parents, tree, message, encoding } = await store.readCommit(id);
  const [parent, ...others] = parents;
  const isPlain = (encoding === undefined || /^utf-?8$/i.test(encoding)) && !message.includes("\0");
  if (parent === undefined || others.length > 0 || !isPlain) return undefined;
  const before = (await store.readCommit(parent)).tree;
  const differences = await diffTrees(store, before, tree);
  const modes = differences.flatMap((each) => [each.before, each.after]).map((file) => file?.mode);
  if (!modes.every((mode) => mode === undefined || usualModes.has(mode))) return undefined;
  const touches = differences.map((difference) => ({ commit: id, ...difference }));
  return { commit: { id, parents, slug: slugOf(message), message }, touches: inGitsOrder(touches) };
}

/** What else a tree may hold, of older programs, git shows as one of these. */
const usualModes = new Set(["100644", "100755", "120000", "160000"]);

/** The subject as git puts it into file names. */
function slugOf(message: string): string {
  const subject = message.replace(/^(?:[ \t\r]*\n)+/, "").split("\n", 1)[0] ?? "";
  return subject
    .replace(/[^A-Za-z0-9._]+/g, "-")
    .replace(/\.{2,}/g, ".")
    .replace(/^-|[.-]+$/g, "");
}

/** By the bytes of their paths. */
function inGitsOrder(touches: readonly Touch[]): readonly Touch[] {
  const bytes = new Map(touches.map((touch) => [touch, encodeText(touch.path)]));
  const bytesOf = (touch: Touch) => bytes.get(touch) ?? Buffer.alloc(0);
  return [...touches].sort((one, other) => bytesOf(one).compare(bytesOf(other)));
}
