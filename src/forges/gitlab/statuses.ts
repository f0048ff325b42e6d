import { z } from "zod";
import { type CommitState, type CommitStatus, isFinal } from "../../domain/commit-status.js";
import { RetryLater } from "../../domain/errors.js";
import type { User } from "../../domain/merge-request.js";
import {
  type CommitRef,
  type CommitId,
  type RepositoryRef,
  sameRepository,
  shortCommit,
} from "../../domain/refs.js";
import type { StatusTarget } from "../forge.js";
import { eachByItself } from "../each.js";
import type { Held } from "../posted-statuses.js";
import { refusalOf } from "../refusal.js";
import { cut } from "../text.js";
import { type GitLabClient, wasRefused } from "./client.js";
import { pipelinePayload, type StatusPayload, statusPayload, states } from "./payloads.js";

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
  for (const place of placesOf(target)) {
    try {
      await ensureAllAt(client, place, own);
      return "set";
    } catch (error) {
      const isForbidden = [403, 404].includes(refusalOf(error)?.status ?? 0);
      if (!isFromFork(target) || !isForbidden) throw error;
    }
  }
  return "refused";
}

/** Statuses and jobs, the newest of each name, and the newest pipeline of the commit. */
export async function* listCommitStatuses(
  client: GitLabClient,
  commit: CommitRef,
): AsyncIterable<CommitStatus> {
  const newest = new Map<string, StatusPayload>();
  for await (const status of emptyWhere([404], listStatuses(client, commit, {}))) {
    if ((newest.get(status.name)?.id ?? 0) < status.id) newest.set(status.name, status);
  }
  for (const status of newest.values()) yield statusOf(status);
  yield* newestPipeline(client, commit);
}

function placesOf(target: StatusTarget): readonly Place[] {
  const { mergeRequest, commit } = target;
  const { ref, source } = mergeRequest;
  const sources = source.repository ? [{ path: source.repository.path, commit, ref: source.branch }] : [];
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
        status: gitLabState(state),
        description: shortened(description),
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
  const wanted = gitLabState(status.state);
  if (held && isSettled(held, status)) return;
  // A job that is run again goes back to pending, which GitLab allows no running status: the old run has ended.
  if (held?.status === "running" && wanted === "pending") {
    await post(client, place, { ...status, state: "canceled" });
  }
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

/**
 * GitLab refuses pending -> pending and running -> running, and saves nothing of that request: while its state stands, an
 * unfinished status keeps the description that it began with.
 */
function isSettled(held: Present, { state, description, targetUrl }: CommitStatus): boolean {
  if (held.status !== gitLabState(state)) return false;
  if (!isFinal(state)) return true;
  return (
    (held.description ?? "") === shortened(description) &&
    (held.target_url ?? undefined) === linkable(targetUrl)
  );
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

async function post(
  client: GitLabClient,
  { path, commit, ref }: Place,
  { context, state, description, targetUrl }: CommitStatus,
): Promise<void> {
  const url = linkable(targetUrl);
  const options = {
    ref,
    name: context,
    description: shortened(description),
    ...(url ? { targetUrl: url } : {}),
  };
  // gitbeaker's type lacks `skipped`, which GitLab takes.
  const word = gitLabState(state) as Exclude<GitLabState, "skipped">;
  await client.ask({
    ask: ({ Commits }) => Commits.editStatus(path, commit, word, options),
    answer: z.unknown(),
  });
}

function listStatuses(
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

/** Pipelines of source `external` only hold the statuses that others set, which are listed by themselves. */
async function* newestPipeline(
  client: GitLabClient,
  { repository: { path }, commit }: CommitRef,
): AsyncIterable<CommitStatus> {
  const pipelines = client.list({
    ask: ({ Pipelines }, page) => Pipelines.all(path, { sha: commit, orderBy: "id", sort: "desc", ...page }),
    entry: pipelinePayload,
  });
  // 403: the project has no CI.
  for await (const { id, status, source, web_url: targetUrl } of emptyWhere([403, 404], pipelines)) {
    if (source === "external") continue;
    yield {
      context: "pipeline",
      state: states[status] ?? "pending",
      description: `Pipeline #${id}`,
      targetUrl,
    };
    return;
  }
}

async function* emptyWhere<T>(refused: readonly number[], entries: AsyncIterable<T>): AsyncIterable<T> {
  try {
    yield* entries;
  } catch (error) {
    if (!refused.includes(refusalOf(error)?.status ?? 0)) throw error;
  }
}

function statusOf(payload: StatusPayload): CommitStatus {
  const { name: context, description, target_url: targetUrl } = payload;
  return {
    context,
    ...verdict(payload, description ?? ""),
    ...(targetUrl ? { targetUrl } : {}),
  };
}

/** A job that is allowed to fail does not fail its pipeline, and a manual one that blocks nothing is not waited for. */
function verdict(
  { status, allow_failure: mayFail }: StatusPayload,
  description: string,
): Pick<CommitStatus, "state" | "description"> {
  if (status === "failed" && mayFail) return { state: "success", description: "failed, which is allowed" };
  if (status === "manual" && mayFail) return { state: "skipped", description: description || "manual" };
  return { state: states[status] ?? "pending", description };
}

type GitLabState = "pending" | "running" | "success" | "failed" | "canceled" | "skipped";

function gitLabState(state: CommitState): GitLabState {
  return state === "failure" || state === "error" ? "failed" : state;
}

export const statusDescriptionLength = 255;

function shortened(description: string): string {
  return cut(description, statusDescriptionLength);
}

function linkable(targetUrl: string | undefined): string | undefined {
  return targetUrl !== undefined && targetUrl.length <= urlLength ? targetUrl : undefined;
}
