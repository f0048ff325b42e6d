import { z } from "zod";
import { RetryLater } from "../../domain/errors.js";
import type { CommitId, MergeRequestRef, RepositoryRef } from "../../domain/refs.js";
import type { Merging } from "../forge.js";
import { ifFound, refusalOf } from "../refusal.js";
import type { GitHubClient } from "./client.js";

/** What a repository may allow, in the order in which it is tried. */
const methods = ["merge", "rebase", "squash"] as const;
/** Somebody pushed to the target branch at the same moment. */
const raced = /base branch was modified/i;
/** `Required status check "build" is in progress.`, `2 of 3 required status checks are expected.` */
const early = /required status checks? .*\b(?:expected|queued|pending|in progress)\b/i;
const otherMethod = /(?:merge commits|rebase merg\w+|squash merg\w+) (?:are|is) not allowed/i;

/** Merges exactly this head, by the first method that the repository allows. */
export async function merge(
  client: GitHubClient,
  { repository, number }: MergeRequestRef,
  head: CommitId,
): Promise<Merging> {
  let reason = "";
  for (const method of methods) {
    try {
      await client.ask(repository, {
        route: "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge",
        parameters: { pull_number: number, sha: head, merge_method: method },
        answer: z.object({ merged: z.literal(true) }),
      });
      return { outcome: "merged" };
    } catch (error) {
      const refusal = refusalOf(error);
      // 403 and 404 are a right that we lack, 405 what forbids it, 409 a head that moved, 422 a rule.
      if (![405, 409, 422].includes(refusal?.status ?? 0)) throw error;
      reason = refusal?.message ?? "";
      if (raced.test(reason)) throw new RetryLater(`${client.name}: ${reason}`, { cause: refusal });
      if (!otherMethod.test(reason)) break;
    }
  }
  return { outcome: early.test(reason) ? "too-early" : "blocked", reason };
}

export async function removeBranch(
  client: GitHubClient,
  repository: RepositoryRef,
  branch: string,
): Promise<void> {
  try {
    await ifFound(
      client.ask(repository, {
        route: "DELETE /repos/{owner}/{repo}/git/refs/{ref}",
        parameters: { ref: `heads/${branch}` },
        answer: z.unknown(),
      }),
    );
  } catch (error) {
    // 422: it is gone already.
    if (refusalOf(error)?.status !== 422) throw error;
  }
}
