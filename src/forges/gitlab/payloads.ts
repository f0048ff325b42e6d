import { z } from "zod";
import type { CommitState } from "../../domain/commit-status.js";

/** The fields that we need of GitLab's answers, and no others. */

export const accountPayload = z.object({
  id: z.number(),
  username: z.string(),
  name: z.string(),
  commit_email: z.string().nullish(),
});

/** Of an account as others see it; older servers do not tell whose it is. */
export const userPayload = z.object({ bot: z.boolean().nullish() });

export const projectPayload = z.object({
  id: z.number(),
  path_with_namespace: z.string(),
  // An empty repository has none.
  default_branch: z.string().nullish(),
  visibility: z.enum(["private", "internal", "public"]).optional(),
  web_url: z.string(),
  // Deleted, and kept for some days.
  marked_for_deletion_on: z.string().nullish(),
  forked_from_project: z.object({ id: z.number() }).optional(),
  /** How far a fork was copied. */
  import_status: z.string().nullish(),
});
export type ProjectPayload = z.infer<typeof projectPayload>;

export const branchPayload = z.object({ commit: z.object({ id: z.string() }) });

export const memberPayload = z.object({ access_level: z.number() });

const headPipelinePayload = z.object({
  sha: z.string(),
  ref: z.string().nullish(),
  source: z.string().nullish(),
  project_id: z.number().nullish(),
});

export const mergeRequestPayload = z.object({
  iid: z.number(),
  state: z.enum(["opened", "closed", "locked", "merged"]),
  title: z.string(),
  description: z.string().nullable(),
  draft: z.boolean(),
  author: z.object({ id: z.number(), username: z.string() }),
  // The fork is gone.
  source_project_id: z.number().nullable(),
  target_project_id: z.number(),
  source_branch: z.string(),
  target_branch: z.string(),
  // Filled in some time after the merge request was opened.
  sha: z.string().nullable(),
  labels: z.array(z.string()),
  web_url: z.string(),
  // Told of a single one; the newest, which may have run on an earlier head.
  head_pipeline: headPipelinePayload.nullish(),
});
export type MergeRequestPayload = z.infer<typeof mergeRequestPayload>;

export const approvalsPayload = z.object({
  approved_by: z.array(
    z.object({
      user: z.object({ id: z.number(), username: z.string() }),
      // Older servers do not tell.
      approved_at: z.string().nullish(),
    }),
  ),
});

export const notePayload = z.object({
  id: z.number(),
  body: z.string(),
  system: z.boolean(),
  author: z.object({ id: z.number(), username: z.string() }),
  created_at: z.string(),
  updated_at: z.string(),
});

export const statusPayload = z.object({
  id: z.number(),
  name: z.string(),
  status: z.string(),
  description: z.string().nullable(),
  target_url: z.string().nullable(),
  ref: z.string().nullish(),
  allow_failure: z.boolean().nullish(),
  finished_at: z.string().nullish(),
  pipeline_id: z.number().nullish(),
  author: z.object({ id: z.number() }).nullish(),
});
export type StatusPayload = z.infer<typeof statusPayload>;

export const pipelinePayload = z.object({
  id: z.number(),
  status: z.string(),
  sha: z.string(),
  ref: z.string().nullish(),
  source: z.string().nullish(),
  project_id: z.number().optional(),
  web_url: z.string(),
  created_at: z.string().nullish(),
});

export type PipelinePayload = z.infer<typeof pipelinePayload>;

export const jobPayload = z.object({
  id: z.number(),
  name: z.string(),
  status: z.string(),
  allow_failure: z.boolean().nullish(),
  finished_at: z.string().nullish(),
  web_url: z.string(),
});
export type JobPayload = z.infer<typeof jobPayload>;

/** A job that starts another pipeline, here or in another project; the job of one that was not started yet has none. */
export const bridgePayload = z.object({
  id: z.number(),
  name: z.string(),
  downstream_pipeline: pipelinePayload.nullish(),
});

/** What a merge request was from then on. */
export const versionPayload = z.object({ head_commit_sha: z.string(), created_at: z.string() });

export const parentsPayload = z
  .object({ parent_ids: z.array(z.string()) })
  .transform(({ parent_ids: parents }) => parents);

/** The states of jobs, pipelines and commit statuses; what `failed` and `manual` mean depends on the job. */
export const states: Readonly<Record<string, CommitState>> = {
  created: "pending",
  waiting_for_resource: "pending",
  waiting_for_callback: "pending",
  preparing: "pending",
  pending: "pending",
  scheduled: "pending",
  manual: "manual",
  running: "running",
  canceling: "running",
  success: "success",
  failed: "failure",
  canceled: "canceled",
  skipped: "skipped",
};
