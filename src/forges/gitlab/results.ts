import { type CommitResult, gravestOfEachName, together } from "../../domain/commit-status.js";
import type { CommitRef } from "../../domain/refs.js";
import type { ForgeMemory } from "../memory.js";
import type { GitLabClient } from "./client.js";
import { type JobPayload, type PipelinePayload, type StatusPayload, states } from "./payloads.js";
import {
  childPipelines,
  type DecidingPipeline,
  emptyWhere,
  jobsOf,
  type NamedPipeline,
  newestPipelines,
  type Parent,
  type Tested,
} from "./pipelines.js";
import { standingStatuses } from "./standing.js";
import { listStatuses } from "./statuses.js";
import { verdict } from "./verdict.js";

/**
 * The jobs and posted statuses, and the pipelines: those of the commit, those of its merge with the target branch or in a
 * merge train, and those that they started in the same project. Of two jobs of one name, in pipelines that both decide, the
 * gravest counts.
 */
export async function* listResults(
  client: GitLabClient,
  tested: Tested,
  memory: ForgeMemory,
): AsyncIterable<CommitResult> {
  const { path } = tested.commit.repository;
  const own = await statusesOf(client, tested.commit);
  const pipelines = await newestPipelines(client, { tested, own }, memory);
  const merges = new Set(pipelines.map(({ pipeline }) => pipeline.sha));
  merges.delete(tested.commit.commit);
  const all = [...own];
  for (const commit of merges) all.push(...(await statusesOf(client, { ...tested.commit, commit })));

  const statuses = await standingStatuses(client, { path, statuses: all, pipelines });
  yield* gravestOfEachName(statuses.map((status) => partOf(status, pipelines)));
  const children: CommitResult[] = [];
  for (const { pipeline, name } of pipelines) {
    const jobs = statuses.filter((status) => status.pipeline_id === pipeline.id).map(statusOf);
    yield { ...wholeOf(pipeline, name), ...(jobs.length > 0 && { state: together(jobs) }) };
    for await (const result of childResults(client, { path, pipeline, prefix: "" })) children.push(result);
  }
  yield* gravestOfEachName(children);
}

function partOf(status: StatusPayload, pipelines: readonly DecidingPipeline[]): CommitResult {
  const of = pipelines.find(({ pipeline }) => pipeline.id === status.pipeline_id);
  return { ...statusOf(status), ...(of && { ...groupOf(of, "job"), job: status.id }) };
}

async function statusesOf(client: GitLabClient, commit: CommitRef): Promise<readonly StatusPayload[]> {
  const found: StatusPayload[] = [];
  for await (const status of emptyWhere([404], listStatuses(client, commit, {}))) found.push(status);
  return found;
}

async function* childResults(client: GitLabClient, parent: Parent): AsyncIterable<CommitResult> {
  for await (const child of childPipelines(client, parent)) {
    for (const job of await jobsOf(client, parent.path, child.pipeline)) {
      yield { ...jobResult(job), context: `${child.name}: ${job.name}`, ...groupOf(child, "job") };
    }
    yield { ...wholeOf(child.pipeline, `${child.name}: pipeline`), ...groupOf(child, "whole") };
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
