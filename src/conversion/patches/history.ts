import { UserError } from "../../domain/errors.js";
import { shortCommit, type CommitId } from "../../domain/refs.js";
import type { ObjectStore } from "../../git/object-store.js";
import { bridge, replay } from "../replay.js";

/** A downstream commit: one of `base..head`. */
export interface HistoryCommit {
  readonly id: CommitId;
  readonly parents: readonly CommitId[];
  /** The subject as git puts it into file names. */
  readonly slug: string;
  readonly message: string;
}

/** A history without merges whose end has the tree of the head that it was made from. */
export interface LinearHistory {
  readonly base: CommitId;
  readonly tip: CommitId;
  /** The commits of the line, oldest first, each with those of the real history whose change it carries. */
  readonly commits: readonly { readonly id: CommitId; readonly origins: readonly CommitId[] }[];
}

export interface Range {
  readonly base: CommitId;
  readonly head: CommitId;
  /** `base..head`, oldest first. */
  readonly commits: readonly HistoryCommit[];
}

/**
 * The range as one line. Merges vanish, the commits of merged branches are replayed where they were merged, and what only
 * a merge commit holds (the resolution of a conflict) follows as one commit more.
 */
export async function linearize(store: ObjectStore, range: Range): Promise<LinearHistory> {
  const { base, head, commits } = range;
  if (isLine(range)) {
    return { base, tip: head, commits: commits.map(({ id }) => ({ id, origins: [id] })) };
  }
  const mainline = firstParents(range);
  const line = new Line(store, base);
  if (mainline === undefined) {
    await line.addBranch(commits.filter(isOrdinary), lastMerge(range));
    return { base, tip: line.tip, commits: line.commits };
  }
  const byId = new Map(commits.map((commit) => [commit.id, commit]));
  const done = new Set<CommitId>();
  for (const commit of mainline) {
    const branch = collectBranch(commit, byId, done);
    if (isOrdinary(commit)) await line.addAsItIs(commit);
    else
      await line.addBranch(
        commits.filter((each) => branch.has(each.id) && isOrdinary(each)),
        commit,
      );
  }
  return { base, tip: line.tip, commits: line.commits };
}

/** The same line without some of its commits. Throws `UserError` ("conflict") where a later one needs a dropped one. */
export async function dropCommits(
  store: ObjectStore,
  { base, commits }: LinearHistory,
  dropped: ReadonlySet<CommitId>,
): Promise<LinearHistory> {
  const kept = commits.filter(({ id }) => !dropped.has(id));
  const { tip, origins, conflicts } = await replay(store, { commits: kept.map(({ id }) => id), onto: base });
  const conflict = conflicts[0];
  if (conflict !== undefined) {
    throw new UserError("conflict", {
      message: `commit ${shortCommit(conflict.commit)} needs a change that Ignore-patch leaves out`,
      where: conflict.files.join(", "),
      remedy: "Remove the Ignore-patch trailer, or mark this commit with it, too.",
    });
  }
  const byId = new Map(kept.map((commit) => [commit.id, commit.origins]));
  return {
    base,
    tip,
    commits: [...origins].map(([id, from]) => ({ id, origins: byId.get(from) ?? [from] })),
  };
}

class Line {
  readonly commits: { id: CommitId; origins: readonly CommitId[] }[] = [];
  tip: CommitId;
  readonly #store: ObjectStore;

  constructor(store: ObjectStore, base: CommitId) {
    this.#store = store;
    this.tip = base;
  }

  /** A commit of the first-parent line: the line has its parent's very tree. */
  async addAsItIs({ id, parents }: HistoryCommit): Promise<void> {
    const commit = await this.#store.readCommit(id);
    const same = parents[0] === this.tip;
    this.#add(same ? id : this.#store.writeCommit({ ...commit, parents: [this.tip] }), [id]);
  }

  /** The commits of a branch, then what its merge holds beyond them. */
  async addBranch(branch: readonly HistoryCommit[], merge: HistoryCommit): Promise<void> {
    const { tip, origins, conflicts } = await replay(this.#store, {
      commits: branch.map(({ id }) => id),
      onto: this.tip,
    });
    for (const [id, origin] of origins) this.#add(id, [origin]);
    this.tip = tip;
    const { tree } = await this.#store.readCommit(merge.id);
    if (tree === (await this.#store.readCommit(tip)).tree) return;
    const lost = conflicts.map(({ commit }) => commit);
    const like = lost.length === 1 ? (lost[0] ?? merge.id) : merge.id;
    this.#add(await bridge(this.#store, { tip, tree, like }), [...lost, merge.id]);
  }

  #add(id: CommitId, origins: readonly CommitId[]): void {
    this.commits.push({ id, origins });
    this.tip = id;
  }
}

/** Whether the commits are a single line that begins at the base. */
export function isLine({ base, commits }: Omit<Range, "head">): boolean {
  return commits.every(
    ({ parents }, index) => parents.length === 1 && parents[0] === (commits[index - 1]?.id ?? base),
  );
}

function isOrdinary({ parents }: HistoryCommit): boolean {
  return parents.length <= 1;
}

/** The first-parent line from base to head; `undefined` when the base was merged in and is not on it. */
function firstParents({ base, head, commits }: Range): readonly HistoryCommit[] | undefined {
  const byId = new Map(commits.map((commit) => [commit.id, commit]));
  const line: HistoryCommit[] = [];
  let id: CommitId | undefined = head;
  while (id !== undefined && id !== base) {
    const commit = byId.get(id);
    if (commit === undefined) return undefined;
    line.push(commit);
    id = commit.parents[0];
  }
  return id === base ? line.reverse() : undefined;
}

/** What a commit of the first-parent line brought with it; each commit is counted where it first came in. */
function collectBranch(
  commit: HistoryCommit,
  byId: ReadonlyMap<CommitId, HistoryCommit>,
  done: Set<CommitId>,
): ReadonlySet<CommitId> {
  const branch = new Set<CommitId>();
  const open = [...commit.parents.slice(1)];
  done.add(commit.id);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (done.has(id)) continue;
    const found = byId.get(id);
    if (found === undefined) continue;
    done.add(id);
    branch.add(id);
    open.push(...found.parents);
  }
  return branch;
}

function lastMerge({ commits, head }: Range): HistoryCommit {
  const tip = commits.find(({ id }) => id === head);
  const merge = commits.findLast((commit) => !isOrdinary(commit)) ?? tip;
  // The remaining difference is the head's tree, in the words of the newest merge.
  return { id: head, parents: merge?.parents ?? [], slug: merge?.slug ?? "", message: merge?.message ?? "" };
}
