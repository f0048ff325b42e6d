import { Hono } from "hono";
import type { SandboxUser } from "../model.js";
import type { SandboxStore } from "../store.js";
import { approvalRoutes } from "./approvals.js";
import { awardRoutes } from "./awards.js";
import { branchRoutes } from "./branches.js";
import { shownBudget } from "./budget.js";
import { commitRoutes } from "./commits.js";
import { MovedProject, Refusal, unauthorized } from "./errors.js";
import { fileRoutes } from "./files.js";
import { hookRoutes } from "./hooks.js";
import type { GitLabEnv, Request } from "./http.js";
import { jobRoutes } from "./jobs.js";
import { labelRoutes } from "./labels.js";
import { memberRoutes } from "./members.js";
import { mergeRoutes } from "./merge.js";
import { mergeRequestDiffRoutes } from "./merge-request-diffs.js";
import { mergeRequestListRoutes } from "./merge-request-lists.js";
import { mergeRequestPipelineRoutes } from "./merge-request-pipelines.js";
import { mergeRequestRoutes } from "./merge-requests.js";
import { noteRoutes } from "./notes.js";
import { pipelineRoutes } from "./pipelines.js";
import { projectRoutes } from "./projects.js";
import { stateOf } from "./state.js";
import { statusListRoutes } from "./status-lists.js";
import { statusRoutes } from "./statuses.js";
import { userRoutes } from "./users.js";

/** GitLab's REST API, below `/api/v4`. */
export function gitlabRoutes(store: SandboxStore): Hono {
  const api = new Hono<GitLabEnv>();
  api.onError((error, c) => {
    if (error instanceof Refusal) return c.json(error.body, error.status);
    if (error instanceof MovedProject) return c.redirect(error.location, 302);
    throw error;
  });
  api.use(async (c, next) => {
    c.set("store", store);
    c.set("state", stateOf(store));
    c.set("user", callerOf(store, c));
    await next();
  });
  api.use(shownBudget(store));

  for (const add of resources) add(api);
  const root = new Hono();
  root.route("/api/v4", api);
  root.notFound((c) => c.json({ error: "404 Not Found" }, 404));
  return root;
}

const resources = [
  approvalRoutes,
  awardRoutes,
  branchRoutes,
  commitRoutes,
  fileRoutes,
  hookRoutes,
  jobRoutes,
  labelRoutes,
  memberRoutes,
  mergeRequestDiffRoutes,
  mergeRequestListRoutes,
  mergeRequestPipelineRoutes,
  mergeRequestRoutes,
  mergeRoutes,
  noteRoutes,
  pipelineRoutes,
  projectRoutes,
  statusListRoutes,
  statusRoutes,
  userRoutes,
];

/** Who a token speaks for: `PRIVATE-TOKEN: X`, `Authorization: Bearer X`, or `private_token=X`; 401 for one that is wrong. */
function callerOf(store: SandboxStore, c: Request): SandboxUser | undefined {
  const bearer = /^Bearer\s+(.+)$/i.exec(c.req.header("authorization")?.trim() ?? "")?.[1];
  const token = c.req.header("private-token") ?? bearer ?? c.req.query("private_token");
  if (token === undefined) return undefined;
  const user = store.userByToken(token);
  if (user === undefined) throw unauthorized();
  return user;
}
