import { z } from "zod";
import type { Comment, CommentRef, Reaction } from "../../domain/comment.js";
import type { User } from "../../domain/merge-request.js";
import type { MergeRequestRef, RepositoryRef } from "../../domain/refs.js";
import { mayOrder } from "../orders.js";
import { ifFound } from "../refusal.js";
import type { CommentVerbs, StoredComment } from "../topic-comment.js";
import { isBot } from "./bots.js";
import { type GitHubClient, wasRefused } from "./client.js";
import { commentPayload, mailPayload } from "./payloads.js";

/** What a comment of ours is known by: who we are, and its first line. */
export interface OwnComments {
  readonly author: User;
  readonly marker: string;
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
  const { id, login } = found.user;
  return {
    ref,
    author: { id, login },
    // An app writes as itself, or with a token that somebody lent it, in their name.
    byBot: isBot(found.user) || Boolean(found.performed_via_github_app),
    byMail: await isMail(client, ref.mergeRequest.repository, found.node_id),
    body: found.body ?? "",
    edited: found.created_at !== found.updated_at,
    createdAt: new Date(found.created_at),
  };
}

/** Only GraphQL tells. */
async function isMail(client: GitHubClient, repository: RepositoryRef, id: string): Promise<boolean> {
  const { comment } = await client.query(repository, {
    route: "query($id: ID!) { comment: node(id: $id) { ... on IssueComment { createdViaEmail } } }",
    parameters: { id },
    answer: mailPayload,
  });
  return comment?.createdViaEmail ?? false;
}

/** GitHub tells of those that were changed since, too; they give no orders. */
export async function* listOrders(
  client: GitHubClient,
  mergeRequest: MergeRequestRef,
  since: Date,
): AsyncIterable<CommentRef> {
  const { repository, number } = mergeRequest;
  const comments = client.list(repository, {
    route: "GET /repos/{owner}/{repo}/issues/{issue_number}/comments",
    parameters: { issue_number: number, since: since.toISOString() },
    answer: commentPayload.array(),
  });
  for await (const { id, body = "" } of comments) if (mayOrder(body)) yield { mergeRequest, id };
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

/** In a locked conversation an App may say nothing: whoever locked it wants nothing said, and statuses still tell. */
export async function unlessLocked(saying: Promise<void>): Promise<void> {
  try {
    await saying;
  } catch (error) {
    if (!wasRefused(error, 403, /\blocked\b/i)) throw error;
  }
}

/** How the comments of one pull request are read and written. */
export function commentVerbs(
  client: GitHubClient,
  { repository, number }: MergeRequestRef,
  ours: OwnComments,
): CommentVerbs {
  const one = "/repos/{owner}/{repo}/issues/comments/{comment_id}";
  return {
    search: () => findOwn(client, { repository, number }, ours),
    find: async (id) => {
      const route = `GET ${one}`;
      const asked = client.ask(repository, { route, parameters: { comment_id: id }, answer: storedPayload });
      return storedComment(await ifFound(asked));
    },
    create: async (body) => {
      const route = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";
      const parameters = { issue_number: number, body };
      return (await client.ask(repository, { route, parameters, answer: storedPayload })).id;
    },
    edit: async (id, body) => {
      const parameters = { comment_id: id, body };
      const asked = client.ask(repository, { route: `PATCH ${one}`, parameters, answer: storedPayload });
      return (await ifFound(asked)) ? "edited" : "gone";
    },
  };
}

const storedPayload = commentPayload.pick({ id: true, body: true });

function storedComment(payload: z.infer<typeof storedPayload> | undefined): StoredComment | undefined {
  return payload && { id: payload.id, body: payload.body ?? "" };
}

/** The oldest, should a race have made two. Anybody can write our marker, so the author has to be us, too. */
async function findOwn(
  client: GitHubClient,
  { repository, number }: MergeRequestRef,
  { author, marker }: OwnComments,
): Promise<StoredComment | undefined> {
  const comments = client.list(repository, {
    route: "GET /repos/{owner}/{repo}/issues/{issue_number}/comments",
    parameters: { issue_number: number },
    answer: commentPayload.array(),
  });
  for await (const comment of comments) {
    if (comment.user?.id === author.id && comment.body?.startsWith(marker)) return storedComment(comment);
  }
  return undefined;
}
