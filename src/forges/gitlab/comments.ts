import { z } from "zod";
import type { Comment, CommentRef, Reaction } from "../../domain/comment.js";
import type { User } from "../../domain/merge-request.js";
import type { MergeRequestRef } from "../../domain/refs.js";
import { mayOrder } from "../orders.js";
import { ifFound } from "../refusal.js";
import type { CommentVerbs, StoredComment } from "../topic-comment.js";
import { isBot } from "./bots.js";
import { type GitLabClient, wasRefused } from "./client.js";
import { notePayload } from "./payloads.js";

/** What a comment of ours is known by: who we are, and its first line. */
export interface OwnComments {
  readonly author: User;
  readonly marker: string;
}

export async function findComment(client: GitLabClient, ref: CommentRef): Promise<Comment | undefined> {
  const { repository, number } = ref.mergeRequest;
  const note = await ifFound(
    client.ask({
      ask: ({ MergeRequestNotes }) => MergeRequestNotes.show(repository.path, number, ref.id),
      answer: notePayload,
    }),
  );
  if (!note || note.system) return undefined;
  const { id, username: login } = note.author;
  return {
    ref,
    author: { id, login },
    byBot: await isBot(client, note.author),
    // GitLab cuts the old text off an answer by mail and does not say that it was one.
    byMail: false,
    body: note.body,
    edited: note.created_at !== note.updated_at,
    createdAt: new Date(note.created_at),
  };
}

/** Newest first, so that the talk of before is not read. */
export async function* listOrders(
  client: GitLabClient,
  mergeRequest: MergeRequestRef,
  since: Date,
): AsyncIterable<CommentRef> {
  const { repository, number } = mergeRequest;
  const notes = client.list({
    ask: ({ MergeRequestNotes }, page) =>
      MergeRequestNotes.all(repository.path, number, { sort: "desc", orderBy: "created_at", ...page }),
    entry: notePayload,
  });
  for await (const { id, body, system, created_at: at } of notes) {
    if (new Date(at) < since) return;
    if (!system && mayOrder(body)) yield { mergeRequest, id };
  }
}

const emoji = { done: "thumbsup", refused: "thumbsdown" } as const satisfies Record<Reaction, string>;

export async function ensureReaction(
  client: GitLabClient,
  { mergeRequest, id }: CommentRef,
  reaction: Reaction,
): Promise<void> {
  const { repository, number } = mergeRequest;
  try {
    await client.ask({
      ask: ({ MergeRequestNoteAwardEmojis }) =>
        MergeRequestNoteAwardEmojis.award(repository.path, number, id, emoji[reaction]),
      answer: z.unknown(),
    });
  } catch (error) {
    if (!wasRefused(error, 404, /already been taken/i)) throw error;
  }
}

/** How the notes of one merge request are read and written. */
export function commentVerbs(
  client: GitLabClient,
  { repository: { path }, number }: MergeRequestRef,
  ours: OwnComments,
): CommentVerbs {
  return {
    search: () => findOwn(client, { path, number }, ours),
    find: (id) =>
      ifFound(
        client.ask({
          ask: ({ MergeRequestNotes }) => MergeRequestNotes.show(path, number, id),
          answer: storedPayload,
        }),
      ),
    create: async (body) => {
      const made = await client.ask({
        ask: ({ MergeRequestNotes }) => MergeRequestNotes.create(path, number, body),
        answer: storedPayload,
      });
      return made.id;
    },
    edit: async (id, body) => {
      const edited = client.ask({
        ask: ({ MergeRequestNotes }) => MergeRequestNotes.edit(path, number, id, { body }),
        answer: storedPayload,
      });
      return (await ifFound(edited)) ? "edited" : "gone";
    },
  };
}

const storedPayload = notePayload.pick({ id: true, body: true });

/** The oldest, should a race have made two. Anybody can write our marker, so the author has to be us, too. */
async function findOwn(
  client: GitLabClient,
  { path, number }: { readonly path: string; readonly number: number },
  { author, marker }: OwnComments,
): Promise<StoredComment | undefined> {
  const notes = client.list({
    ask: ({ MergeRequestNotes }, page) =>
      MergeRequestNotes.all(path, number, { sort: "asc", orderBy: "created_at", ...page }),
    entry: notePayload,
  });
  for await (const note of notes) {
    if (!note.system && note.author.id === author.id && note.body.startsWith(marker)) return note;
  }
  return undefined;
}
