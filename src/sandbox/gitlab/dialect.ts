import type { Dialect } from "../dialect.js";
import { gitlabRoutes } from "./routes.js";
import { gitlabWebhooks } from "./webhooks.js";

/** GitLab's REST API and webhooks. */
export const gitlabDialect: Dialect = { routes: gitlabRoutes, webhooks: gitlabWebhooks };
