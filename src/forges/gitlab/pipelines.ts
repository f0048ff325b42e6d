import { z } from "zod";
import { type CommitId, type CommitRef, type RepositoryRef, repositoryName } from "../../domain/refs.js";
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
  versionPayload,
} from "./payloads.js";

export interface Tested {
  readonly commit: CommitRef;
  readonly as: TestedAs | undefined;
}

export interface NamedPipeline {
  readonly pipeline: PipelinePayload;
  readonly name: string;
}

/** The newest pipeline of its kind. */
export interface DecidingPipeline extends NamedPipeline {
  /** The ids of the earlier ones of that kind, as before somebody ran the pipeline again. */
  readonly superseded: readonly number[];
}

/**
 * The newest of each kind. A merge request has its own pipelines, which GitLab itself goes by, and its branch may have some
 * beside them, of the same jobs or of others: neither is to hide what failed in the other. Within a kind the newest decides,
 * as on GitLab, whatever started it: running one again, by hand or as a program, makes a new one. One of source `external`
 * only holds statuses that others set, which are listed by themselves.
 */
export async function newestPipelines(
  client: GitLabClient,
  { tested, own }: { readonly tested: Tested; readonly own: readonly StatusPayload[] },
  memory: ForgeMemory,
): Promise<readonly DecidingPipeline[]> {
  const kinds = new Map<Kind, PipelinePayload[]>();
  for (const pipeline of await pipelinesOf(client, { tested, own }, memory)) {
    if (pipeline.source === "external" || pipeline.source === "parent_pipeline") continue;
    const kind = kindOf(pipeline);
    kinds.set(kind, [...(kinds.get(kind) ?? []), pipeline]);
  }
  return [...kinds].flatMap(([kind, found]) => {
    const [pipeline, ...superseded] = found.sort((one, other) => other.id - one.id);
    if (!pipeline) return [];
    const name = nameOf(pipeline, kind, kinds.has("branch"));
    return { name, pipeline, superseded: superseded.map(({ id }) => id) };
  });
}

type Kind = "branch" | "merge request" | "train";

/** What a pipeline tests can be told from its ref; before GitLab 11.9 a merge request's own ran on the branch. */
function kindOf({ ref, source }: PipelinePayload): Kind {
  if (isTrain(ref)) return "train";
  return source === "merge_request_event" || isOnMerge(ref) ? "merge request" : "branch";
}

/** One that runs on the head itself is just a pipeline, unless there is another such. */
function nameOf({ ref }: PipelinePayload, kind: Kind, besideBranch: boolean): string {
  if (kind === "train") return "merge train pipeline";
  if (isOnMerge(ref)) return "merged results pipeline";
  return kind === "merge request" && besideBranch ? "merge request pipeline" : "pipeline";
}

function isTrain(ref: string | null | undefined): boolean {
  return trainOf(ref) !== undefined;
}

/** The number of the merge request on whose train ref a pipeline runs. */
function trainOf(ref: string | null | undefined): number | undefined {
  const [, number] = /^refs\/merge-requests\/(\d+)\/train$/.exec(ref ?? "") ?? [];
  return number === undefined ? undefined : Number(number);
}

function isOnMerge(ref: string | null | undefined): boolean {
  return /^refs\/merge-requests\/\d+\/merge$/.test(ref ?? "");
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
  { tested: { commit }, pipeline }: { readonly tested: Tested; readonly pipeline: PipelinePayload },
  memory: ForgeMemory,
): Promise<boolean> {
  const { sha, ref } = pipeline;
  if (sha === commit.commit) return true;
  if (!isTrain(ref) && !isOnMerge(ref)) return false;
  if ((await parentsOf(client, { ...commit, commit: sha }, memory)).includes(commit.commit)) return true;
  return (await headOnTrain(client, commit.repository, pipeline)) === commit.commit;
}

/** The parents of a commit; none of one that is gone, as a merge that GitLab made to test it. */
async function parentsOf(
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

/** The commits that this one may have been made to test: its parents, and the head of a merge request on a train. */
export async function testedBy(
  client: GitLabClient,
  commit: CommitRef,
  memory: ForgeMemory,
): Promise<readonly CommitId[]> {
  const { repository } = commit;
  const parents = await parentsOf(client, commit, memory);
  const key = `on train ${repositoryName(repository)}@${commit.commit}`;
  const known = await memory.recall(key);
  if (known !== undefined) return known === "" ? parents : [...parents, known];
  let onTrain: CommitId | undefined;
  for await (const pipeline of emptyWhere([403, 404], listPipelines(client, { commit, as: undefined }))) {
    onTrain ??= await headOnTrain(client, repository, pipeline);
  }
  await memory.remember(key, onTrain ?? "");
  return onTrain === undefined ? parents : [...parents, onTrain];
}

/**
 * The head that a train's pipeline tests. Where commits are squashed or rebased for the train, nothing leads from what it
 * runs on to that head; but a push takes the merge request off the train, so it is the head of the time when it began.
 */
async function headOnTrain(
  client: GitLabClient,
  repository: RepositoryRef,
  { ref, created_at: began }: PipelinePayload,
): Promise<CommitId | undefined> {
  const number = trainOf(ref);
  if (number === undefined || !began) return undefined;
  const versions: Version[] = [];
  for await (const one of emptyWhere([403, 404], listVersions(client, repository, number)))
    versions.push(one);
  versions.sort((one, other) => time(other) - time(one));
  return versions.find((version) => time(version) <= Date.parse(began))?.head_commit_sha;
}

type Version = z.infer<typeof versionPayload>;

async function* listVersions(
  client: GitLabClient,
  { path }: RepositoryRef,
  mergeRequest: number,
): AsyncIterable<Version> {
  yield* await client.ask({
    ask: ({ MergeRequests }) => MergeRequests.allDiffVersions(path, mergeRequest),
    answer: z.array(versionPayload),
  });
}

function time({ created_at: at }: Version): number {
  return Date.parse(at);
}

export interface Parent {
  readonly path: string;
  readonly pipeline: PipelinePayload;
  /** The names of the jobs that led here. */
  readonly prefix: string;
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

/** The ids of all that a pipeline runs, and of nothing that others posted into it. */
export async function jobIdsOf(client: GitLabClient, path: string, id: number): Promise<ReadonlySet<number>> {
  const ids = new Set<number>();
  const jobs = client.list({
    ask: ({ Jobs }, page) => Jobs.all(path, { pipelineId: id, ...page }),
    entry: jobPayload,
  });
  const bridges = client.list({
    ask: ({ Jobs }, page) => Jobs.allPipelineBridges(path, id, page),
    entry: bridgePayload,
  });
  for await (const job of emptyWhere([403, 404], jobs)) ids.add(job.id);
  for await (const bridge of emptyWhere([403, 404], bridges)) ids.add(bridge.id);
  return ids;
}

/** No entries where the forge says one of these. */
export async function* emptyWhere<T>(
  refused: readonly number[],
  entries: AsyncIterable<T>,
): AsyncIterable<T> {
  try {
    yield* entries;
  } catch (error) {
    if (!refused.includes(refusalOf(error)?.status ?? 0)) throw error;
  }
}
