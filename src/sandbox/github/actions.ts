import type { SandboxJob, SandboxPipeline } from "../model.js";
import { readable, writable } from "./access.js";
import { checkState, latestJobs } from "./entities/check.js";
import { jobObject, workflowRun } from "./entities/workflow.js";
import { Refusal, notFound } from "./errors.js";
import { type Api, type Request, numberParameter, paged } from "./http.js";

export function actionsRoutes(api: Api): void {
  const actions = "/repos/:owner/:repo/actions";
  api.get(`${actions}/runs`, listRuns);
  api.get(`${actions}/runs/:id`, async (c) => c.json(await shown(c, pipelineOf(c))));
  api.get(`${actions}/runs/:id/jobs`, listJobs);
  api.post(`${actions}/runs/:id/rerun`, rerun);
  api.post(`${actions}/runs/:id/rerun-failed-jobs`, rerunFailed);
  api.post(`${actions}/runs/:id/cancel`, cancel);
  api.get(`${actions}/jobs/:id`, showJob);
  api.post(`${actions}/jobs/:id/rerun`, rerunJob);
  api.get(`${actions}/jobs/:id/logs`, redirectToLog);
  // Where GitHub redirects to is no part of its API: there, a signed address of its object storage.
  api.get(`${actions}/jobs/:id/logs/text`, showLog);
}

async function listRuns(c: Request) {
  const { store } = c.var;
  const sha = c.req.query("head_sha");
  const pipelines = [...store.pipelines(readable(c), sha)].reverse();
  const runs = await Promise.all(pipelines.map((pipeline) => shown(c, pipeline)));
  const { event, status, branch } = c.req.query();
  const found = runs
    .filter((run) => event === undefined || run.event === event)
    .filter((run) => status === undefined || run.status === status || run.conclusion === status)
    .filter((run) => branch === undefined || run.head_branch === branch);
  return c.json({ total_count: found.length, workflow_runs: paged(c, found) });
}

async function shown(c: Request, pipeline: SandboxPipeline) {
  const commit = await c.var.store.commit(readable(c), pipeline.commit);
  if (commit === undefined) throw notFound();
  return workflowRun(c.var.store, pipeline, commit);
}

function pipelineOf(c: Request): SandboxPipeline {
  const repository = readable(c);
  const pipeline = c.var.store.pipeline(numberParameter(c, "id"));
  if (pipeline?.repository !== repository.id) throw notFound();
  return pipeline;
}

function jobOf(c: Request): { readonly pipeline: SandboxPipeline; readonly job: SandboxJob } {
  const repository = readable(c);
  const found = c.var.store.job(numberParameter(c, "id"));
  if (found?.pipeline.repository !== repository.id) throw notFound();
  return found;
}

function listJobs(c: Request) {
  const pipeline = pipelineOf(c);
  const jobs = c.req.query("filter") === "all" ? pipeline.jobs : latestJobs(pipeline);
  return c.json({
    total_count: jobs.length,
    jobs: paged(c, jobs).map((job) => jobObject(c.var.store, pipeline, job)),
  });
}

function rerun(c: Request) {
  writable(c);
  const pipeline = pipelineOf(c);
  for (const job of latestJobs(pipeline)) c.var.store.retryJob(pipeline, job);
  return c.json({}, 201);
}

function rerunFailed(c: Request) {
  writable(c);
  const pipeline = pipelineOf(c);
  const failed = latestJobs(pipeline).filter(({ state }) => state === "failure" || state === "canceled");
  for (const job of failed) c.var.store.retryJob(pipeline, job);
  return c.json({}, 201);
}

function cancel(c: Request) {
  writable(c);
  const pipeline = pipelineOf(c);
  if (checkState(pipeline.state).status === "completed") {
    throw new Refusal(409, "Cannot cancel a workflow run that is completed.");
  }
  c.var.store.cancelPipeline(pipeline);
  return c.json({}, 202);
}

function rerunJob(c: Request) {
  writable(c);
  const { pipeline, job } = jobOf(c);
  c.var.store.retryJob(pipeline, job);
  return c.json({}, 201);
}

function showJob(c: Request) {
  const { pipeline, job } = jobOf(c);
  return c.json(jobObject(c.var.store, pipeline, job));
}

function redirectToLog(c: Request) {
  jobOf(c);
  return c.redirect(`${c.var.store.url}${c.req.path}/text`, 302);
}

function showLog(c: Request) {
  return c.text(jobOf(c).job.log);
}
