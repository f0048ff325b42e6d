import type { MiddlewareHandler } from "hono";
import { accessOf } from "./access.js";
import { apiUrl } from "./entities/links.js";
import type { GitHubEnv } from "./http.js";

/** What GitHub answers under the old path of a repository: where it is by its id; 307 keeps the method, 301 need not. */
export const movedRepositories: MiddlewareHandler<GitHubEnv> = async (c, next) => {
  const [, path = "", rest = ""] = /\/repos\/([^/]+\/[^/]+)(\/.*)?$/.exec(c.req.path) ?? [];
  const { store } = c.var;
  const moved = store.repositoryByPath(path) === undefined ? store.repositoryOnceAt(path) : undefined;
  if (moved === undefined || (c.var.caller.kind !== "app" && accessOf(c, moved) === undefined)) return next();
  const url = `${apiUrl(store)}/repositories/${moved.id}${rest}${new URL(c.req.url).search}`;
  c.header("location", url);
  const body = { message: "Moved Permanently", url, documentation_url: "https://docs.github.com/rest" };
  return c.json(body, c.req.method === "GET" ? 301 : 307);
};
