import { createHash, randomUUID } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import type { SandboxStore } from "../store.js";
import { Refusal } from "./errors.js";
import type { Caller, GitHubEnv, Request } from "./http.js";

const window = 3600;

/** The budget of one caller: GitHub counts by the hour. */
interface Budget {
  readonly limit: number;
  used: number;
  /** Seconds since 1970. */
  reset: number;
}

/** Names each request, and answers 304 when the asker has seen the same before. */
export const conditional: MiddlewareHandler = async (c, next) => {
  await next();
  c.header("x-github-request-id", randomUUID());
  c.header("x-github-media-type", "github.v3; format=json");
  if (c.req.method !== "GET" || c.res.status !== 200) return;

  // GitHub's are of one token alone: to another, or to a newer one of the same App, everything is new.
  const tag = `W/"${createHash("sha256")
    .update(c.req.header("authorization") ?? "")
    .update(Buffer.from(await c.res.clone().arrayBuffer()))
    .digest("hex")}"`;
  c.header("etag", tag);
  c.header("cache-control", "private, max-age=60, s-maxage=60");
  if (c.req.header("if-none-match") === tag) notModified(c);
};

function notModified(c: Context): void {
  const headers = new Headers(c.res.headers);
  headers.delete("content-type");
  headers.delete("content-length");
  c.res = undefined;
  c.res = new Response(null, { status: 304, headers });
}

/** Counts what each caller asks, shows the budget in every answer, and refuses what is beyond it. */
export function countedRequests(store: SandboxStore, hourlyLimit: number): MiddlewareHandler<GitHubEnv> {
  const budgets = new Map<string, Budget>();
  return async (c, next) => {
    const budget = budgetOf(budgets, c.var.caller, {
      limit: hourlyLimit,
      now: Date.parse(store.now()) / 1000,
    });
    // Asking for the budget costs nothing.
    if (!c.req.path.endsWith("/rate_limit")) budget.used += 1;
    showBudget(c, budget);
    c.set("budget", { limit: hourlyLimit, used: Math.min(budget.used, hourlyLimit), reset: budget.reset });
    if (budget.used > hourlyLimit) throw new Refusal(403, "API rate limit exceeded");
    await next();
    if (c.res.status === 304) refund(c, budget);
  };
}

function refund(c: Request, budget: Budget): void {
  budget.used -= 1;
  showBudget(c, budget);
}

function budgetOf(
  budgets: Map<string, Budget>,
  caller: Caller,
  { limit, now }: { readonly limit: number; readonly now: number },
): Budget {
  const name = "user" in caller ? caller.user.login : caller.kind;
  const known = budgets.get(name);
  if (known !== undefined && known.reset > now) return known;
  const fresh = { limit, used: 0, reset: Math.floor(now) + window };
  budgets.set(name, fresh);
  return fresh;
}

function showBudget(c: Request, { limit, used, reset }: Budget): void {
  c.header("x-ratelimit-limit", String(limit));
  c.header("x-ratelimit-remaining", String(Math.max(0, limit - used)));
  c.header("x-ratelimit-used", String(Math.min(used, limit)));
  c.header("x-ratelimit-reset", String(reset));
  c.header("x-ratelimit-resource", "core");
}
