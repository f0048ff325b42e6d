import type { CiState, SandboxJob, SandboxPipeline, SandboxRepository } from "../model.js";
import type { Core } from "./core.js";
import { outsideResults, pipelineState } from "./pipeline-state.js";

/** What the CI of a repository will do with each commit. */
export interface CiScript {
  readonly jobs: readonly CiJob[];
  /** How long each state lasts; `manual`: until `step` is called. */
  readonly stepMilliseconds: number | "manual";
  /** GitLab's merged results pipelines: merge requests are run as they would be once merged. */
  readonly mergedResults?: boolean | undefined;
}

export interface CiJob {
  readonly name: string;
  readonly stage?: string | undefined;
  /** One after the other; the last one stays. */
  readonly states: readonly CiState[];
  readonly allowFailure?: boolean | undefined;
  /** The jobs of the pipeline that this one starts (GitLab only). */
  readonly child?: readonly CiJob[] | undefined;
  readonly log?: string | undefined;
}

export interface CiRun {
  readonly core: Core;
  readonly scripts: Map<number, CiScript>;
  /** The states that a job has yet to go through, by job id. */
  readonly coming: Map<number, CiState[]>;
  /** The pipelines that go on by themselves. */
  readonly walking: Set<number>;
}

export type NewPipeline = Omit<SandboxPipeline, "id" | "createdAt" | "updatedAt">;

/** A fork runs what its origin runs, unless it has a script of its own. */
export function scriptOf(
  { core, scripts }: CiRun,
  { id, forkOf }: Pick<SandboxRepository, "id" | "forkOf">,
): CiScript | undefined {
  const own = scripts.get(id);
  const origin = core.state.repositories.find((one) => one.id === forkOf);
  return own ?? (origin === undefined ? undefined : scripts.get(origin.id));
}

export function recordPipeline(core: Core, wanted: NewPipeline): SandboxPipeline {
  const now = core.now();
  const pipeline: SandboxPipeline = { ...wanted, id: core.nextId(), createdAt: now, updatedAt: now };
  core.state.pipelines.push(pipeline);
  return pipeline;
}

export function newJob({ core, coming }: CiRun, scripted: CiJob): SandboxJob {
  const [first = "success", ...rest] = scripted.states;
  const job: SandboxJob = {
    id: core.nextId(),
    name: scripted.name,
    stage: scripted.stage ?? "test",
    state: "pending",
    allowFailure: scripted.allowFailure ?? false,
    log: scripted.log ?? "",
    startedAt: undefined,
    finishedAt: undefined,
  };
  enter(core, job, first);
  coming.set(job.id, rest);
  return job;
}

/** The job once more, in the place of the old one. */
export function runAgain(run: CiRun, pipeline: SandboxPipeline, job: SandboxJob): SandboxJob {
  const repository = run.core.state.repositories.find(({ id }) => id === pipeline.repository);
  const script = repository && scriptOf(run, repository);
  const scripted = script?.jobs.find(({ name }) => name === job.name);
  const again = newJob(run, scripted ?? { ...job, states: ["pending", "running", "success"] });
  pipeline.jobs.splice(pipeline.jobs.indexOf(job), 1, again);
  run.core.emit({ kind: "job", pipeline, job: again });
  refresh(run.core, pipeline);
  walk(run, pipeline);
  return again;
}

/** Somebody starts a job that waited for it. */
export function play(run: CiRun, pipeline: SandboxPipeline, job: SandboxJob): void {
  const coming = run.coming.get(job.id) ?? [];
  enter(run.core, job, coming.shift() ?? "running");
  if (coming.length === 0 && job.state === "running") coming.push("success");
  run.coming.set(job.id, coming);
  run.core.emit({ kind: "job", pipeline, job });
  refresh(run.core, pipeline);
  walk(run, pipeline);
}

/** Ends what is not over yet of these jobs, whatever they still had to go through. */
export function cancel(
  { core, coming }: CiRun,
  pipeline: SandboxPipeline,
  jobs: readonly SandboxJob[],
): void {
  for (const job of jobs) {
    if (job.state !== "pending" && job.state !== "running") continue;
    coming.delete(job.id);
    enter(core, job, "canceled");
    core.emit({ kind: "job", pipeline, job });
  }
  refresh(core, pipeline);
}

/** Goes through the script step by step: one walk a pipeline, however often its jobs are run again meanwhile. */
export function walk(run: CiRun, pipeline: SandboxPipeline): void {
  const repository = run.core.state.repositories.find(({ id }) => id === pipeline.repository);
  const pause = (repository && scriptOf(run, repository))?.stepMilliseconds ?? 0;
  if (pause === "manual" || run.walking.has(pipeline.id) || !isUnderWay(run, pipeline)) return;
  run.walking.add(pipeline.id);
  run.core.activity.after(pause, () => {
    run.walking.delete(pipeline.id);
    advance(run, pipeline);
    walk(run, pipeline);
  });
}

export function isUnderWay({ coming }: CiRun, { jobs }: SandboxPipeline): boolean {
  return jobs.some(({ id, state }) => state !== "manual" && (coming.get(id) ?? []).length > 0);
}

/** Moves each job on by one state. */
export function advance({ core, coming }: CiRun, pipeline: SandboxPipeline): void {
  for (const job of pipeline.jobs) {
    // Waits for somebody.
    if (job.state === "manual") continue;
    const next = coming.get(job.id)?.shift();
    if (next === undefined || next === job.state) continue;
    enter(core, job, next);
    core.emit({ kind: "job", pipeline, job });
  }
  refresh(core, pipeline);
}

/** The pipeline's own state follows its jobs and what was reported into it from outside. */
export function refresh(core: Core, pipeline: SandboxPipeline): void {
  const outside = core.state.statuses.filter((status) => status.pipeline === pipeline.id);
  const state = pipelineState([...pipeline.jobs, ...outsideResults(outside)]);
  if (state === pipeline.state) return;
  pipeline.state = state;
  pipeline.updatedAt = core.now();
  core.emit({ kind: "pipeline", pipeline });
}

function enter(core: Core, job: SandboxJob, state: CiState): void {
  job.state = state;
  if (state === "pending" || state === "manual") return;
  job.startedAt ??= core.now();
  if (state !== "running") job.finishedAt = core.now();
}
