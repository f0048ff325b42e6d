import type { CommitId } from "../../domain/refs.js";
import type { ObjectStore } from "../../git/object-store.js";
import type { HistoryCommit } from "./history.js";
import { followLine, keepCommit, recallCommit } from "./known-commits.js";
import { parseRawLog, rawOptions, touchShelf } from "./touches.js";

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
  const found = unknown.length === 0 ? [] : await listByGit(store, ["--no-walk=unsorted", ...unknown]);
  const byId = new Map(found.map((commit) => [commit.id, commit]));
  const commits = line.toReversed().map((id) => byId.get(id) ?? recallCommit(store, id));
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
