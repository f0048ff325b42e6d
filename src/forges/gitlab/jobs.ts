import { z } from "zod";
import type { RerunChoice, StatusTarget } from "../forge.js";
import type { ForgeMemory } from "../memory.js";
import type { GitLabClient } from "./client.js";
import type { PipelinePayload } from "./payloads.js";
import { childPipelines, jobsOf, newestPipelines } from "./results.js";

const unsuccessful = ["failed", "canceled"];
const unfinished = ["created", "pending", "preparing", "running", "waiting_for_resource", "canceling"];

interface Job {
  readonly id: number;
  /** As it is listed: a child pipeline's is named with what started it. */
  readonly name: string;
  readonly status: string;
}

/** Runs jobs of the commit's newest pipelines again and names them; all of them means new pipelines. */
export async function rerunJobs(
  client: GitLabClient,
  { of, memory }: { readonly of: StatusTarget; readonly memory: ForgeMemory },
  choice: RerunChoice,
): Promise<readonly string[]> {
  const { ref } = of.mergeRequest;
  const commit = { repository: ref.repository, commit: of.commit };
  const tested = { commit, as: { mergeRequest: ref } };
  const names: string[] = [];
  for (const { pipeline } of await newestPipelines(client, { tested, own: [] }, memory)) {
    names.push(...(await rerunIn(client, { of, pipeline }, choice)));
  }
  return names;
}

interface Rerun {
  readonly of: StatusTarget;
  readonly pipeline: PipelinePayload;
}

async function rerunIn(
  client: GitLabClient,
  { of, pipeline }: Rerun,
  choice: RerunChoice,
): Promise<readonly string[]> {
  const { path } = of.mergeRequest.ref.repository;
  const jobs = await allJobs(client, path, pipeline);
  if (choice.which === "all") {
    if (unfinished.includes(pipeline.status)) return [];
    await startPipeline(client, of, pipeline);
    return jobs.map(({ name }) => name);
  }
  const chosen = jobs.filter(({ name, status }) =>
    choice.which === "job"
      ? name === choice.name && !unfinished.includes(status)
      : unsuccessful.includes(status),
  );
  for (const { id } of chosen) {
    await client.ask({ ask: ({ Jobs }) => Jobs.retry(path, id), answer: z.unknown() });
  }
  return chosen.map(({ name }) => name);
}

/** Of the kind that the last one was: a project's rules may know but one of them. */
async function startPipeline(
  client: GitLabClient,
  { mergeRequest: { ref, source } }: StatusTarget,
  { source: kind }: PipelinePayload,
): Promise<void> {
  const { path } = ref.repository;
  await client.ask({
    ask: ({ MergeRequests, Pipelines }) =>
      kind === "merge_request_event"
        ? MergeRequests.createPipeline(path, ref.number)
        : Pipelines.create(path, source.branch),
    answer: z.unknown(),
  });
}

/** Its own, and those of the pipelines that it started. */
async function allJobs(client: GitLabClient, path: string, pipeline: PipelinePayload): Promise<Job[]> {
  const jobs: Job[] = [...(await jobsOf(client, path, pipeline))];
  for await (const child of childPipelines(client, { path, pipeline, prefix: "" })) {
    for (const job of await jobsOf(client, path, child.pipeline)) {
      jobs.push({ ...job, name: `${child.name}: ${job.name}` });
    }
  }
  return jobs;
}
