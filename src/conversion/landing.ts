import { UserError } from "../domain/errors.js";
import { shortCommit, type CommitId } from "../domain/refs.js";
import { mergeCommits } from "../git/merge.js";
import type { Shelf } from "../git/memory.js";
import type { ObjectStore } from "../git/object-store.js";
import { mergeBase } from "./ancestry.js";
import { followLine, readIfThere, recallCommit } from "./patches/known-commits.js";
import { bridge, replay, type Replayed } from "./replay.js";

export interface Landing {
  readonly head: CommitId;
  readonly target: CommitId;
}

/**
 * A merge request's head as it would land on its target branch: its commits replayed onto the target, in memory, because a
 * merge request that branched early would otherwise drop what was merged since. It is the head itself when the target is
 * among its ancestors. Throws `UserError`: "conflict" naming the files when it cannot be merged, "invalid" when the two
 * have no common history.
 */
export async function landOnTarget(store: ObjectStore, { head, target }: Landing): Promise<CommitId> {
  const landedMore = await landMore(store, { head, target });
  if (landedMore !== undefined) return landedMore;
  if ((await followLine(store, { from: head, to: target })) !== undefined) return head;
  const base = await findMergeBase(store, { head, target });
  if (base === target) return head;
  if (base === head) return target;

  const { ordinary, merges } = await listNewCommits(store, { head, target });
  const replayed = await replay(store, { commits: ordinary, onto: target });
  const { tip, conflicts } = replayed;
  if (conflicts.length === 0 && merges.length === 0) {
    keepLanded(store, replayed, target);
    return tip;
  }

  // Merges inside the branch may resolve what its single commits cannot, or carry changes of their own.
  const tree = await mergeWhole(store, { head, target, by: conflicts[0]?.commit });
  if (tree === (await store.readCommit(tip)).tree) return tip;
  const only = conflicts.length === 1 ? conflicts[0]?.commit : undefined;
  return bridge(store, { tip, tree, like: only ?? merges.at(-1) ?? head });
}

/** So many commits may be new since a head of this merge request landed on the same target. */
const mostNew = 16;

/** The head on top of what landed of its line before, so that a push costs what it brings; `undefined`: nothing is known. */
async function landMore(store: ObjectStore, { head, target }: Landing): Promise<CommitId | undefined> {
  const fresh: CommitId[] = [];
  for (let id = head; fresh.length <= mostNew;) {
    const onto = landedShelf(store).recall(`${id} ${target}`);
    if (onto !== undefined) return replayOn(store, { onto, commits: fresh.reverse(), target });
    const [parent, ...others] = (recallCommit(store, id) ?? (await readIfThere(store, id)))?.parents ?? [];
    if (parent === undefined || others.length > 0) return undefined;
    fresh.push(id);
    id = parent;
  }
  return undefined;
}

async function replayOn(
  store: ObjectStore,
  { onto, commits, target }: { onto: CommitId; commits: readonly CommitId[]; target: CommitId },
): Promise<CommitId | undefined> {
  // Whoever made it may have failed before its objects were stored.
  if (!(await store.has(onto))) return undefined;
  const replayed = await replay(store, { commits, onto });
  if (replayed.conflicts.length > 0) return undefined;
  keepLanded(store, replayed, target);
  return replayed.tip;
}

function keepLanded(store: ObjectStore, { origins }: Replayed, target: CommitId): void {
  const shelf = landedShelf(store);
  for (const [landed, origin] of origins) shelf.keep(`${origin} ${target}`, landed);
}

/** What the line of a commit became on a target, by both their ids. */
function landedShelf({ memory }: ObjectStore): Shelf<CommitId> {
  return memory.shelf("landed", (id) => id.length);
}

async function findMergeBase(store: ObjectStore, { head, target }: Landing): Promise<CommitId> {
  const base = await mergeBase(store, target, head);
  if (base !== undefined) return base;
  throw new UserError("invalid", {
    message: `${shortCommit(head)} and its target branch have no common history`,
    where: shortCommit(head),
    remedy: "Make the branch anew from the target branch.",
  });
}

async function listNewCommits(store: ObjectStore, { head, target }: Landing) {
  const { stdout } = await store.git([
    "rev-list",
    "--parents",
    "--topo-order",
    "--reverse",
    head,
    `^${target}`,
  ]);
  const lines = stdout.toString("utf8").split("\n").filter(Boolean);
  const commits = lines.map((line) => line.split(" "));
  const ids = (some: typeof commits) => some.flatMap(([id]) => id ?? []);
  return {
    ordinary: ids(commits.filter((commit) => commit.length <= 2)),
    merges: ids(commits.filter((commit) => commit.length > 2)),
  };
}

/** `by`: the first commit that cannot be put where it would land. */
async function mergeWhole(
  store: ObjectStore,
  { head, target, by }: Landing & { readonly by: CommitId | undefined },
): Promise<string> {
  const merged = await mergeCommits(store, target, head);
  if (merged.outcome === "merged") return merged.tree;
  const from = by === undefined ? "" : `, from commit ${shortCommit(by)} on`;
  throw new UserError("conflict", {
    message: `the change conflicts with its target branch in ${merged.places.join(", ")}${from}`,
    where: merged.files[0] ?? shortCommit(head),
    remedy: "Rebase the branch onto its target branch, or merge that into it, and push again.",
  });
}
