import type { CommitId } from "../domain/refs.js";
import type { ObjectStore } from "../git/object-store.js";

export async function isAncestor(store: ObjectStore, ancestor: CommitId, of: CommitId): Promise<boolean> {
  if (ancestor === of) return true;
  const { exitCode } = await store.git(["merge-base", "--is-ancestor", ancestor, of], { expect: [0, 1] });
  return exitCode === 0;
}

/** Where two branches parted; `undefined` when they have nothing in common. */
export async function mergeBase(
  store: ObjectStore,
  one: CommitId,
  other: CommitId,
): Promise<CommitId | undefined> {
  const { exitCode, stdout } = await store.git(["merge-base", one, other], { expect: [0, 1] });
  return exitCode === 0 ? stdout.toString("utf8").trim() : undefined;
}

/** All commits where two branches that were merged into one another both ways may be said to have parted. */
export async function mergeBases(
  store: ObjectStore,
  one: CommitId,
  other: CommitId,
): Promise<readonly CommitId[]> {
  const { stdout } = await store.git(["merge-base", "--all", one, other], { expect: [0, 1] });
  return stdout.toString("utf8").split("\n").filter(Boolean);
}
