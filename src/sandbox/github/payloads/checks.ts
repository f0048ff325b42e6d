import type { Happening, SandboxPipeline, SandboxRepository, SandboxUser } from "../../model.js";
import type { SandboxStore } from "../../store.js";
import {
  type CheckSuite,
  appSuite,
  checkRunObject,
  checkState,
  checkSuiteMention,
  checkSuiteObject,
  jobCheckRun,
} from "../entities/check.js";
import { repositoryWithId } from "../entities/links.js";
import { workflowObject, workflowRun } from "../entities/workflow.js";
import { type Announcement, commitWithId, setting } from "./common.js";

type PipelineHappening = Extract<Happening, { kind: "pipeline" }>;
type JobHappening = Extract<Happening, { kind: "job" }>;
type CheckRunHappening = Extract<Happening, { kind: "check-run" }>;

/** A run of the sandbox's CI is a workflow run and a check suite at once; a suite only tells when it is completed. */
export async function pipelineEvents(
  store: SandboxStore,
  { pipeline }: PipelineHappening,
): Promise<readonly Announcement[]> {
  const repository = repositoryWithId(store, pipeline.repository);
  const commit = await commitWithId(store, repository, pipeline.commit);
  const { status } = checkState(pipeline.state);
  const where = setting(store, repository, startedBy(store, pipeline));
  const run: Announcement = {
    event: "workflow_run",
    payload: {
      action: status === "queued" ? "requested" : status,
      workflow_run: workflowRun(store, pipeline, commit),
      workflow: workflowObject(store, repository),
      ...where,
    },
  };
  if (status !== "completed") return [run];
  return [await suiteEvent(store, { kind: "ci", pipeline }, startedBy(store, pipeline)), run];
}

/** Of check runs GitHub tells the beginning and the end, nothing between. */
export async function jobEvents(
  store: SandboxStore,
  { pipeline, job }: JobHappening,
): Promise<readonly Announcement[]> {
  const { status } = checkState(job.state);
  if (status === "in_progress") return [];
  const repository = repositoryWithId(store, pipeline.repository);
  const run = jobCheckRun(store, pipeline, job);
  return [
    await runEvent(store, {
      action: status === "queued" ? "created" : "completed",
      run,
      suite: { kind: "ci", pipeline },
      repository,
      by: startedBy(store, pipeline),
    }),
  ];
}

export async function checkRunEvents(
  store: SandboxStore,
  { action, checkRun, by }: CheckRunHappening,
): Promise<readonly Announcement[]> {
  const repository = repositoryWithId(store, checkRun.repository);
  const suite = appSuite(store, checkRun);
  const run = checkRunObject(store, checkRun);
  const told = await runEvent(store, { action, run, suite, repository, by });
  const done = suite.runs.every(({ status }) => status === "completed");
  return action === "completed" && done ? [told, await suiteEvent(store, suite, by)] : [told];
}

function startedBy(store: SandboxStore, pipeline: SandboxPipeline): SandboxUser {
  const repository = repositoryWithId(store, pipeline.repository);
  const mergeRequest = store.mergeRequests(repository).find(({ id }) => id === pipeline.mergeRequest);
  return mergeRequest?.author ?? repository.owner;
}

async function runEvent(
  store: SandboxStore,
  told: {
    readonly action: string;
    readonly run: ReturnType<typeof checkRunObject> | ReturnType<typeof jobCheckRun>;
    readonly suite: CheckSuite;
    readonly repository: SandboxRepository;
    readonly by: SandboxUser;
  },
): Promise<Announcement> {
  const commit = await commitWithId(store, told.repository, told.run.head_sha);
  const suite = checkSuiteMention(store, told.suite, commit);
  return {
    event: "check_run",
    payload: {
      action: told.action,
      check_run: { ...told.run, check_suite: suite },
      ...setting(store, told.repository, told.by),
    },
  };
}

async function suiteEvent(store: SandboxStore, suite: CheckSuite, by: SandboxUser): Promise<Announcement> {
  const { repository: id, commit: sha } = suite.kind === "ci" ? suite.pipeline : suite.runs[0];
  const repository = repositoryWithId(store, id);
  const commit = await commitWithId(store, repository, sha);
  return {
    event: "check_suite",
    payload: {
      action: "completed",
      check_suite: checkSuiteObject(store, suite, commit),
      ...setting(store, repository, by),
    },
  };
}
