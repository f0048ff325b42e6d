import { UserError } from "../../domain/errors.js";
import type { CommitId } from "../../domain/refs.js";
import type { Shelf } from "../../git/memory.js";
import type { Commit, ObjectStore } from "../../git/object-store.js";
import type { HistoryCommit } from "./history.js";

/** The commit as it was listed once; `undefined` when it was not, or was forgotten. */
export function recallCommit(store: ObjectStore, id: CommitId): HistoryCommit | undefined {
  return commitShelf(store).recall(id);
}

export function keepCommit(store: ObjectStore, commit: HistoryCommit): void {
  commitShelf(store).keep(commit.id, commit);
}

/** So many commits are looked up one by one, where little is known. */
const mostUnknown = 16;

/**
 * The line of single parents from a commit back to another, newest first, as far as it is known already but for a few
 * commits; `undefined` when it is no line, or too little of it is known.
 */
export async function followLine(
  store: ObjectStore,
  { from, to }: { from: CommitId; to: CommitId },
): Promise<readonly CommitId[] | undefined> {
  const line: CommitId[] = [];
  if (commitShelf(store).isEmpty()) return undefined;
  let unknown = 0;
  for (let id = from; id !== to;) {
    const known = recallCommit(store, id);
    if (known === undefined) unknown += 1;
    if (unknown > mostUnknown) return undefined;
    const commit = known ?? (await readIfThere(store, id));
    const [parent] = commit?.parents ?? [];
    if (parent === undefined || commit?.parents.length !== 1) return undefined;
    line.push(id);
    id = parent;
  }
  return line;
}

/** The commit; `undefined` beyond the border of a shallow clone. */
export async function readIfThere(store: ObjectStore, id: CommitId): Promise<Commit | undefined> {
  try {
    return await store.readCommit(id);
  } catch (error) {
    if (error instanceof UserError && error.kind === "missing") return undefined;
    throw error;
  }
}

function commitShelf({ memory }: ObjectStore): Shelf<HistoryCommit> {
  return memory.shelf("commit", ({ message }) => 2 * message.length + 300);
}
