import { z } from "zod";
import type { SandboxPipeline } from "../model.js";
import { readable, writable } from "./access.js";
import { statusWord } from "./entities/commit.js";
import {
  pipelineBasic,
  pipelineObject,
  pipelineRef,
  pipelineSource,
  pipelineWithMetadata,
} from "./entities/pipeline.js";
import { type Refusal, forbidden, invalid, notFound } from "./errors.js";
import { type Api, type Request, paged, pathNumber } from "./http.js";
import { parameters, text } from "./parameters.js";

export function pipelineRoutes(api: Api): void {
  const pipelines = "/projects/:id/pipelines";
  api.get(pipelines, listPipelines);
  api.post("/projects/:id/pipeline", createPipeline);
  api.get(`${pipelines}/latest`, showLatest);
  api.get(`${pipelines}/:pipeline`, (c) => c.json(pipelineWithMetadata(c.var.store, pipelineOf(c))));
  api.get(`${pipelines}/:pipeline/bridges`, listBridges);
  api.post(`${pipelines}/:pipeline/retry`, retry);
  api.post(`${pipelines}/:pipeline/cancel`, cancel);
}

/** The pipeline of the path, in the project of the path. */
export function pipelineOf(c: Request): SandboxPipeline {
  const repository = readable(c);
  const pipeline = c.var.store.pipeline(pathNumber(c, "pipeline"));
  if (pipeline?.repository !== repository.id) throw notFound();
  return pipeline;
}

const asked = z.object({
  sha: text.optional(),
  ref: text.optional(),
  source: text.optional(),
  status: text.optional(),
  scope: z.enum(["running", "pending", "finished", "branches", "tags"]).optional(),
  order_by: z.enum(["id", "status", "ref", "updated_at", "user_id"]).default("id"),
  sort: z.enum(["asc", "desc"]).default("desc"),
});

async function listPipelines(c: Request) {
  const { store } = c.var;
  const repository = readable(c);
  const { sha, ref, source, status, scope, order_by: by, sort } = await parameters(c, asked);
  const key = (one: SandboxPipeline) => (by === "updated_at" ? one.updatedAt : "");
  const found = store
    .pipelines(repository, sha)
    .filter((one) => ref === undefined || pipelineRef(store, one) === ref)
    .filter((one) => (source ?? (one.source === "parent" ? "" : pipelineSource(one))) === pipelineSource(one))
    .filter((one) => status === undefined || statusWord(one.state) === status)
    .filter((one) => isOfScope(one, scope))
    .sort((one, other) => key(one).localeCompare(key(other)) || one.id - other.id);
  const ordered = sort === "asc" ? found : found.reverse();
  return c.json(paged(c, ordered).map((pipeline) => pipelineBasic(store, pipeline)));
}

function isOfScope({ state }: SandboxPipeline, scope: z.infer<typeof asked>["scope"]): boolean {
  const isFinished = state !== "pending" && state !== "running";
  if (scope === "finished") return isFinished;
  if (scope === "running" || scope === "pending") return state === scope;
  return scope !== "tags";
}

/** The jobs that start other pipelines. */
function listBridges(c: Request) {
  const { store } = c.var;
  const pipeline = pipelineOf(c);
  const children = store
    .pipelines(readable(c))
    .filter(({ parent }) => parent?.pipeline === pipeline.id)
    .map((child) => ({ child, job: pipeline.jobs.find(({ name }) => name === child.parent?.job) }));
  const bridges = children.flatMap(({ child, job }) =>
    job === undefined
      ? []
      : [
          {
            id: job.id,
            name: job.name,
            stage: job.stage,
            status: statusWord(job.state),
            allow_failure: job.allowFailure,
            pipeline: pipelineBasic(store, pipeline),
            downstream_pipeline: pipelineBasic(store, child),
          },
        ],
  );
  return c.json(paged(c, bridges));
}

/** The newest pipeline of a branch's tip. */
async function showLatest(c: Request) {
  const repository = readable(c);
  const { ref = repository.defaultBranch } = await parameters(c, z.object({ ref: text.optional() }));
  const tip = await c.var.store.branch(repository, ref);
  const newest = tip === undefined ? undefined : c.var.store.pipelines(repository, tip).at(-1);
  if (newest === undefined) throw forbidden();
  return c.json(pipelineWithMetadata(c.var.store, newest));
}

async function createPipeline(c: Request) {
  const { store } = c.var;
  const repository = writable(c);
  const { ref } = await parameters(c, z.object({ ref: text }));
  const commit = await store.branch(repository, ref);
  if (commit === undefined) throw invalid({ base: ["Reference not found"] });
  const head = { commit, ref, source: "push", mergeRequest: undefined } as const;
  const pipeline = store.startPipeline(repository, head);
  if (pipeline === undefined) throw withoutCi();
  return c.json(pipelineObject(store, pipeline), 201);
}

/** What a project without CI configuration answers. */
function withoutCi(): Refusal {
  return invalid({ base: ["Missing CI config file"] });
}

function retry(c: Request) {
  writable(c);
  const pipeline = pipelineOf(c);
  c.var.store.retryPipeline(pipeline);
  return c.json(pipelineObject(c.var.store, pipeline), 201);
}

function cancel(c: Request) {
  writable(c);
  const pipeline = pipelineOf(c);
  c.var.store.cancelPipeline(pipeline);
  return c.json(pipelineObject(c.var.store, pipeline), 200);
}
