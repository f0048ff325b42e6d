import type { CommitId } from "../../domain/refs.js";
import type { ObjectStore } from "../../git/object-store.js";
import type { HistoryCommit } from "./history.js";
import { keepCommit, recallCommit } from "./known-commits.js";
import { parseRawLog, rawOptions, touchShelf } from "./touches.js";

/** So many commits are looked up one by one; beyond them, git lists all anew. */
const mostUnknown = 16;

/** The commits that are in `head` but not in `base`, oldest first. */
export async function listCommits(
  store: ObjectStore,
  { base, head }: { base: CommitId; head: CommitId },
): Promise<readonly HistoryCommit[]> {
  return (await followLine(store, { base, head })) ?? listByGit(store, [head, `^${base}`]);
}

/** The line from head to base as far as it is known; `undefined` when it is no line, or too little is known of it. */
async function followLine(
  store: ObjectStore,
  { base, head }: { base: CommitId; head: CommitId },
): Promise<readonly HistoryCommit[] | undefined> {
  const unknown: CommitId[] = [];
  const line: CommitId[] = [];
  for (let id = head; id !== base;) {
    const known = recallCommit(store, id);
    const parents: readonly CommitId[] = known?.parents ?? (await store.readCommit(id)).parents;
    if (known === undefined) unknown.push(id);
    const [parent] = parents;
    if (parent === undefined || parents.length > 1 || unknown.length > mostUnknown) return undefined;
    line.push(id);
    id = parent;
  }
  // Nothing is known yet: one process lists all, whatever their number.
  if (unknown.length === line.length && line.length > 1) return undefined;
  const found = unknown.length === 0 ? [] : await listByGit(store, ["--no-walk=unsorted", ...unknown]);
  const byId = new Map(found.map((commit) => [commit.id, commit]));
  const commits = line.reverse().map((id) => byId.get(id) ?? recallCommit(store, id));
  return commits.every((commit) => commit !== undefined) ? commits : undefined;
}

/** What each commit changes comes along with it: git has its tree at hand just then. */
async function listByGit(
  store: ObjectStore,
  revisions: readonly string[],
): Promise<readonly HistoryCommit[]> {
  const order = revisions[0]?.startsWith("--no-walk") === true ? [] : ["--topo-order", "--reverse"];
  const format = "--format=%H%n%P%n%f%n%B";
  const { stdout } = await store.git(["log", ...order, ...rawOptions, format, ...revisions, "--"]);
  const shelf = touchShelf(store);
  return parseRawLog(stdout).map(({ header, touches }) => {
    const [id = "", parents = "", slug = "", ...message] = header.split("\n");
    const commit = { id, parents: parents.split(" ").filter(Boolean), slug, message: message.join("\n") };
    keepCommit(store, commit);
    if (commit.parents.length < 2) shelf.keep(id, touches);
    return commit;
  });
}
