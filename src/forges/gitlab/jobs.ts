import { z } from "zod";
import { sameRepository } from "../../domain/refs.js";
import type { RerunChoice, StatusTarget } from "../forge.js";
import type { ForgeMemory } from "../memory.js";
import { type GitLabClient, wasRefused } from "./client.js";
import type { PipelinePayload } from "./payloads.js";
import { childPipelines, jobsOf, newestPipelines } from "./pipelines.js";

const unsuccessful = ["failed", "canceled"];
const ended = [...unsuccessful, "success"];
const unfinished = ["created", "pending", "preparing", "running", "waiting_for_resource", "canceling"];

interface Job {
  readonly id: number;
  /** As it is listed: a child pipeline's is named with what started it. */
  readonly name: string;
  readonly status: string;
  /** The pipeline that it is in, where a job of another started that, by the name of that job. */
  readonly child?: { readonly id: string; readonly name: string };
}

/** Runs jobs of the commit's newest pipelines again and names them; all of them means new pipelines for the head. */
export async function rerunJobs(
  client: GitLabClient,
  { of, memory }: { readonly of: StatusTarget; readonly memory: ForgeMemory },
  choice: RerunChoice,
): Promise<readonly string[]> {
  const names: string[] = [];
  const seen = new Set<number>();
  for (const { tested, place } of placesOf(of)) {
    for (const { pipeline } of await newestPipelines(client, { tested, own: [] }, memory)) {
      // A merge request's list may name those that ran in its fork, too.
      if (seen.has(pipeline.id)) continue;
      seen.add(pipeline.id);
      names.push(...(await rerunIn(client, { of, pipeline, place }, choice)));
    }
  }
  // Two pipelines may have a job of the same name.
  return [...new Set(names)];
}

/** A fork's pipelines run in the fork, which is asked first: there they are known for what they are. */
function placesOf({ mergeRequest: { ref, source }, commit }: StatusTarget) {
  const target = {
    place: "target",
    tested: { commit: { repository: ref.repository, commit }, as: { mergeRequest: ref } },
  } as const;
  const { repository: fork } = source;
  if (!fork || sameRepository(fork, ref.repository)) return [target];
  return [
    { place: "fork", tested: { commit: { repository: fork, commit }, as: undefined } } as const,
    target,
  ];
}

interface Rerun {
  readonly of: StatusTarget;
  readonly pipeline: PipelinePayload;
  readonly place: "fork" | "target";
}

async function rerunIn(
  client: GitLabClient,
  { of, pipeline, place }: Rerun,
  choice: RerunChoice,
): Promise<readonly string[]> {
  const { ref, source } = of.mergeRequest;
  const { path } = (place === "fork" ? source.repository : undefined) ?? ref.repository;
  const jobs = await allJobs(client, path, pipeline);
  const meant = meantOf(pipeline, choice);
  if (meant.which === "all") {
    if (unfinished.includes(pipeline.status)) return [];
    // A new pipeline is for the head of the branch: of an earlier commit its own jobs are run again.
    const isHead = of.commit === of.mergeRequest.head;
    if (isHead && (await startPipeline(client, { of, pipeline, path }))) return jobs.map(({ name }) => name);
  }
  // As they began, so that those of an early stage are not behind those of a late one.
  const chosen = jobs.filter((job) => isChosen(job, meant)).sort((one, other) => one.id - other.id);
  for (const { id } of chosen) {
    await client.ask({ ask: ({ Jobs }) => Jobs.retry(path, id), answer: z.unknown() });
  }
  return chosen.map(({ name }) => name);
}

/** What is meant by this one pipeline is all of it. */
function meantOf({ id }: PipelinePayload, choice: RerunChoice): RerunChoice {
  return choice.which === "group" && choice.id === String(id) ? { which: "all" } : choice;
}

/** What never ran, or waits to be started by hand, GitLab does not run again. */
function isChosen({ name, status, child }: Job, choice: RerunChoice): boolean {
  if (choice.which === "failed") return unsuccessful.includes(status);
  if (!ended.includes(status)) return false;
  switch (choice.which) {
    case "all":
      return true;
    case "group":
      return child?.id === choice.id;
    case "job":
      return name === choice.name || child?.name === choice.name;
  }
}

/**
 * Of the kind that the last one was: a project's rules may know but one of them. Many want none for a branch once it has a
 * merge request, while that of the push before it stays.
 */
async function startPipeline(
  client: GitLabClient,
  { of, pipeline, path }: Pick<Rerun, "of" | "pipeline"> & { readonly path: string },
): Promise<boolean> {
  const { ref, source } = of.mergeRequest;
  try {
    await client.ask({
      ask: ({ MergeRequests, Pipelines }) =>
        pipeline.source === "merge_request_event"
          ? MergeRequests.createPipeline(ref.repository.path, ref.number)
          : Pipelines.create(path, source.branch),
      answer: z.unknown(),
    });
    return true;
  } catch (error) {
    if (pipeline.source !== "merge_request_event" && wasRefused(error, 400, /./)) return false;
    throw error;
  }
}

/** Its own, and those of the pipelines that it started. */
async function allJobs(client: GitLabClient, path: string, pipeline: PipelinePayload): Promise<Job[]> {
  const jobs: Job[] = [...(await jobsOf(client, path, pipeline))];
  for await (const child of childPipelines(client, { path, pipeline, prefix: "" })) {
    const of = { id: String(child.pipeline.id), name: child.name };
    for (const job of await jobsOf(client, path, child.pipeline)) {
      jobs.push({ ...job, name: `${child.name}: ${job.name}`, child: of });
    }
  }
  return jobs;
}
