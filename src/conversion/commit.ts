import type { CommitId } from "../domain/refs.js";
import type { ObjectStore, Signature } from "../git/object-store.js";
import { appendTrailer } from "../git/trailers.js";

export interface DistCommit {
  readonly tree: string;
  readonly parent: CommitId;
  /** The human who made the change, with the date of the change. */
  readonly author: Signature;
  /** Who commits it: the bot, or the user of the command line. */
  readonly committer: Signature;
  readonly message: string;
  /** The source-git commit that the tree stands for, as people see it (never one made up by `landOnTarget`). */
  readonly sourceCommit: CommitId;
}

export const sourceCommitTrailer = "From-source-git-commit";
export const distCommitTrailer = "From-dist-git-commit";

/** Writes the commit that carries a conversion to dist-git; the same input gives the same id. */
export function commitToDist(dist: ObjectStore, commit: DistCommit): CommitId {
  const { tree, parent, author, committer, sourceCommit } = commit;
  const message = appendTrailer(commit.message, { key: sourceCommitTrailer, value: sourceCommit });
  return dist.writeCommit({ tree, parents: [parent], author, committer, message });
}
