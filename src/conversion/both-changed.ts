import { UserError } from "../domain/errors.js";
import type { CommitId } from "../domain/refs.js";
import type { ObjectStore } from "../git/object-store.js";
import type { LastSync } from "./last-sync.js";
import { lastCommitOn } from "./patches/settle-patches.js";

export interface ChangedSides {
  readonly source: ObjectStore;
  readonly here: { readonly head: CommitId };
  readonly dist: ObjectStore;
  readonly there: { readonly commit: CommitId };
  readonly last: LastSync | undefined;
}

interface ChangedFile {
  /** In dist-git. */
  readonly path: string;
  /** The same in source-git. */
  readonly from: string;
  /** As `conflictLinesOf` says them. */
  readonly lines: string;
}

/** What is said of a file that both sides changed in the same lines: where, and by which commits. */
export async function bothChanged(
  { source, here, dist, there, last }: ChangedSides,
  { path, from, lines }: ChangedFile,
): Promise<UserError> {
  const [theirs, ours] = await Promise.all([
    lastCommitOn(dist, { path, since: last?.dist.commit, tip: there.commit }),
    lastCommitOn(source, { path: from, since: last?.source.head, tip: here.head }),
  ]);
  return new UserError("conflict", {
    message: `${path}${lines} was changed in dist-git${theirs} and in source-git${ours}`,
    where: path,
    remedy: "Carry dist-git's change over to source-git first, then convert again.",
  });
}
