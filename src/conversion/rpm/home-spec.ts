import { UserError } from "../../domain/errors.js";
import { shortCommit } from "../../domain/refs.js";
import { mergeIncluded, mergeTexts } from "../../git/merge.js";
import type { ObjectStore } from "../../git/object-store.js";
import { findEntry, type TreeChange } from "../../git/trees.js";
import { byHand } from "../patches/bring-home.js";
import { lastCommitOn } from "../patches/settle-patches.js";
import type { Carrying } from "./home-state.js";
import { keepRelease, withoutForeignTags } from "./spec-merge.js";

/** What source-git's spec becomes; `undefined` where it stays. Throws `UserError` ("conflict") naming commit and file. */
export async function carrySpec(carrying: Carrying): Promise<readonly [string, TreeChange] | undefined> {
  const { request, here, before, after, tree } = carrying;
  const { source } = request;
  const [base, theirs] = [before.side, after.side].map(({ specText }) => specText ?? "");
  const mode = [before, after].map(({ side }) => side.files.get(side.specPath)?.mode ?? "100644");
  if (base === undefined || theirs === undefined || (base === theirs && mode[0] === mode[1]))
    return undefined;
  const entry = await findEntry(source, tree, here.specPath);
  if (entry === undefined) throw await conflict(carrying);
  const ours = (await source.readBlob(entry.id)).toString("latin1");
  const merged = await mergeSpec(source, { base, ours, theirs, path: here.specPath }, here.configuration);
  if (merged === undefined) throw await conflict(carrying);
  const id = source.writeBlob(Buffer.from(merged, "latin1"));
  return [here.specPath, { mode: entry.mode === mode[0] ? (mode[1] ?? entry.mode) : entry.mode, id }];
}

interface ThreeSpecs {
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
  readonly path: string;
}

/** source-git's spec with what dist-git changed in its own; `undefined` when both changed the same lines. */
async function mergeSpec(
  store: ObjectStore,
  { base, ours: whole, theirs, path }: ThreeSpecs,
  { syncChangelog }: { syncChangelog: boolean },
): Promise<string | undefined> {
  // Release and changelog are dist-git's alone then, and source-git's are as old as they happen to be.
  const ours = syncChangelog ? whole : keepRelease(whole, base);
  const merged = await mergeTexts(store, { base, ours, theirs });
  if (merged !== undefined) return merged;
  // Tags of patches that are commits here need not stand in source-git's spec, and their neighbours may change.
  const bare = (text: string) => withoutForeignTags(text, ours, path);
  return mergeIncluded(store, { base: bare(base), ours, theirs: bare(theirs) });
}

async function conflict({ request, here, from }: Carrying): Promise<UserError> {
  const path = here.specPath;
  const commit = await lastCommitOn(request.source, { path, since: here.base, tip: request.head });
  return new UserError("conflict", {
    message: `${path} was changed in the same lines by dist-git's commit ${shortCommit(from)} and in source-git${commit}`,
    where: path,
    remedy: byHand(from),
  });
}
