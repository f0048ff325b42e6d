import type { Approval } from "../../domain/merge-request.js";
import type { MergeRequestRef } from "../../domain/refs.js";
import { isBot } from "./bots.js";
import type { GitLabClient } from "./client.js";
import { approvalsPayload } from "./payloads.js";

/** GitLab knows who approved and, on newer servers, when; which commit it was, it does not tell. */
export async function* listApprovals(
  client: GitLabClient,
  { repository, number }: MergeRequestRef,
): AsyncIterable<Approval> {
  const { approved_by: approvals } = await client.ask({
    ask: ({ MergeRequestApprovals }) =>
      MergeRequestApprovals.showConfiguration(repository.path, { mergerequestIId: number }),
    answer: approvalsPayload,
  });
  for (const { user, approved_at: at } of approvals) {
    yield {
      user: { id: user.id, login: user.username },
      commit: undefined,
      at: at ? new Date(at) : undefined,
      byBot: await isBot(client, user),
    };
  }
}
