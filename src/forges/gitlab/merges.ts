import { z } from "zod";
import { RetryLater } from "../../domain/errors.js";
import {
  type CommitId,
  type MergeRequestRef,
  mergeRequestName,
  type RepositoryRef,
} from "../../domain/refs.js";
import type { Merging } from "../forge.js";
import { ifFound, refusalOf } from "../refusal.js";
import type { GitLabClient } from "./client.js";

/** Merges exactly this head, by the project's own method. */
export async function merge(
  client: GitLabClient,
  { repository, number }: MergeRequestRef,
  head: CommitId,
): Promise<Merging> {
  try {
    await client.ask({
      ask: ({ MergeRequests }) => MergeRequests.merge(repository.path, number, { sha: head }),
      answer: z.unknown(),
    });
    return { outcome: "merged" };
  } catch (error) {
    const refusal = refusalOf(error);
    // GitLab's 401 here is no wrong token: it says that we may not push to the target branch.
    if (refusal?.status === 401) {
      return { outcome: "blocked", reason: "Sluice's account may not merge into the target branch" };
    }
    if (!refusal || ![400, 405, 406, 409, 422].includes(refusal.status)) throw error;
    // Of a head that moved the refusal says enough; of most others no more than "405 Method Not Allowed".
    if (refusal.status === 409) return { outcome: "blocked", reason: refusal.message };
    return obstacle(client, { repository, number }, refusal.message);
  }
}

/** GitLab's words for what it is still about to find out. */
const undecided = ["unchecked", "checking", "preparing", "approvals_syncing"];

const obstacles: Readonly<Record<string, string>> = {
  ci_must_pass: "its CI has to pass first",
  ci_still_running: "its CI has to pass first, and still runs",
  commits_status: "it has no commits, or its branch is gone",
  conflict: "it conflicts with its target branch",
  discussions_not_resolved: "it has threads that are not resolved",
  draft_status: "it is a draft",
  jira_association_missing: "its title or description has to name a Jira issue",
  locked_lfs_files: "somebody has locked files that it changes",
  locked_paths: "somebody has locked files that it changes",
  merge_request_blocked: "another merge request has to be merged first",
  merge_time: "it may not be merged at this time",
  need_rebase: "it has to be rebased on its target branch",
  not_approved: "it lacks approvals",
  not_open: "it is not open",
  requested_changes: "a reviewer asks for changes",
  security_policy_pipeline_check: "the pipelines that a security policy asks for have to pass first",
  security_policy_violations: "a security policy forbids it",
  status_checks_must_pass: "status checks of other services have to pass first",
  title_regex: "the project asks for another form of its title",
};

const obstaclePayload = z.object({ detailed_merge_status: z.string().nullish() });

async function obstacle(
  client: GitLabClient,
  ref: MergeRequestRef,
  refusal: string,
): Promise<Exclude<Merging, { readonly outcome: "merged" }>> {
  const { detailed_merge_status: status } = await client.ask({
    ask: ({ MergeRequests }) => MergeRequests.show(ref.repository.path, ref.number),
    answer: obstaclePayload,
  });
  if (undecided.includes(status ?? ""))
    throw new RetryLater(
      `${client.name} has not yet worked out whether ${mergeRequestName(ref)} may be merged`,
    );
  const reason = obstacles[status ?? ""] ?? refusal;
  return { outcome: status === "ci_still_running" ? "too-early" : "blocked", reason };
}

export async function removeBranch(
  client: GitLabClient,
  { path }: RepositoryRef,
  branch: string,
): Promise<void> {
  await ifFound(client.ask({ ask: ({ Branches }) => Branches.remove(path, branch), answer: z.unknown() }));
}
