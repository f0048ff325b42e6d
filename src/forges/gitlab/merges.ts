import { z } from "zod";
import type { CommitId, MergeRequestRef, RepositoryRef } from "../../domain/refs.js";
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
    if (![400, 405, 406, 409, 422].includes(refusal?.status ?? 0)) throw error;
    return { outcome: "blocked", reason: refusal?.message ?? "" };
  }
}

export async function removeBranch(
  client: GitLabClient,
  { path }: RepositoryRef,
  branch: string,
): Promise<void> {
  await ifFound(client.ask({ ask: ({ Branches }) => Branches.remove(path, branch), answer: z.unknown() }));
}
