import type { Happening, SandboxJob, SandboxMergeRequest, SandboxPipeline } from "../../model.js";
import type { SandboxStore } from "../../store.js";
import { statusWord } from "../entities/commit.js";
import { mergeRequestPage, repositoryWithId } from "../entities/links.js";
import { detailedMergeStatus, mergeStatus, stateWord } from "../entities/merge-request.js";
import {
  mergeRequestOfPipeline,
  pipelineNumber,
  pipelineRef,
  pipelineSource,
  pipelineTimes,
  pipelineUser,
  secondsBetween,
  statusLabel,
} from "../entities/pipeline.js";
import {
  type Announcement,
  commitMention,
  commitWithId,
  projectMention,
  repositoryMentionInFull,
  spacedTime,
  userMention,
} from "./common.js";

type PipelineHappening = Extract<Happening, { kind: "pipeline" }>;
type JobHappening = Extract<Happening, { kind: "job" }>;

const nothing = "0".repeat(40);

export async function pipelineEvents(
  store: SandboxStore,
  { pipeline }: PipelineHappening,
): Promise<readonly Announcement[]> {
  const repository = repositoryWithId(store, pipeline.repository);
  const commit = await commitWithId(store, repository, pipeline.commit);
  const mergeRequest = mergeRequestOfPipeline(store, pipeline);
  const payload = {
    object_kind: "pipeline",
    object_attributes: attributes(store, pipeline),
    merge_request: mergeRequest === undefined ? null : mention(store, mergeRequest),
    user: userMention(store, pipelineUser(store, pipeline)),
    project: projectMention(store, repository),
    commit: commitMention(store, repository, commit),
    source_pipeline: null,
    builds: pipeline.jobs.map((job) => build(store, pipeline, job)),
  };
  return [{ event: "Pipeline Hook", payload }];
}

function attributes(store: SandboxStore, pipeline: SandboxPipeline) {
  const { startedAt, finishedAt } = pipelineTimes(pipeline);
  const word = statusWord(pipeline.state);
  return {
    id: pipeline.id,
    iid: pipelineNumber(store, repositoryWithId(store, pipeline.repository), pipeline),
    // The source branch, also where REST says the merge request's own ref.
    ref: pipeline.ref,
    tag: false,
    sha: pipeline.commit,
    before_sha: nothing,
    source: pipelineSource(pipeline),
    status: word,
    detailed_status: statusLabel(word),
    stages: [...new Set(pipeline.jobs.map(({ stage }) => stage))],
    created_at: spacedTime(pipeline.createdAt),
    finished_at: finishedAt === undefined ? null : spacedTime(finishedAt),
    duration: secondsBetween(startedAt, finishedAt),
    queued_duration: secondsBetween(pipeline.createdAt, startedAt),
    variables: [],
  };
}

function mention(store: SandboxStore, mergeRequest: SandboxMergeRequest) {
  return {
    id: mergeRequest.id,
    iid: mergeRequest.number,
    title: mergeRequest.title,
    source_branch: mergeRequest.sourceBranch,
    source_project_id: mergeRequest.sourceRepository ?? null,
    target_branch: mergeRequest.targetBranch,
    target_project_id: mergeRequest.repository,
    state: stateWord(mergeRequest),
    merge_status: mergeStatus(mergeRequest),
    detailed_merge_status: detailedMergeStatus(store, mergeRequest),
    url: mergeRequestPage(store, mergeRequest),
  };
}

function build(store: SandboxStore, pipeline: SandboxPipeline, job: SandboxJob) {
  const { startedAt, finishedAt, state } = job;
  return {
    id: job.id,
    stage: job.stage,
    name: job.name,
    status: statusWord(state),
    created_at: spacedTime(pipeline.createdAt),
    started_at: startedAt === undefined ? null : spacedTime(startedAt),
    finished_at: finishedAt === undefined ? null : spacedTime(finishedAt),
    duration: secondsBetween(startedAt, finishedAt),
    queued_duration: secondsBetween(pipeline.createdAt, startedAt),
    ...(state === "failure" ? { failure_reason: "script_failure" } : {}),
    when: "on_success",
    manual: false,
    allow_failure: job.allowFailure,
    user: userMention(store, pipelineUser(store, pipeline)),
    runner: null,
    artifacts_file: { filename: null, size: null },
    environment: null,
  };
}

export async function jobEvents(
  store: SandboxStore,
  { pipeline, job }: JobHappening,
): Promise<readonly Announcement[]> {
  const repository = repositoryWithId(store, pipeline.repository);
  const payload = {
    object_kind: "build",
    ref: pipelineRef(store, pipeline),
    tag: false,
    before_sha: nothing,
    sha: pipeline.commit,
    ...buildFields(pipeline, job),
    pipeline_id: pipeline.id,
    project_id: repository.id,
    project_name: repository.path.replaceAll("/", " / "),
    runner: null,
    user: userMention(store, pipelineUser(store, pipeline)),
    commit: await builtCommit(store, pipeline),
    repository: repositoryMentionInFull(store, repository),
    project: projectMention(store, repository),
    environment: null,
  };
  return [{ event: "Job Hook", payload }];
}

function buildFields(pipeline: SandboxPipeline, job: SandboxJob) {
  const { startedAt, finishedAt, state } = job;
  return {
    build_id: job.id,
    build_name: job.name,
    build_stage: job.stage,
    build_status: statusWord(state),
    build_created_at: spacedTime(pipeline.createdAt),
    build_started_at: startedAt === undefined ? null : spacedTime(startedAt),
    build_finished_at: finishedAt === undefined ? null : spacedTime(finishedAt),
    build_duration: secondsBetween(startedAt, finishedAt),
    build_queued_duration: secondsBetween(pipeline.createdAt, startedAt),
    build_allow_failure: job.allowFailure,
    build_failure_reason: state === "failure" ? "script_failure" : "unknown_failure",
    retries_count: 0,
  };
}

/** What a job's event calls its commit is half a pipeline, whose id it has. */
async function builtCommit(store: SandboxStore, pipeline: SandboxPipeline) {
  const repository = repositoryWithId(store, pipeline.repository);
  const { author, message } = await commitWithId(store, repository, pipeline.commit);
  const { startedAt, finishedAt } = pipelineTimes(pipeline);
  const writer = store.users().find(({ email }) => email === author.email);
  return {
    id: pipeline.id,
    name: null,
    sha: pipeline.commit,
    message,
    author_name: author.name,
    author_email: author.email,
    author_url: writer === undefined ? `mailto:${author.email}` : `${store.url}/${writer.login}`,
    status: statusWord(pipeline.state),
    duration: secondsBetween(startedAt, finishedAt),
    started_at: startedAt === undefined ? null : spacedTime(startedAt),
    finished_at: finishedAt === undefined ? null : spacedTime(finishedAt),
  };
}
