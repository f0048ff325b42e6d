import { z } from "zod";
import type { CommitState, CommitStatus } from "../../domain/commit-status.js";

/** The fields that we need of GitHub's answers, and no others. */

const user = z.object({ id: z.number(), login: z.string() });
const typedUser = user.extend({ type: z.string().optional() });

export const accountPayload = user.extend({
  name: z.string().nullish(),
  email: z.string().nullish(),
});

export const repositoryPayload = z.object({
  id: z.number(),
  full_name: z.string(),
  default_branch: z.string(),
  private: z.boolean(),
  html_url: z.string(),
});

export const branchPayload = z.object({ object: z.object({ sha: z.string() }) });

export const permissionPayload = z.object({
  permission: z.string(),
  role_name: z.string().optional(),
  user: user.nullish(),
});

export const pullPayload = z.object({
  node_id: z.string(),
  number: z.number(),
  state: z.enum(["open", "closed"]),
  merged_at: z.string().nullable(),
  title: z.string(),
  body: z.string().nullish(),
  draft: z.boolean().optional(),
  // The account was deleted.
  user: user.nullable(),
  head: z.object({ ref: z.string(), sha: z.string(), repo: z.object({ full_name: z.string() }).nullable() }),
  base: z.object({ ref: z.string(), repo: z.object({ id: z.number() }).nullish() }),
  labels: z.array(z.object({ name: z.string() })),
  html_url: z.string(),
  updated_at: z.string().optional(),
});
export type PullPayload = z.infer<typeof pullPayload>;

export const labelsPayload = z
  .array(z.object({ name: z.string() }))
  .transform((labels) => labels.map(({ name }) => name));

export const reviewPayload = z.object({
  user: typedUser.nullable(),
  state: z.string(),
  commit_id: z.string().nullable(),
  // Not there while a review is not handed in, which only its author sees.
  submitted_at: z.string().optional(),
});

/** What GraphQL says of a changed draft. */
export const draftPayload = z.object({
  changed: z.object({ pullRequest: z.object({ isDraft: z.boolean() }) }),
});

/** What GraphQL says of a comment. */
export const mailPayload = z.object({
  comment: z.object({ createdViaEmail: z.boolean().optional() }).nullable(),
});

export const commentPayload = z.object({
  id: z.number(),
  node_id: z.string(),
  body: z.string().optional(),
  user: typedUser.nullable(),
  // `null` where it was no app, and not there on servers that do not tell.
  performed_via_github_app: z.object({}).nullish(),
  created_at: z.string(),
  updated_at: z.string(),
  issue_url: z.string(),
});

export const workflowRunsPayload = z
  .object({
    workflow_runs: z.array(
      z.object({ id: z.number(), status: z.string().nullable(), check_suite_id: z.number().optional() }),
    ),
  })
  .transform(({ workflow_runs: runs }) => runs);

const workflowJobPayload = z.object({ id: z.number(), name: z.string(), conclusion: z.string().nullable() });
export type WorkflowJobPayload = z.infer<typeof workflowJobPayload>;

export const workflowJobsPayload = z
  .object({ jobs: z.array(workflowJobPayload) })
  .transform(({ jobs }) => jobs);

const statusStates = ["error", "failure", "pending", "success"] as const satisfies readonly CommitState[];

const statusPayload = z
  .object({
    context: z.string(),
    state: z.enum(statusStates),
    description: z.string().nullable(),
    target_url: z.string().nullable(),
  })
  .transform(({ context, state, description, target_url: targetUrl }): CommitStatus => {
    return { context, state, description: description ?? "", ...(targetUrl ? { targetUrl } : {}) };
  });

/** The latest status of each context. */
export const combinedStatusPayload = z
  .object({ statuses: z.array(statusPayload) })
  .transform(({ statuses }) => statuses);

const checkRunPayload = z.object({
  id: z.number(),
  name: z.string(),
  status: z.string(),
  conclusion: z.string().nullable(),
  details_url: z.string().nullish(),
  html_url: z.string().nullish(),
  output: z.object({ title: z.string().nullable() }),
  check_suite: z.object({ id: z.number() }).nullable(),
  app: z.object({ id: z.number(), slug: z.string().optional(), name: z.string() }).nullish(),
  completed_at: z.string().nullish(),
});
export type CheckRunPayload = z.infer<typeof checkRunPayload>;

export const checkRunsPayload = z
  .object({ check_runs: z.array(checkRunPayload) })
  .transform(({ check_runs: checkRuns }) => checkRuns);

export const ownCheckRunPayload = z.object({
  id: z.number(),
  name: z.string(),
  head_sha: z.string(),
  external_id: z.string().nullable(),
  app: z.object({ id: z.number() }).nullable(),
});

export const ownCheckRunsPayload = z
  .object({ check_runs: z.array(ownCheckRunPayload) })
  .transform(({ check_runs: checkRuns }) => checkRuns);
