import type { Dialect } from "../dialect.js";
import { githubRoutes } from "./routes.js";
import { githubWebhooks } from "./webhooks.js";

/** GitHub's REST API and webhooks. */
export const githubDialect: Dialect = { routes: githubRoutes, webhooks: githubWebhooks };
