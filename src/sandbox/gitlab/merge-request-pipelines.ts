import { z } from "zod";
import { mergeRequestOf, writable } from "./access.js";
import { repositoryWithId } from "./entities/links.js";
import { pipelinesOf } from "./entities/merge-request.js";
import { pipelineBasic, pipelineObject } from "./entities/pipeline.js";
import { notAllowed } from "./errors.js";
import { type Api, type Request, paged } from "./http.js";
import { flag, parameters } from "./parameters.js";

export function mergeRequestPipelineRoutes(api: Api): void {
  const pipelines = "/projects/:id/merge_requests/:iid/pipelines";
  api.get(pipelines, listPipelines);
  api.post(pipelines, createPipeline);
}

function listPipelines(c: Request) {
  const found = pipelinesOf(c.var.store, mergeRequestOf(c));
  return c.json(paged(c, found).map((pipeline) => pipelineBasic(c.var.store, pipeline)));
}

/** A developer of the target project runs the CI there, also for a fork. */
async function createPipeline(c: Request) {
  const { store } = c.var;
  writable(c);
  const { id, repository, head: commit, sourceBranch: ref } = mergeRequestOf(c);
  const { async: later } = await parameters(c, z.object({ async: flag.default(false) }));
  const pipeline = store.startPipeline(repositoryWithId(store, repository), {
    commit,
    ref,
    source: "merge-request",
    mergeRequest: id,
  });
  if (later) return c.body(null, 202);
  if (pipeline === undefined) throw notAllowed();
  return c.json(pipelineObject(store, pipeline), 201);
}
