import type { CommitId } from "../../domain/refs.js";
import type { Shelf } from "../../git/memory.js";
import type { ObjectStore } from "../../git/object-store.js";
import type { HistoryCommit } from "./history.js";

/** The commit as it was listed once; `undefined` when it was not, or was forgotten. */
export function recallCommit(store: ObjectStore, id: CommitId): HistoryCommit | undefined {
  return commitShelf(store).recall(id);
}

export function keepCommit(store: ObjectStore, commit: HistoryCommit): void {
  commitShelf(store).keep(commit.id, commit);
}

function commitShelf({ memory }: ObjectStore): Shelf<HistoryCommit> {
  return memory.shelf("commit", ({ message }) => 2 * message.length + 300);
}
