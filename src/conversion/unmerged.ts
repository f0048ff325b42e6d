import type { CommitId } from "../domain/refs.js";
import { isAbsorbed, wasAbsorbed } from "./absorbed.js";
import { isAncestor } from "./ancestry.js";
import type { ObjectStore } from "../git/object-store.js";
import { decodeText } from "../git/text.js";

/** What is converted, and the branch on which it wants to land (see `SourceToDist`). */
export interface SourceLine {
  readonly source: ObjectStore;
  readonly head: CommitId;
  readonly target?: CommitId | undefined;
}

/** Of so many commits it is asked whether source-git took them: beyond, its history is another one. */
export const mostAsked = 30;

/**
 * Whether a source-git commit that dist-git names is source-git's own to undo: `head` contains it, or the target branch took
 * it by a squash, a rebase or a cherry-pick. If not, dist-git merged first what is still open in source-git, or never gets in
 * there: what only that commit brought counts as dist-git's own.
 *
 * Where no target is told, HEAD is all that counts, and people rewrite it: what is on no other branch either was taken back.
 */
export async function isTaken(line: SourceLine, named: CommitId): Promise<boolean> {
  const { source, head, target } = line;
  if (named === head) return true;
  const shelf = source.memory.shelf<boolean>("taken", () => 100);
  const key = `${named} ${head} ${target ?? ""}`;
  const known = target === undefined ? undefined : shelf.recall(key);
  if (known !== undefined) return known;
  const taken =
    (await isAncestor(source, named, head)) ||
    (target === undefined && !(await source.isOnOtherBranch(named))) ||
    (await wasRewritten(source, { named, target: target ?? head })) ||
    (await wasAbsorbed(source, { named, target: target ?? head })) ||
    (await isAbsorbed(source, { named, by: head }));
  shelf.keep(key, taken);
  return taken;
}

/** A rebase and an amendment leave author, date and subject as they are. */
async function wasRewritten(
  store: ObjectStore,
  { named, target }: { readonly named: CommitId; readonly target: CommitId },
): Promise<boolean> {
  const format = "--format=%m%an%x00%ae%x00%ad%x00%s";
  const range = `${named}...${target}`;
  const log = ["log", "--left-right", "--no-merges", "--no-color", "--date=raw", format, range, "--"];
  const lines = decodeText((await store.git(log)).stdout)
    .split("\n")
    .filter(Boolean);
  const on = (side: string) => lines.filter((line) => line.startsWith(side)).map((line) => line.slice(1));
  const there = new Set(on(">"));
  const own = on("<");
  return own.length > 0 && own.every((commit) => there.has(commit));
}
