import { z } from "zod";
import type { MergeRequest } from "../../domain/merge-request.js";
import type { CommitId } from "../../domain/refs.js";
import type { RerunChoice } from "../forge.js";
import type { GitLabClient } from "./client.js";
import { type PipelinePayload, pipelinePayload } from "./payloads.js";
import { jobsOf } from "./results.js";

const unsuccessful = ["failed", "canceled"];
const unfinished = ["created", "pending", "preparing", "running", "waiting_for_resource", "canceling"];

/** Runs jobs of the commit's newest pipeline again and names them; all of them means a new pipeline. */
export async function rerunJobs(
  client: GitLabClient,
  { mergeRequest, commit }: { readonly mergeRequest: MergeRequest; readonly commit: CommitId },
  choice: RerunChoice,
): Promise<readonly string[]> {
  const { path } = mergeRequest.ref.repository;
  const pipeline = await newestPipeline(client, path, commit);
  if (!pipeline) return [];
  const jobs = await jobsOf(client, path, pipeline);
  if (choice.which === "all") {
    if (unfinished.includes(pipeline.status)) return [];
    await startPipeline(client, mergeRequest, pipeline);
    return jobs.map(({ name }) => name);
  }
  const chosen = jobs.filter(({ name, status }) =>
    choice.which === "job"
      ? name === choice.name && !unfinished.includes(status)
      : unsuccessful.includes(status),
  );
  if (choice.which === "failed" && chosen.length > 0) {
    await client.ask({ ask: ({ Pipelines }) => Pipelines.retry(path, pipeline.id), answer: z.unknown() });
  }
  if (choice.which === "job") {
    for (const { id } of chosen) {
      await client.ask({ ask: ({ Jobs }) => Jobs.retry(path, id), answer: z.unknown() });
    }
  }
  return chosen.map(({ name }) => name);
}

/** Of the kind that the last one was: a project's rules may know but one of them. */
async function startPipeline(
  client: GitLabClient,
  { ref, source }: MergeRequest,
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

async function newestPipeline(
  client: GitLabClient,
  path: string,
  commit: CommitId,
): Promise<PipelinePayload | undefined> {
  const pipelines = client.list({
    ask: ({ Pipelines }, page) => Pipelines.all(path, { sha: commit, orderBy: "id", sort: "desc", ...page }),
    entry: pipelinePayload,
  });
  // A pipeline of source `external` only holds the statuses that others set.
  for await (const pipeline of pipelines) if (pipeline.source !== "external") return pipeline;
  return undefined;
}
