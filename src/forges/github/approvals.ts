import type { Approval } from "../../domain/merge-request.js";
import type { MergeRequestRef } from "../../domain/refs.js";
import { isBot } from "./bots.js";
import type { GitHubClient } from "./client.js";
import { reviewPayload } from "./payloads.js";

/** What a review decides; a comment leaves an earlier decision of the same person as it is. */
const decisions: readonly string[] = ["APPROVED", "CHANGES_REQUESTED", "DISMISSED"];

/** Each person's last decision, where it is an approval. GitHub lists reviews oldest first. */
export async function* listApprovals(
  client: GitHubClient,
  { repository, number }: MergeRequestRef,
): AsyncIterable<Approval> {
  const reviews = client.list(repository, {
    route: "GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews",
    parameters: { pull_number: number },
    answer: reviewPayload.array(),
  });
  const last = new Map<number, Approval | undefined>();
  for await (const { user, state, commit_id: commit, submitted_at: at } of reviews) {
    if (!user || !decisions.includes(state)) continue;
    const approval = {
      user: { id: user.id, login: user.login },
      commit: commit ?? undefined,
      at: at === undefined ? undefined : new Date(at),
      byBot: isBot(user),
    };
    last.set(user.id, state === "APPROVED" ? approval : undefined);
  }
  for (const approval of last.values()) if (approval) yield approval;
}
