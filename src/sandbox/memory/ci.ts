import type {
  Happening,
  SandboxMergeRequest,
  SandboxPipeline,
  SandboxRepository,
  SandboxStatus,
} from "../model.js";
import type { SandboxStore } from "../store.js";
import {
  type CiJob,
  type CiRun,
  type CiScript,
  advance,
  cancel,
  isUnderWay,
  newJob,
  play,
  recordPipeline,
  refresh,
  runAgain,
  scriptOf,
  walk,
} from "./ci-run.js";
import { type Core, repositoryOf } from "./core.js";
import { testMerge } from "./merging.js";
import { pipelineState } from "./pipeline-state.js";

type Verbs = Pick<
  SandboxStore,
  | "pipelines"
  | "pipeline"
  | "addPipeline"
  | "startPipeline"
  | "job"
  | "retryPipeline"
  | "retryJob"
  | "playJob"
  | "cancelPipeline"
  | "cancelJob"
>;

export interface Ci {
  readonly verbs: Verbs;
  /** Holds from the next commit on, also for forks. Without a script there is no CI. */
  script(repository: SandboxRepository, script: CiScript): void;
  /** Moves every job of the repository's unfinished pipelines on by one state. */
  step(repository: SandboxRepository): void;
  /** Lets the pipeline of a status from outside follow it. */
  settle(status: SandboxStatus): void;
}

export function createCi(core: Core): Ci {
  const run: CiRun = { core, scripts: new Map(), coming: new Map(), walking: new Set() };
  core.listen((happening) => {
    const head = headToRun(core, happening);
    if (head !== undefined && !isKnown(core, head)) begin(run, head);
  });
  return {
    verbs: pipelineVerbs(run),
    script: ({ id }, script) => void run.scripts.set(id, script),
    step: ({ id }) => {
      for (const pipeline of core.state.pipelines) {
        if (pipeline.repository === id && isUnderWay(run, pipeline)) advance(run, pipeline);
      }
    },
    settle: (status) => {
      const pipeline = core.state.pipelines.find(({ id }) => id === status.pipeline);
      if (pipeline !== undefined) refresh(core, pipeline);
    },
  };
}

function pipelineVerbs(run: CiRun): Verbs {
  const { pipelines } = run.core.state;
  return {
    pipelines: ({ id }, commit) =>
      pipelines.filter((one) => one.repository === id && (commit === undefined || one.commit === commit)),
    pipeline: (id) => pipelines.find((one) => one.id === id),
    addPipeline: (wanted) => {
      const pipeline = recordPipeline(run.core, wanted);
      run.core.emit({ kind: "pipeline", pipeline });
      return pipeline;
    },
    startPipeline: (repository, wanted) => start(run, { ...wanted, repository }),
    job: (id) => {
      const pipeline = pipelines.find(({ jobs }) => jobs.some((one) => one.id === id));
      const job = pipeline?.jobs.find((one) => one.id === id);
      return pipeline === undefined || job === undefined ? undefined : { pipeline, job };
    },
    retryJob: (pipeline, job) => runAgain(run, pipeline, job),
    playJob: (pipeline, job) => play(run, pipeline, job),
    retryPipeline: (pipeline) => {
      const ended = pipeline.jobs.filter(({ state }) => state === "failure" || state === "canceled");
      for (const job of ended) runAgain(run, pipeline, job);
    },
    cancelPipeline: (pipeline) => cancel(run, pipeline, pipeline.jobs),
    cancelJob: (pipeline, job) => cancel(run, pipeline, [job]),
  };
}

interface Head {
  readonly repository: SandboxRepository;
  readonly commit: string;
  readonly ref: string;
  readonly source: SandboxPipeline["source"];
  readonly mergeRequest: number | undefined;
  readonly parent?: NonNullable<SandboxPipeline["parent"]>;
  readonly onMerge?: boolean;
}

function isKnown(core: Core, { repository, commit }: Head): boolean {
  return core.state.pipelines.some(
    (one) => one.repository === repository.id && one.commit === commit && one.source !== "external",
  );
}

/** A merge request is run as it is, or as it would be once merged. */
function begin(run: CiRun, head: Head): void {
  const { core } = run;
  const script = scriptOf(run, head.repository);
  // Who wants merge requests to be run as merged has branches run for those alone.
  if (script?.mergedResults === true && head.source === "push") return;
  const mergeRequest = core.state.mergeRequests.find(({ id }) => id === head.mergeRequest);
  const onMerge = core.kind === "gitlab" && script?.mergedResults === true;
  if (!mergeRequest || !onMerge) return void start(run, head);
  core.activity.after(0, async () => {
    const commit = await testMerge(core, mergeRequest);
    start(run, commit === undefined ? head : { ...head, commit, onMerge });
  });
}

function start(run: CiRun, head: Head): SandboxPipeline | undefined {
  const script = scriptOf(run, head.repository);
  if (script === undefined || script.jobs.length === 0) return undefined;
  return startJobs(run, head, script.jobs);
}

function startJobs(run: CiRun, { repository, ...head }: Head, scripted: readonly CiJob[]): SandboxPipeline {
  const { core } = run;
  const jobs = scripted.map((job) => newJob(run, job));
  const state = pipelineState(jobs);
  const pipeline = recordPipeline(core, { ...head, repository: repository.id, state, jobs });
  core.emit({ kind: "pipeline", pipeline });
  for (const job of jobs) core.emit({ kind: "job", pipeline, job });
  walk(run, pipeline);
  for (const { name, child } of scripted) {
    const parent = { pipeline: pipeline.id, job: name };
    if (child) startJobs(run, { ...head, repository, source: "parent", parent }, child);
  }
  return pipeline;
}

/** The commit that the CI runs because of what happened, if any. */
function headToRun(core: Core, happening: Happening): Head | undefined {
  if (happening.kind === "push") {
    const { repository, branch, after } = happening;
    // A branch with a merge request runs for that one.
    if (/^0+$/.test(after) || hasOpenMergeRequest(core, repository, branch)) return undefined;
    return { repository, commit: after, ref: branch, source: "push", mergeRequest: undefined };
  }
  if (happening.kind !== "merge-request") return undefined;
  const { action, mergeRequest } = happening;
  if (action !== "opened" && action !== "reopened" && action !== "pushed") return undefined;
  return {
    repository: repositoryThatRuns(core, mergeRequest),
    commit: mergeRequest.head,
    ref: mergeRequest.sourceBranch,
    source: "merge-request",
    mergeRequest: mergeRequest.id,
  };
}

function hasOpenMergeRequest(core: Core, repository: SandboxRepository, branch: string): boolean {
  return core.state.mergeRequests.some(
    (one) => one.state === "open" && one.sourceRepository === repository.id && one.sourceBranch === branch,
  );
}

// GitLab runs a fork's merge request in the fork, GitHub in the repository that it wants to change.
function repositoryThatRuns(
  core: Core,
  { repository, sourceRepository }: SandboxMergeRequest,
): SandboxRepository {
  return repositoryOf(core, core.kind === "gitlab" ? (sourceRepository ?? repository) : repository);
}
