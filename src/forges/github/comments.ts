import { z } from "zod";
import type { User } from "../../domain/merge-request.js";
import type { MergeRequestRef } from "../../domain/refs.js";
import { sameText } from "../text.js";
import type { GitHubClient } from "./client.js";
import { commentPayload } from "./payloads.js";

/** A comment of ours: who we are, its first line, and its whole text. */
export interface OwnComment {
  readonly author: User;
  readonly marker: string;
  readonly body: string;
}

export async function ensureComment(
  client: GitHubClient,
  { repository, number }: MergeRequestRef,
  comment: OwnComment,
): Promise<void> {
  const present = await findOwn(client, { repository, number }, comment);
  if (!present) {
    await client.ask(repository, {
      route: "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
      parameters: { issue_number: number, body: comment.body },
      answer: z.unknown(),
    });
    return;
  }
  if (sameText(present.body ?? "", comment.body)) return;
  await client.ask(repository, {
    route: "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",
    parameters: { comment_id: present.id, body: comment.body },
    answer: z.unknown(),
  });
}

/** The oldest, should a race have made two. Anybody can write our marker, so the author has to be us, too. */
async function findOwn(
  client: GitHubClient,
  { repository, number }: MergeRequestRef,
  { author, marker }: OwnComment,
): Promise<z.infer<typeof commentPayload> | undefined> {
  const comments = client.list(repository, {
    route: "GET /repos/{owner}/{repo}/issues/{issue_number}/comments",
    parameters: { issue_number: number },
    answer: commentPayload.array(),
  });
  for await (const comment of comments) {
    if (comment.user?.id === author.id && comment.body?.startsWith(marker)) return comment;
  }
  return undefined;
}
