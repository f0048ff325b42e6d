import { z } from "zod";
import type { CommitState, CommitStatus } from "../../domain/commit-status.js";
import { RetryLater } from "../../domain/errors.js";
import type { User } from "../../domain/merge-request.js";
import { type CommitId, type RepositoryRef, sameRepository, shortCommit } from "../../domain/refs.js";
import type { StatusTarget } from "../forge.js";
import { eachByItself } from "../each.js";
import type { Held } from "../posted-statuses.js";
import { refusalOf } from "../refusal.js";
import { cut, withWord } from "../text.js";
import { type GitLabClient, wasRefused } from "./client.js";
import { type StatusPayload, statusPayload } from "./payloads.js";

/** Where a status is kept: GitLab hangs it on the pipeline of a ref, and starts one where there is none. */
interface Place {
  readonly path: string;
  readonly commit: CommitId;
  readonly ref: string;
}

interface OwnStatuses {
  readonly author: User;
  readonly statuses: readonly CommitStatus[];
  /** What we set there before, where that is known; otherwise it is looked up. */
  readonly held: Held | undefined;
  /** The ref of the source repository whose pipeline takes them. */
  readonly ref: string;
}

/** A status as it stands under our name. */
type Present = Pick<StatusPayload, "status" | "description" | "target_url">;

/** What GitLab takes for a status's address. */
const urlLength = 255;

/**
 * On a merge request from a fork the fork's own pipeline comes first, which is what the merge request shows; where we may
 * not write there, the target project takes it.
 */
export async function ensureCommitStatuses(
  client: GitLabClient,
  target: StatusTarget,
  own: OwnStatuses,
): Promise<"set" | "refused"> {
  for (const place of placesOf(target, own.ref)) {
    try {
      await ensureAllAt(client, place, own);
      return "set";
    } catch (error) {
      const refusal = refusalOf(error)?.status;
      // Also at home: on a protected branch only those may set one who may push there.
      if (refusal !== 403 && !(refusal === 404 && isFromFork(target))) throw error;
    }
  }
  return "refused";
}

function placesOf(target: StatusTarget, at: string): readonly Place[] {
  const { mergeRequest, commit } = target;
  const { ref, source } = mergeRequest;
  const sources = source.repository ? [{ path: source.repository.path, commit, ref: at }] : [];
  if (!isFromFork(target)) return sources;
  // No branch of the target project has the commit, so it has to be named by the merge request's own ref.
  const { path } = ref.repository;
  return [...sources, { path, commit, ref: `refs/merge-requests/${ref.number}/head` }];
}

function isFromFork({ mergeRequest: { ref, source } }: StatusTarget): boolean {
  return !source.repository || !sameRepository(source.repository, ref.repository);
}

async function ensureAllAt(
  client: GitLabClient,
  place: Place,
  { author, statuses, held: known }: OwnStatuses,
): Promise<void> {
  const held = known ? presentOf(known) : await listHeld(client, place, author);
  await eachByItself(statuses, (status) =>
    ensureAt(client, place, { author, status, held: held.get(status.context) }),
  );
}

interface OwnStatus {
  readonly author: User;
  readonly status: CommitStatus;
  /** What stands there under our name. */
  readonly held: Present | undefined;
}

function presentOf(held: Held): ReadonlyMap<string, Present> {
  return new Map(
    [...held].map(([context, { state, description, targetUrl }]) => [
      context,
      {
        status: shown[state].state,
        description: inGitLabsWords({ context, state, description }).description,
        target_url: linkable(targetUrl) ?? null,
      },
    ]),
  );
}

