import { z } from "zod";
import type { SandboxPipeline, SandboxStatus } from "../model.js";
import { commitOf, readable } from "./access.js";
import { jobStatus, postedStatus } from "./entities/status.js";
import { type Api, type Request, paged } from "./http.js";
import { flag, integer, parameters, text } from "./parameters.js";

export function statusListRoutes(api: Api): void {
  api.get("/projects/:id/repository/commits/:sha/statuses", listStatuses);
}

const asked = z.object({
  ref: text.optional(),
  stage: text.optional(),
  name: text.optional(),
  pipeline_id: integer.optional(),
  all: flag.default(false),
  order_by: z.enum(["id", "pipeline_id"]).default("id"),
  sort: z.enum(["asc", "desc"]).default("asc"),
});

/** Jobs and posted statuses: GitLab keeps both in one table, and shows the latest of each name in each pipeline. */
async function listStatuses(c: Request) {
  const { store } = c.var;
  const repository = readable(c);
  const wanted = await parameters(c, asked);
  const { id: commit } = await commitOf(c, repository);
  const posted = store.statuses(repository, commit);
  const statuses = [
    ...(wanted.all ? posted : latest(posted)).map((one) => ({
      stage: "external",
      ...postedStatus(store, one),
    })),
    // Child pipelines keep their jobs to themselves.
    ...store
      .pipelines(repository, commit)
      .filter(({ source }) => source !== "parent")
      .flatMap((pipeline) => jobsOf(c, pipeline)),
  ];
  const key = wanted.order_by === "id" ? "id" : "pipeline_id";
  const found = statuses
    .filter(({ ref }) => wanted.ref === undefined || ref === wanted.ref)
    .filter(({ stage }) => wanted.stage === undefined || stage === wanted.stage)
    .filter(({ name }) => wanted.name === undefined || name === wanted.name)
    .filter((one) => wanted.pipeline_id === undefined || one.pipeline_id === wanted.pipeline_id)
    .sort((one, other) => (one[key] ?? 0) - (other[key] ?? 0) || one.id - other.id)
    .map(({ stage: _, ...status }) => status);
  return c.json(paged(c, wanted.sort === "asc" ? found : found.reverse()));
}

function jobsOf(c: Request, pipeline: SandboxPipeline) {
  return pipeline.jobs.map((job) => ({ stage: job.stage, ...jobStatus(c.var.store, pipeline, job) }));
}

function latest(statuses: readonly SandboxStatus[]): readonly SandboxStatus[] {
  return [
    ...new Map(statuses.map((status) => [`${status.pipeline ?? ""} ${status.context}`, status])).values(),
  ];
}
