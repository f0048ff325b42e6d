import { z } from "zod";
import type { Comment, CommentRef, Reaction } from "../../domain/comment.js";
import type { User } from "../../domain/merge-request.js";
import type { MergeRequestRef } from "../../domain/refs.js";
import { ifFound } from "../refusal.js";
import { sameText } from "../text.js";
import type { GitHubClient } from "./client.js";
import { commentPayload } from "./payloads.js";

/** A comment of ours: who we are, its first line, and its whole text. */
export interface OwnComment {
  readonly author: User;
  readonly marker: string;
  readonly body: string;
}

export async function findComment(client: GitHubClient, ref: CommentRef): Promise<Comment | undefined> {
  const { repository, number } = ref.mergeRequest;
  const found = await ifFound(
    client.ask(repository, {
      route: "GET /repos/{owner}/{repo}/issues/comments/{comment_id}",
      parameters: { comment_id: ref.id },
      answer: commentPayload,
    }),
  );
  // Ids are the repository's: this one may be of another merge request.
  if (!found?.user || !found.issue_url.endsWith(`/issues/${number}`)) return undefined;
  const { id, login, type } = found.user;
  return {
    ref,
    author: { id, login },
    byBot: type === "Bot",
    body: found.body ?? "",
    edited: found.created_at !== found.updated_at,
    createdAt: new Date(found.created_at),
  };
}

const reactions = { done: "+1", refused: "-1" } as const satisfies Record<Reaction, string>;

/** Reacting twice in the same way changes nothing on GitHub. */
export async function ensureReaction(
  client: GitHubClient,
  { mergeRequest, id }: CommentRef,
  reaction: Reaction,
): Promise<void> {
  await client.ask(mergeRequest.repository, {
    route: "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
    parameters: { comment_id: id, content: reactions[reaction] },
    answer: z.unknown(),
  });
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
