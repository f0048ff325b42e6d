import type { SandboxJob, SandboxPipeline, SandboxRepository, SandboxUser } from "../../model.js";
import type { SandboxCommit, SandboxStore } from "../../store.js";
import { commitObject, statusWord } from "./commit.js";
import { jobPage, pipelinePage, repositoryWithId } from "./links.js";
import { userBasic } from "./user.js";

const sources = {
  push: "push",
  "merge-request": "merge_request_event",
  external: "external",
  parent: "parent_pipeline",
} as const;

export function pipelineSource({ source }: SandboxPipeline): string {
  return sources[source];
}

export function pipelineBasic(store: SandboxStore, pipeline: SandboxPipeline) {
  const repository = repositoryWithId(store, pipeline.repository);
  return {
    id: pipeline.id,
    iid: pipelineNumber(store, repository, pipeline),
    project_id: pipeline.repository,
    sha: pipeline.commit,
    ref: pipelineRef(store, pipeline),
    status: statusWord(pipeline.state),
    source: pipelineSource(pipeline),
    created_at: pipeline.createdAt,
    updated_at: pipeline.updatedAt,
    web_url: pipelinePage(store, pipeline),
  };
}

/** Pipelines of a project are counted from 1. */
export function pipelineNumber(
  store: SandboxStore,
  repository: SandboxRepository,
  { id }: SandboxPipeline,
): number {
  return store.pipelines(repository).filter((one) => one.id <= id).length;
}

/** A merge request's own pipeline runs on its ref in the target project, not on the source branch. */
export function pipelineRef(store: SandboxStore, pipeline: SandboxPipeline): string {
  const mergeRequest = mergeRequestOfPipeline(store, pipeline);
  return mergeRequest === undefined
    ? pipeline.ref
    : `refs/merge-requests/${mergeRequest.number}/${pipeline.onMerge === true ? "merge" : "head"}`;
}

export function mergeRequestOfPipeline(store: SandboxStore, { mergeRequest }: SandboxPipeline) {
  if (mergeRequest === undefined) return undefined;
  return store
    .repositories()
    .flatMap((repository) => store.mergeRequests(repository))
    .find(({ id }) => id === mergeRequest);
}

/** Who is said to have started it: the author of its merge request, else the owner of its project. */
export function pipelineUser(store: SandboxStore, pipeline: SandboxPipeline): SandboxUser {
  return (
    mergeRequestOfPipeline(store, pipeline)?.author ?? repositoryWithId(store, pipeline.repository).owner
  );
}

export function pipelineObject(store: SandboxStore, pipeline: SandboxPipeline) {
  const times = pipelineTimes(pipeline);
  return {
    ...pipelineBasic(store, pipeline),
    before_sha: "0".repeat(40),
    tag: false,
    yaml_errors: null,
    user: userBasic(store, pipelineUser(store, pipeline)),
    started_at: times.startedAt ?? null,
    finished_at: times.finishedAt ?? null,
    committed_at: null,
    duration: secondsBetween(times.startedAt, times.finishedAt),
    queued_duration: secondsBetween(pipeline.createdAt, times.startedAt),
    coverage: null,
    detailed_status: detailedStatus(store, pipeline),
    archived: false,
  };
}

export function pipelineWithMetadata(store: SandboxStore, pipeline: SandboxPipeline) {
  return { ...pipelineObject(store, pipeline), name: null };
}

/** First start and, once it is over, last end of its jobs. */
export function pipelineTimes({ jobs, state, updatedAt }: SandboxPipeline) {
  const starts = jobs.flatMap(({ startedAt }) => startedAt ?? []).sort();
  const isOver = state !== "pending" && state !== "running";
  return { startedAt: starts[0], finishedAt: isOver ? updatedAt : undefined };
}

export function secondsBetween(from: string | undefined, to: string | undefined): number | null {
  if (from === undefined || to === undefined) return null;
  return Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
}

/** What people read where machines read `success`. */
export function statusLabel(word: string): string {
  return word === "success" ? "passed" : word;
}

function detailedStatus(store: SandboxStore, pipeline: SandboxPipeline) {
  const word = statusWord(pipeline.state);
  const label = statusLabel(word);
  return {
    icon: `status_${word}`,
    text: label,
    label,
    group: word,
    tooltip: label,
    has_details: true,
    details_path: new URL(pipelinePage(store, pipeline)).pathname,
    illustration: null,
    favicon: `${store.url}/assets/ci_favicons/favicon_status_${word}.png`,
  };
}

/** A job, with the commit that it runs on. */
export function jobObject(
  store: SandboxStore,
  { pipeline, job }: { readonly pipeline: SandboxPipeline; readonly job: SandboxJob },
  commit: SandboxCommit,
) {
  const repository = repositoryWithId(store, pipeline.repository);
  return {
    id: job.id,
    status: statusWord(job.state),
    stage: job.stage,
    name: job.name,
    ref: pipelineRef(store, pipeline),
    tag: false,
    coverage: null,
    allow_failure: job.allowFailure,
    created_at: pipeline.createdAt,
    started_at: job.startedAt ?? null,
    finished_at: job.finishedAt ?? null,
    erased_at: null,
    duration: secondsBetween(job.startedAt, job.finishedAt),
    queued_duration: secondsBetween(pipeline.createdAt, job.startedAt),
    user: userBasic(store, pipelineUser(store, pipeline)),
    commit: commitObject(store, repository, commit),
    pipeline: pipelineBasic(store, pipeline),
    ...(job.state === "failure" ? { failure_reason: "script_failure" } : {}),
    web_url: jobPage(store, pipeline, job),
    project: { ci_job_token_scope_enabled: false },
  };
}
