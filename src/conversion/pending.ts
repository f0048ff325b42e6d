import type { CommitId } from "../domain/refs.js";
import { trailerValues } from "../git/trailers.js";
import { readLog, type LoggedCommit } from "./commit-log.js";
import { namedCommit, newestExchange, oldestExchange, type NamingSide } from "./exchanges.js";
import { mostAsked } from "./unmerged.js";

/** A commit of one side, and whether the other side still lacks what it brings. */
export interface CommitToCarry extends LoggedCommit {
  readonly onFirstParentLine: boolean;
  /**
   * `brought`: it names a commit that the other branch contains or took in another shape, or is a merge of nothing but such
   * commits. `doubtful`: it names one that the other branch does not contain: cherry-picked from elsewhere, or gone there.
   */
  readonly state: "brought" | "doubtful" | "pending";
}

/**
 * The commit of a side up to which the other side has everything: the newest that it names; else this side's oldest that
 * names one of the other's, with which they began. `undefined` when neither ever named the other.
 */
export async function carriedUpTo(side: NamingSide, other: NamingSide): Promise<CommitId | undefined> {
  const newest = await newestExchange(other);
  return newest?.of ?? (await oldestExchange(side))?.at;
}

/** The commits of a side since some commits, oldest first, each with whether it has to be carried over. */
export async function listCommitsToCarry(
  side: NamingSide,
  since: readonly CommitId[],
): Promise<readonly CommitToCarry[]> {
  const commits = await readLog(side.store, { tip: side.tip, without: since }, ["--topo-order", "--reverse"]);
  const { brought, doubtful } = await sortNamed(side, commits);
  const line = firstParentLine(commits, side.tip);
  markMerges(commits, { line, brought });
  const onLine = new Set(line);
  return commits.map((commit) => ({
    ...commit,
    onFirstParentLine: onLine.has(commit.id),
    state: brought.has(commit.id) ? "brought" : doubtful.has(commit.id) ? "doubtful" : "pending",
  }));
}

/** Which commits name one that the other branch contains, and which do name one, but in vain. */
async function sortNamed(
  side: NamingSide,
  commits: readonly LoggedCommit[],
): Promise<{ brought: Set<CommitId>; doubtful: Set<CommitId> }> {
  const unmerged = await unbelieved(side);
  const naming = commits.filter(
    ({ id, message }) => !unmerged.has(id) && trailerValues(message, side.trailer).length > 0,
  );
  const named = new Map<CommitId, CommitId | undefined>();
  for (const { id, message } of naming) named.set(id, await namedCommit(message, side));
  const others = [...named.values()].flatMap((id) => id ?? []);
  const outside = await notContained(side, others);
  const taken = await takenOf(
    side,
    others.filter((id) => outside.has(id)),
  );
  const isBrought = ([, of]: [CommitId, CommitId | undefined]) =>
    of !== undefined && (!outside.has(of) || taken.has(of));
  const brought = new Set([...named].filter(isBrought).map(([id]) => id));
  return { brought, doubtful: new Set(naming.map(({ id }) => id).filter((id) => !brought.has(id))) };
}

/** Those that the other branch took in another shape: to bring them back would undo what was done to them since. */
async function takenOf({ took }: NamingSide, commits: readonly CommitId[]): Promise<ReadonlySet<CommitId>> {
  const taken = new Set<CommitId>();
  for (const commit of commits.slice(-mostAsked)) {
    if ((await took?.(commit)) === true) taken.add(commit);
  }
  return taken;
}

/** The commits of a merge request: what they name proves nothing. */
async function unbelieved({ store, tip, believed = tip }: NamingSide): Promise<ReadonlySet<CommitId>> {
  if (believed === tip) return new Set();
  return new Set((await readLog(store, { tip, without: [believed] }, [])).map(({ id }) => id));
}

/** Those of some commits that the other branch does not contain; by one process, however many they are. */
async function notContained(
  { other, otherTip }: NamingSide,
  commits: readonly CommitId[],
): Promise<ReadonlySet<CommitId>> {
  if (commits.length === 0) return new Set();
  const input = [...commits, `^${otherTip}`].join("\n");
  const { stdout } = await other.git(["rev-list", "--stdin"], { input: `${input}\n` });
  return new Set(stdout.toString("utf8").split("\n").filter(Boolean));
}

/** Oldest first. */
function firstParentLine(commits: readonly LoggedCommit[], tip: CommitId): readonly CommitId[] {
  const byId = new Map(commits.map((commit) => [commit.id, commit]));
  const line: CommitId[] = [];
  for (let at = byId.get(tip); at !== undefined; at = byId.get(at.parents[0] ?? "")) line.push(at.id);
  return line.reverse();
}

/** Merges of the line that brought in nothing but brought commits are brought, with the merges inside their branches. */
function markMerges(
  commits: readonly LoggedCommit[],
  { line, brought }: { line: readonly CommitId[]; brought: Set<CommitId> },
): void {
  const byId = new Map(commits.map((commit) => [commit.id, commit]));
  const done = new Set<CommitId>();
  for (const id of line) {
    done.add(id);
    const [, ...others] = byId.get(id)?.parents ?? [];
    if (others.length === 0) continue;
    const branch = collect(others, { byId, done });
    const ordinary = branch.filter(({ parents }) => parents.length <= 1);
    if (ordinary.length === 0 || !ordinary.every((commit) => brought.has(commit.id))) continue;
    for (const each of [id, ...branch.map((commit) => commit.id)]) brought.add(each);
  }
}

function collect(
  from: readonly CommitId[],
  { byId, done }: { byId: ReadonlyMap<CommitId, LoggedCommit>; done: Set<CommitId> },
): LoggedCommit[] {
  const found: LoggedCommit[] = [];
  const open = [...from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const commit = byId.get(id);
    if (commit === undefined || done.has(id)) continue;
    done.add(id);
    found.push(commit);
    open.push(...commit.parents);
  }
  return found;
}
