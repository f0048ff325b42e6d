import { z } from "zod";
import { type CommitResult, type CommitState, together } from "../../domain/commit-status.js";
import type { CommitId, CommitRef } from "../../domain/refs.js";
import { repositoryName } from "../../domain/refs.js";
import type { TestedAs } from "../forge.js";
import type { ForgeMemory } from "../memory.js";
import { refusalOf } from "../refusal.js";
import type { GitLabClient } from "./client.js";
import {
  bridgePayload,
  type JobPayload,
  jobPayload,
  parentsPayload,
  type PipelinePayload,
  pipelinePayload,
  type StatusPayload,
  states,
} from "./payloads.js";
import { listStatuses } from "./statuses.js";

export interface Tested {
  readonly commit: CommitRef;
  readonly as: TestedAs | undefined;
}

/**
 * The jobs and posted statuses, the newest of each name, and the pipelines: those of the commit, those of its merge with
 * the target branch or in a merge train, and those that they started in the same project.
 */
export async function* listResults(
  client: GitLabClient,
  tested: Tested,
  memory: ForgeMemory,
): AsyncIterable<CommitResult> {
  const own = await statusesOf(client, tested.commit);
  const pipelines = await newestPipelines(client, { tested, own }, memory);
  const merges = new Set(pipelines.map(({ pipeline }) => pipeline.sha));
  merges.delete(tested.commit.commit);
  const all = [...own];
  for (const commit of merges) all.push(...(await statusesOf(client, { ...tested.commit, commit })));

  const newest = new Map<string, StatusPayload>();
  for (const status of all)
    if ((newest.get(status.name)?.id ?? 0) < status.id) newest.set(status.name, status);
  for (const status of newest.values()) {
    const of = pipelines.find(({ pipeline }) => pipeline.id === status.pipeline_id);
    yield { ...statusOf(status), ...(of && { ...groupOf(of, "job"), job: status.id }) };
  }
  for (const { pipeline, name } of pipelines) {
    const jobs = all.filter((status) => status.pipeline_id === pipeline.id).map(statusOf);
    yield { ...wholeOf(pipeline, name), ...(jobs.length > 0 && { state: together(jobs) }) };
    yield* childResults(client, { path: tested.commit.repository.path, pipeline, prefix: "" });
  }
}

async function statusesOf(client: GitLabClient, commit: CommitRef): Promise<readonly StatusPayload[]> {
  const found: StatusPayload[] = [];
  for await (const status of emptyWhere([404], listStatuses(client, commit, {}))) found.push(status);
  return found;
}

interface NamedPipeline {
  readonly pipeline: PipelinePayload;
  readonly name: string;
}

/** The refs that pipelines of a merge request run on, which tell what they test. */
const kinds = [
  { name: "merge train pipeline", ref: /^refs\/merge-requests\/\d+\/train$/ },
  { name: "merged results pipeline", ref: /^refs\/merge-requests\/\d+\/merge$/ },
] as const;

/** The newest of each kind. One of source `external` only holds statuses that others set, which are listed by themselves. */
export async function newestPipelines(
  client: GitLabClient,
  { tested, own }: { readonly tested: Tested; readonly own: readonly StatusPayload[] },
  memory: ForgeMemory,
): Promise<readonly NamedPipeline[]> {
  const newest = new Map<string, PipelinePayload>();
  for (const pipeline of await pipelinesOf(client, { tested, own }, memory)) {
    if (pipeline.source === "external" || pipeline.source === "parent_pipeline") continue;
    const name = kinds.find(({ ref }) => ref.test(pipeline.ref ?? ""))?.name ?? "pipeline";
    if ((newest.get(name)?.id ?? 0) < pipeline.id) newest.set(name, pipeline);
  }
  return [...newest].map(([name, pipeline]) => ({ name, pipeline }));
}

/**
 * All pipelines for the commit. They are asked for where something points to one that is not known yet, or where one has
 * no jobs to tell its state by, as one of a faulty configuration; otherwise each result would cost that request, too.
 */
async function pipelinesOf(
  client: GitLabClient,
  { tested, own }: { readonly tested: Tested; readonly own: readonly StatusPayload[] },
  memory: ForgeMemory,
): Promise<readonly PipelinePayload[]> {
  const { commit, as } = tested;
  const key = `pipelines ${repositoryName(commit.repository)}@${commit.commit}`;
  const remembered = await memory.recall(key);
  const known = remembered === undefined ? [] : z.array(pipelinePayload).parse(JSON.parse(remembered));
  const hasJobs = ({ id, sha }: PipelinePayload) =>
    sha !== commit.commit || own.some(({ pipeline_id: of }) => of === id);
  const isKnown =
    known.length > 0 &&
    known.every(hasJobs) &&
    own.every(({ pipeline_id: of }) => !of || known.some(({ id }) => id === of)) &&
    (as?.ran === undefined || known.some(({ sha }) => sha === as.ran));
  if (isKnown) return known;

  const found: PipelinePayload[] = [];
  for await (const pipeline of emptyWhere([403, 404], listPipelines(client, tested))) {
    if (await isFor(client, { tested, pipeline }, memory)) found.push(pipeline);
  }
  await memory.remember(key, JSON.stringify(found));
  return found;
}

