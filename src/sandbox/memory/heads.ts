import { git } from "../../git/run.js";
import type { ForgeKind, SandboxMergeRequest } from "../model.js";
import { type Core, repositoryOf } from "./core.js";
import { findCommit } from "./reading.js";

/** The ref of the target repository that holds the head of a merge request. */
function headRef(kind: ForgeKind, number: number): string {
  return kind === "github" ? `refs/pull/${number}/head` : `refs/merge-requests/${number}/head`;
}

/** The merge request's head is `commit` from now on, and the target repository has it. */
export async function placeHead(
  core: Core,
  mergeRequest: SandboxMergeRequest,
  commit: string,
): Promise<void> {
  const target = repositoryOf(core, mergeRequest.repository);
  const source = repositoryOf(core, mergeRequest.sourceRepository ?? mergeRequest.repository);
  const ref = headRef(core.kind, mergeRequest.number);
  const args =
    source === target
      ? ["update-ref", ref, commit]
      : ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", source.gitDirectory, `+${commit}:${ref}`];
  await git(args, { directory: target.gitDirectory });
  mergeRequest.head = commit;
  if (mergeRequest.heads.at(-1) !== commit) mergeRequest.heads.push(commit);
}

/** The tip of the source branch at this moment. */
export async function sourceTip(core: Core, mergeRequest: SandboxMergeRequest): Promise<string | undefined> {
  if (mergeRequest.sourceRepository === undefined) return undefined;
  return findCommit(
    repositoryOf(core, mergeRequest.sourceRepository),
    `refs/heads/${mergeRequest.sourceBranch}`,
  );
}
