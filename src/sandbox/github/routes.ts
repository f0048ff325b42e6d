import { Hono } from "hono";
import type { SandboxStore } from "../store.js";
import { actionsRoutes } from "./actions.js";
import { appRoutes } from "./app.js";
import { callerOf } from "./caller.js";
import { checkRoutes } from "./checks.js";
import { commentRoutes } from "./comments.js";
import { commitRoutes } from "./commits.js";
import { contentRoutes } from "./contents.js";
import { Refusal, notFound } from "./errors.js";
import { gitDataRoutes } from "./git-data.js";
import { graphqlRoutes } from "./graphql.js";
import { hookRoutes } from "./hooks.js";
import type { Api, GitHubEnv } from "./http.js";
import { issueRoutes } from "./issues.js";
import { mergeRoutes } from "./merges.js";
import { movedRepositories } from "./moved.js";
import { pullRoutes } from "./pulls.js";
import { conditional, countedRequests } from "./request-headers.js";
import { repositoryRoutes } from "./repositories.js";
import { reviewRoutes } from "./reviews.js";
import { statusRoutes } from "./statuses.js";
import { userRoutes } from "./users.js";

/** What an App may ask at least in an hour. */
const usualLimit = 5000;

/**
 * GitHub's REST API below `/api/v3`, and what there is of GraphQL below `/api`, as on a GitHub Enterprise. Each caller may
 * ask so many requests an hour.
 */
export function githubRoutes(store: SandboxStore, hourlyLimit = usualLimit): Hono {
  const root = new Hono();
  root.notFound((c) => c.json(notFound().body(), 404));
  root.route("/api/v3", apiOf({ store, hourlyLimit }, resources));
  root.route("/api", apiOf({ store, hourlyLimit }, [graphqlRoutes]));
  return root;
}

function apiOf(
  { store, hourlyLimit }: { readonly store: SandboxStore; readonly hourlyLimit: number },
  parts: readonly ((api: Api) => void)[],
): Api {
  const api: Api = new Hono<GitHubEnv>();
  api.onError((error, c) => {
    if (error instanceof Refusal) return c.json(error.body(), error.status);
    throw error;
  });
  api.use(async (c, next) => {
    c.set("store", store);
    c.set("caller", callerOf(store, c.req.header("authorization")));
    await next();
  });
  api.use(countedRequests(store, hourlyLimit));
  api.use(conditional);
  api.use(movedRepositories);

  for (const add of parts) add(api);
  return api;
}

const resources = [
  actionsRoutes,
  appRoutes,
  checkRoutes,
  commentRoutes,
  commitRoutes,
  contentRoutes,
  gitDataRoutes,
  hookRoutes,
  issueRoutes,
  mergeRoutes,
  pullRoutes,
  repositoryRoutes,
  reviewRoutes,
  statusRoutes,
  userRoutes,
];