async function ensureAt(
  client: GitLabClient,
  place: Place,
  { author, status, held }: OwnStatus,
): Promise<void> {
  const wanted = shown[status.state].state;
  if (held && isSettled(held, status)) return;
  if (held && isStuck(held.status, wanted)) await post(client, place, { ...status, state: "canceled" });
  try {
    await post(client, place, status);
  } catch (error) {
    if (!wasRefused(error, 400, /cannot transition/i)) throw error;
    // Somebody with our account was faster, and it is well if that was the same.
    if ((await listHeld(client, place, author)).get(status.context)?.status === wanted) return;
    throw new RetryLater(`the status ${status.context} of ${shortCommit(place.commit)} moved meanwhile`, {
      cause: error,
    });
  }
}

function isSettled(held: Present, { state, description, targetUrl, context }: CommitStatus): boolean {
  const wanted = inGitLabsWords({ context, state, description });
  return (
    held.status === wanted.state &&
    (held.description ?? "") === wanted.description &&
    (held.target_url ?? undefined) === linkable(targetUrl)
  );
}

/**
 * What GitLab refuses of an unfinished status, of which it then saves nothing: the state that it has with another
 * description, pending or skipped once it runs (as when a job is run again). Such a status has to end before the next
 * begins.
 */
function isStuck(held: string, wanted: GitLabState): boolean {
  if (held === "pending") return wanted === "pending";
  return held === "running" && ["pending", "running", "skipped"].includes(wanted);
}

/** Our own latest of each name: a status of the same name by another account is a record of its own. */
async function listHeld(
  client: GitLabClient,
  { path, commit, ref }: Place,
  author: User,
): Promise<ReadonlyMap<string, Present>> {
  const held = new Map<string, StatusPayload>();
  for await (const present of listStatuses(client, { repository: { path }, commit }, { ref })) {
    const isOurs = present.author?.id === author.id;
    if (isOurs && (held.get(present.name)?.id ?? 0) < present.id) held.set(present.name, present);
  }
  return held;
}

async function post(client: GitLabClient, { path, commit, ref }: Place, status: CommitStatus): Promise<void> {
  const url = linkable(status.targetUrl);
  const { state, description } = inGitLabsWords(status);
  const options = {
    ref,
    name: status.context,
    description,
    ...(url ? { targetUrl: url } : {}),
  };
  // gitbeaker's type lacks `skipped`, which GitLab takes.
  const word = state as Exclude<GitLabState, "skipped">;
  await client.ask({
    ask: ({ Commits }) => Commits.editStatus(path, commit, word, options),
    answer: z.unknown(),
  });
}

/** Commit statuses and jobs alike: GitLab keeps both in one table. */
export function listStatuses(
  client: GitLabClient,
  {
    repository: { path },
    commit,
  }: { readonly repository: Pick<RepositoryRef, "path">; readonly commit: CommitId },
  filter: { readonly ref?: string },
): AsyncIterable<StatusPayload> {
  return client.list({
    ask: ({ Commits }, page) => Commits.allStatuses(path, commit, { ...filter, ...page }),
    entry: statusPayload,
  });
}

type GitLabState = "pending" | "running" | "success" | "failed" | "canceled" | "skipped";

/** GitLab takes six states; what has none of its own keeps its word in the description. */
const shown: Readonly<Record<CommitState, { readonly state: GitLabState; readonly word?: string }>> = {
  pending: { state: "pending" },
  running: { state: "running" },
  manual: { state: "pending", word: "manual" },
  success: { state: "success" },
  // That a status may fail can only be read of a job.
  "allowed-failure": { state: "success", word: "failed, which is allowed" },
  neutral: { state: "success", word: "neutral" },
  skipped: { state: "skipped" },
  failure: { state: "failed" },
  error: { state: "failed" },
  canceled: { state: "canceled" },
};

function inGitLabsWords({ state: wanted, description }: CommitStatus): {
  readonly state: GitLabState;
  readonly description: string;
} {
  const { state, word } = shown[wanted];
  return { state, description: cut(withWord(description, word), statusDescriptionLength) };
}

export const statusDescriptionLength = 255;

function linkable(targetUrl: string | undefined): string | undefined {
  return targetUrl !== undefined && targetUrl.length <= urlLength ? targetUrl : undefined;
}
