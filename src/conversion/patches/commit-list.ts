import type { CommitId } from "../../domain/refs.js";
import type { ObjectStore } from "../../git/object-store.js";
import type { HistoryCommit } from "./history.js";
import { followLine, keepCommit, recallCommit } from "./known-commits.js";
import { readCommit } from "./read-commit.js";
import { parseRawLog, rawOptions, touchShelf, type Touch } from "./touches.js";

/** The commits that are in `head` but not in `base`, oldest first. */
export async function listCommits(
  store: ObjectStore,
  { base, head }: { base: CommitId; head: CommitId },
): Promise<readonly HistoryCommit[]> {
  return (await completeLine(store, { base, head })) ?? listByGit(store, [head, `^${base}`]);
}

/** The line from base to head, most of which is known; `undefined` when it is no line, or nothing is known of it. */
async function completeLine(
  store: ObjectStore,
  { base, head }: { base: CommitId; head: CommitId },
): Promise<readonly HistoryCommit[] | undefined> {
  const line = await followLine(store, { from: head, to: base });
  if (line === undefined) return undefined;
  const unknown = line.filter((id) => recallCommit(store, id) === undefined);
  const found =
    (await readSome(store, unknown)) ?? (await listByGit(store, ["--no-walk=unsorted", ...unknown]));
  const byId = new Map(found.map((commit) => [commit.id, commit]));
  const commits = line.toReversed().map((id) => byId.get(id) ?? recallCommit(store, id));
  return commits.every((commit) => commit !== undefined) ? commits : undefined;
}

/** So many commits are read without git: a push seldom brings more. */
const mostRead = 4;

async function readSome(
  store: ObjectStore,
  ids: readonly CommitId[],
): Promise<readonly HistoryCommit[] | undefined> {
  if (ids.length > mostRead) return undefined;
  const found = await Promise.all(ids.map((id) => readCommit(store, id)));
  if (!found.every((each) => each !== undefined)) return undefined;
  for (const { commit, touches } of found) keepListed(store, commit, touches);
  return found.map(({ commit }) => commit);
}

function keepListed(store: ObjectStore, commit: HistoryCommit, touches: readonly Touch[]): void {
  keepCommit(store, commit);
  if (commit.parents.length < 2) touchShelf(store).keep(commit.id, touches);
}

/** What each commit changes comes along with it: git has its tree at hand just then. */
async function listByGit(
  store: ObjectStore,
  revisions: readonly string[],
): Promise<readonly HistoryCommit[]> {
  const order = revisions[0]?.startsWith("--no-walk") === true ? [] : ["--topo-order", "--reverse"];
  const format = "--format=%H%n%P%n%f%n%B";
  const { stdout } = await store.git(["log", ...order, ...rawOptions, format, ...revisions, "--"]);
  return parseRawLog(stdout).map(({ header, touches }) => {
    const [id = "", parents = "", slug = "", ...message] = header.split("\n");
    const commit = { id, parents: parents.split(" ").filter(Boolean), slug, message: message.join("\n") };
    keepListed(store, commit, touches);
    return commit;
  });
}
