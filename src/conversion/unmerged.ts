import type { CommitId } from "../domain/refs.js";
import { isAncestor, mergeBase } from "./ancestry.js";
import { mergeCommits } from "../git/merge.js";
import type { ObjectStore } from "../git/object-store.js";
import { decodeText } from "../git/text.js";
import { diffTrees } from "../git/trees.js";

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

interface Named {
  readonly named: CommitId;
  readonly target: CommitId;
}

/** A rebase and an amendment leave author, date and subject as they are. */
async function wasRewritten(store: ObjectStore, { named, target }: Named): Promise<boolean> {
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

/** So many commits of the target branch are looked at. */
const mostTried = 100;

/** Whether the target branch once held all that the commit brings, by whatever commits: a squash. */
async function wasAbsorbed(store: ObjectStore, { named, target }: Named): Promise<boolean> {
  const base = await mergeBase(store, named, target);
  if (base === undefined) return false;
  const [before, after] = [await store.readCommit(base), await store.readCommit(named)];
  const paths = (await diffTrees(store, before.tree, after.tree)).map(({ path }) => path);
  const input = [target, `^${base}`, "--", ...paths.filter((path) => !path.includes("\n")), ""].join("\n");
  const search = ["--literal-pathspecs", "rev-list", "--first-parent", "--reverse", "--stdin"];
  const { stdout } = await store.git(search, { input });
  const commits = stdout.toString("utf8").split("\n").filter(Boolean);
  for (const by of commits.slice(0, mostTried)) {
    if (await isAbsorbed(store, { named, by })) return true;
  }
  return false;
}

/** Whether merging it would bring nothing. */
async function isAbsorbed(
  store: ObjectStore,
  { named, by }: { readonly named: CommitId; readonly by: CommitId },
): Promise<boolean> {
  if ((await mergeBase(store, named, by)) === undefined) return false;
  const merged = await mergeCommits(store, by, named);
  return merged.outcome === "merged" && merged.tree === (await store.readCommit(by)).tree;
}