/** Those of a merge request are of all its commits, and GitLab tells them without pages. */
async function* listPipelines(
  client: GitLabClient,
  { commit: { repository, commit }, as }: Tested,
): AsyncIterable<PipelinePayload> {
  if (as) {
    yield* await client.ask({
      ask: ({ MergeRequests }) => MergeRequests.allPipelines(repository.path, as.mergeRequest.number),
      answer: z.array(pipelinePayload),
    });
    return;
  }
  yield* client.list({
    ask: ({ Pipelines }, page) =>
      Pipelines.all(repository.path, { sha: commit, orderBy: "id", sort: "desc", ...page }),
    entry: pipelinePayload,
  });
}

async function isFor(
  client: GitLabClient,
  {
    tested: { commit },
    pipeline: { sha, ref },
  }: { readonly tested: Tested; readonly pipeline: PipelinePayload },
  memory: ForgeMemory,
): Promise<boolean> {
  if (sha === commit.commit) return true;
  if (!kinds.some((kind) => kind.ref.test(ref ?? ""))) return false;
  return (await parentsOf(client, { ...commit, commit: sha }, memory)).includes(commit.commit);
}

/** The parents of a commit; none of one that is gone, as a merge that GitLab made to test it. */
export async function parentsOf(
  client: GitLabClient,
  commit: CommitRef,
  memory: ForgeMemory,
): Promise<readonly CommitId[]> {
  // They never change.
  const key = `parents ${repositoryName(commit.repository)}@${commit.commit}`;
  const known = await memory.recall(key);
  if (known !== undefined) return known.split(" ");
  try {
    const parents = await client.ask({
      ask: ({ Commits }) => Commits.show(commit.repository.path, commit.commit),
      answer: parentsPayload,
    });
    await memory.remember(key, parents.join(" "));
    return parents;
  } catch (error) {
    if (refusalOf(error)?.status === 404) return [];
    throw error;
  }
}

interface Parent {
  readonly path: string;
  readonly pipeline: PipelinePayload;
  /** The names of the jobs that led here. */
  readonly prefix: string;
}

async function* childResults(client: GitLabClient, parent: Parent): AsyncIterable<CommitResult> {
  for await (const child of childPipelines(client, parent)) {
    for (const job of await jobsOf(client, parent.path, child.pipeline)) {
      yield { ...jobResult(job), context: `${child.name}: ${job.name}`, ...groupOf(child, "job") };
    }
    yield { ...wholeOf(child.pipeline, `${child.name}: pipeline`), ...groupOf(child, "whole") };
  }
}

/** Pipelines that jobs of this one started in the same project, by those jobs' names; GitLab allows two levels of them. */
export async function* childPipelines(
  client: GitLabClient,
  { path, pipeline, prefix }: Parent,
): AsyncIterable<NamedPipeline> {
  const bridges = client.list({
    ask: ({ Jobs }, page) => Jobs.allPipelineBridges(path, pipeline.id, page),
    entry: bridgePayload,
  });
  for await (const { name, downstream_pipeline: child } of emptyWhere([403, 404], bridges)) {
    if (!child || child.project_id !== pipeline.project_id) continue;
    yield { pipeline: child, name: prefix + name };
    if (prefix === "") yield* childPipelines(client, { path, pipeline: child, prefix: `${name}: ` });
  }
}

/** The newest run of each job of a pipeline. */
export async function jobsOf(
  client: GitLabClient,
  path: string,
  { id }: PipelinePayload,
): Promise<readonly JobPayload[]> {
  const jobs = client.list({
    ask: ({ Jobs }, page) => Jobs.all(path, { pipelineId: id, ...page }),
    entry: jobPayload,
  });
  const newest = new Map<string, JobPayload>();
  for await (const job of jobs) if ((newest.get(job.name)?.id ?? 0) < job.id) newest.set(job.name, job);
  return [...newest.values()];
}

async function* emptyWhere<T>(refused: readonly number[], entries: AsyncIterable<T>): AsyncIterable<T> {
  try {
    yield* entries;
  } catch (error) {
    if (!refused.includes(refusalOf(error)?.status ?? 0)) throw error;
  }
}

function wholeOf(pipeline: PipelinePayload, name: string): CommitResult {
  return {
    context: name,
    state: states[pipeline.status] ?? "pending",
    description: `Pipeline #${pipeline.id}`,
    targetUrl: pipeline.web_url,
    ...groupOf({ pipeline, name }, "whole"),
  };
}

function groupOf({ pipeline, name }: NamedPipeline, part: "whole" | "job"): Pick<CommitResult, "group"> {
  return { group: { id: String(pipeline.id), name, url: pipeline.web_url, part } };
}

function jobResult({ name, web_url: targetUrl, id, ...job }: JobPayload): CommitResult {
  return { context: name, ...verdict(job, ""), targetUrl, job: id, ...endOf(job) };
}

function statusOf({ name, description, target_url: targetUrl, ...status }: StatusPayload): CommitResult {
  return {
    context: name,
    ...verdict(status, description ?? ""),
    ...(targetUrl ? { targetUrl } : {}),
    ...endOf(status),
  };
}

function endOf({ finished_at: at }: { readonly finished_at?: string | null | undefined }) {
  return at ? { finishedAt: at } : {};
}

type Judged = Pick<StatusPayload, "status" | "allow_failure">;

/** A job that is allowed to fail does not fail its pipeline, and a manual one of them holds nothing up. */
function verdict(
  { status, allow_failure: mayFail }: Judged,
  description: string,
): { readonly state: CommitState; readonly description: string } {
  if (status === "failed" && mayFail) return { state: "allowed-failure", description };
  if (status === "manual" && mayFail) return { state: "skipped", description: description || "manual" };
  return { state: states[status] ?? "pending", description };
}
