import { z } from "zod";
import type { CommitState, CommitStatus } from "../../domain/commit-status.js";
import type { CommitRef } from "../../domain/refs.js";
import type { StatusTarget } from "../forge.js";
import { eachByItself } from "../each.js";
import type { Held } from "../posted-statuses.js";
import { cut, withWord } from "../text.js";
import type { GitHubClient } from "./client.js";
import { combinedStatusPayload } from "./payloads.js";

/** GitHub's statuses know four states; what has none of its own keeps its word in the description. */
const shown: Readonly<Record<CommitState, Shown>> = {
  pending: { state: "pending" },
  running: { state: "pending" },
  manual: { state: "pending", word: "manual" },
  success: { state: "success" },
  "allowed-failure": { state: "success", word: "failed, which is allowed" },
  neutral: { state: "success", word: "neutral" },
  skipped: { state: "success", word: "skipped" },
  failure: { state: "failure" },
  error: { state: "error" },
  // Not a verdict on the commit, yet it must not pass where the status is required.
  canceled: { state: "error", word: "canceled" },
};

interface Shown {
  readonly state: "pending" | "success" | "failure" | "error";
  readonly word?: string;
}

interface OwnStatuses {
  readonly statuses: readonly CommitStatus[];
  readonly descriptionLength: number;
  /** What we set there before, where that is known; otherwise it is looked up. */
  readonly held: Held | undefined;
}

/** A commit of a fork can take a status in the repository that its merge request wants to change. */
export async function ensureCommitStatuses(
  client: GitHubClient,
  { mergeRequest, commit }: StatusTarget,
  { statuses, descriptionLength, held }: OwnStatuses,
): Promise<"set"> {
  const on = { repository: mergeRequest.ref.repository, commit };
  const present = new Map<string, CommitStatus>();
  // What is wanted is not what we set before, so where that is known, nobody has to look.
  if (!held) for await (const status of listStatuses(client, on)) present.set(status.context, status);
  await eachByItself(statuses, async (status) => {
    const wanted = inGitHubsWords(status, descriptionLength);
    if (!isSame(present.get(wanted.context), wanted)) await post(client, on, wanted);
  });
  return "set";
}

async function post(
  client: GitHubClient,
  { repository, commit }: CommitRef,
  { context, state, description, targetUrl }: CommitStatus,
): Promise<void> {
  await client.ask(repository, {
    route: "POST /repos/{owner}/{repo}/statuses/{sha}",
    parameters: {
      sha: commit,
      context,
      state,
      description,
      ...(targetUrl === undefined ? {} : { target_url: targetUrl }),
    },
    answer: z.unknown(),
  });
}

/** The latest status of each context. */
export function listStatuses(
  client: GitHubClient,
  { repository, commit }: CommitRef,
): AsyncIterable<CommitStatus> {
  return client.list(repository, {
    route: "GET /repos/{owner}/{repo}/commits/{ref}/status",
    parameters: { ref: commit },
    answer: combinedStatusPayload,
  });
}

function inGitHubsWords(status: CommitStatus, descriptionLength: number): CommitStatus {
  const { state, word } = shown[status.state];
  const description = withWord(status.description.replace(longCharacters, "").trim(), word);
  const context = status.context.replace(longCharacters, codePointOf);
  return {
    ...status,
    context: cut(context, contextLength),
    state,
    description: cut(description, descriptionLength),
  };
}

const contextLength = 255;

/** Those of four bytes, as most pictures are: GitHub refuses statuses that have one. */
const longCharacters = /[\u{10000}-\u{10ffff}]/gu;

/** Two names that differ in such a character alone are two names. */
function codePointOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}`;
}

function isSame(one: CommitStatus | undefined, other: CommitStatus): boolean {
  return (
    one?.state === other.state && one.description === other.description && one.targetUrl === other.targetUrl
  );
}
