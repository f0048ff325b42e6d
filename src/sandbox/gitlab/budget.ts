import { randomUUID } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import type { SandboxStore } from "../store.js";
import type { GitLabEnv } from "./http.js";

/** Requests of one user in one minute, as on GitLab.com. */
const limit = 2000;
const windowSeconds = 60;

/**
 * Shows with each answer what the caller has asked in this minute. It refuses nobody: a clock that a test has stopped
 * would never begin another minute, and who wants refusals orders them from the sandbox.
 */
export function shownBudget(store: SandboxStore): MiddlewareHandler<GitLabEnv> {
  const counts = new Map<string, { used: number; readonly window: number }>();
  return async (c, next) => {
    const window = Math.floor(Date.parse(store.now()) / 1000 / windowSeconds);
    const caller = c.var.user?.login ?? "";
    const known = counts.get(caller);
    const count = known?.window === window ? known : { used: 0, window };
    counts.set(caller, count);
    count.used += 1;
    await next();

    const reset = (window + 1) * windowSeconds;
    c.header("x-request-id", randomUUID());
    c.header("ratelimit-limit", String(limit));
    c.header("ratelimit-observed", String(count.used));
    c.header("ratelimit-remaining", String(Math.max(0, limit - count.used)));
    c.header("ratelimit-reset", String(reset));
    c.header("ratelimit-resettime", new Date(reset * 1000).toUTCString());
  };
}
