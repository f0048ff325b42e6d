import { RetryLater, UserError } from "../../domain/errors.js";
import type { MergeRequest } from "../../domain/merge-request.js";
import { type CommitId, shortCommit } from "../../domain/refs.js";
import type { Forge } from "../../forges/forge.js";
import type { Clone } from "./clones.js";

/** A merge request's head, and the tip of the branch that it wants to change. */
export interface SourceHead {
  readonly head: CommitId;
  readonly target: CommitId;
}

/** Fetches a merge request into our copy of its repository; throws `RetryLater` while the forge does not hand it out yet. */
export async function fetchSourceHead(
  forge: Forge,
  { store, fetch }: Clone,
  mergeRequest: MergeRequest,
): Promise<SourceHead> {
  const { repository, number } = mergeRequest.ref;
  const branch = `refs/heads/${mergeRequest.targetBranch}`;
  const head = `+${forge.mergeRequestHeadRef(number)}:refs/merge-requests/${number}`;
  const refspecs = [`+${branch}:${branch}`, head, "+refs/tags/*:refs/tags/*"];
  // GitLab makes and updates the ref of a merge request some time after it announces the new head.
  const notYet = `the head ${shortCommit(mergeRequest.head)} cannot be fetched yet`;
  await fetch({ remote: await forge.gitRemote(repository), refspecs }).catch((error: unknown) => {
    const lacksHead = error instanceof UserError && error.where === forge.mergeRequestHeadRef(number);
    throw lacksHead ? new RetryLater(notYet, { cause: error }) : error;
  });
  if ((await store.resolve(mergeRequest.head)) === undefined) throw new RetryLater(notYet);
  const target = await store.resolve(branch);
  if (target === undefined) throw new RetryLater(`branch ${mergeRequest.targetBranch} could not be fetched`);
  return { head: mergeRequest.head, target };
}
