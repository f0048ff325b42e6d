import { z } from "zod";
import type { SandboxJob, SandboxPipeline } from "../model.js";
import { readable, writable } from "./access.js";
import { statusWord } from "./entities/commit.js";
import { repositoryWithId } from "./entities/links.js";
import { jobObject } from "./entities/pipeline.js";
import { Refusal, badRequest, notFound } from "./errors.js";
import { type Api, type Request, paged, pathNumber } from "./http.js";
import { integer, parameters, texts } from "./parameters.js";
import { pipelineOf } from "./pipelines.js";

export function jobRoutes(api: Api): void {
  const job = "/projects/:id/jobs/:job";
  api.get("/projects/:id/pipelines/:pipeline/jobs", listJobs);
  api.get(job, async (c) => c.json(await shown(c, jobOf(c))));
  api.get(`${job}/trace`, showTrace);
  api.post(`${job}/retry`, retry);
  api.post(`${job}/cancel`, cancel);
  api.post(`${job}/play`, play);
}

interface Found {
  readonly pipeline: SandboxPipeline;
  readonly job: SandboxJob;
}

/** The job of the path, in the project of the path. */
function jobOf(c: Request): Found {
  const repository = readable(c);
  const found = c.var.store.job(pathNumber(c, "job"));
  if (found?.pipeline.repository !== repository.id) throw notFound();
  return found;
}

async function shown(c: Request, found: Found) {
  const { store } = c.var;
  const commit = await store.commit(
    repositoryWithId(store, found.pipeline.repository),
    found.pipeline.commit,
  );
  if (commit === undefined) throw notFound("Commit");
  return jobObject(store, found, commit);
}

async function listJobs(c: Request) {
  const pipeline = pipelineOf(c);
  const starts = new Set(
    c.var.store.pipelines(readable(c)).map(({ parent }) => `${parent?.pipeline ?? ""} ${parent?.job ?? ""}`),
  );
  const { scope } = await parameters(c, z.object({ scope: texts.optional() }));
  // Those that start other pipelines are listed as bridges.
  const found = pipeline.jobs
    .filter(({ name }) => !starts.has(`${pipeline.id} ${name}`))
    .filter(({ state }) => scope === undefined || scope.includes(statusWord(state)));
  return c.json(await Promise.all(paged(c, found).map((job) => shown(c, { pipeline, job }))));
}

const part = z.object({ byte_offset: integer.optional(), byte_limit: integer.optional() });

async function showTrace(c: Request) {
  const { job } = jobOf(c);
  const { byte_offset: from = 0, byte_limit: length } = await parameters(c, part);
  const log = Buffer.from(job.log, "utf8");
  return c.text(log.subarray(from, length === undefined ? undefined : from + length).toString("utf8"));
}

async function retry(c: Request) {
  writable(c);
  const { pipeline, job } = jobOf(c);
  if (job.state === "pending" || job.state === "running" || job.state === "skipped") {
    throw new Refusal(403, { message: "403 Forbidden - Job is not retryable" });
  }
  const again = c.var.store.retryJob(pipeline, job);
  return c.json(await shown(c, { pipeline, job: again }), 201);
}

async function cancel(c: Request) {
  writable(c);
  const found = jobOf(c);
  c.var.store.cancelJob(found.pipeline, found.job);
  return c.json(await shown(c, found), 201);
}

/** Starts a job that waits for somebody. */
async function play(c: Request) {
  writable(c);
  const found = jobOf(c);
  if (found.job.state !== "manual") throw badRequest("Unplayable Job");
  c.var.store.playJob(found.pipeline, found.job);
  return c.json(await shown(c, found), 200);
}
