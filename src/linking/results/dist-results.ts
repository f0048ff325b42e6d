import type { CommitResult } from "../../domain/commit-status.js";
import type { CommitId } from "../../domain/refs.js";
import type { Forge, TestedAs } from "../../forges/forge.js";
import { branchHome, type Pair } from "../pairs/pairs.js";
import { isOurContext } from "../wording/wording.js";

/** A commit that Sluice pushed for a pair, and what dist-git's CI made of it to test it. */
interface Pushed {
  readonly commit: CommitId;
  /** Where the CI ran on a commit of the forge's own. */
  readonly ran?: CommitId | undefined;
}

/** What dist-git's CI says of a commit of the pair, wherever it ran; of two results of one name the later found counts. */
export async function distResults(
  forge: Forge,
  pair: Pair,
  { commit, ran }: Pushed,
): Promise<readonly CommitResult[]> {
  const { repository, number, fork } = pair.distGit;
  const as: TestedAs | undefined =
    number === undefined
      ? undefined
      : { mergeRequest: { repository, number }, ...(ran === undefined ? {} : { ran }) };
  const found = new Map<string, CommitResult>();
  // A fork's CI runs in the fork on GitLab, in the repository that it wants to change on GitHub.
  for (const place of fork ? [repository, branchHome(pair)] : [repository]) {
    const on = { repository: place, commit };
    for await (const result of forge.listCommitStatuses(on, place === repository ? as : undefined)) {
      // A dist-git that is itself a source-git carries our own statuses, which are nobody's CI result.
      if (!isOurContext(result.context)) found.set(result.context, result);
    }
  }
  return [...found.values()];
}
