import type { CommitId } from "../domain/refs.js";
import { distCommitTrailer } from "./commit.js";
import { trailerOf } from "./patches/commit-trailers.js";
import type { HistoryCommit } from "./patches/history.js";

type Listed = Pick<HistoryCommit, "id" | "parents" | "message">;

/**
 * Of some commits those that `target` contains. What the others say of dist-git counts once they are merged: until then,
 * whoever opened a merge request could make Sluice take dist-git's own changes for some that source-git undid on purpose.
 */
export function believedCommits<C extends Listed>(
  commits: readonly C[],
  target: CommitId | undefined,
): readonly C[] {
  if (target === undefined) return commits;
  const byId = new Map(commits.map((commit) => [commit.id, commit]));
  const believed = new Set<CommitId>();
  const open = [target];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const commit = byId.get(id);
    if (commit === undefined || believed.has(id)) continue;
    believed.add(id);
    open.push(...commit.parents);
  }
  return commits.filter(({ id }) => believed.has(id));
}

/** Whether a commit says that it carries one of dist-git. */
export function tellsOfDist(commit: Pick<Listed, "message">): boolean {
  return trailerOf(commit, distCommitTrailer).length > 0;
}
