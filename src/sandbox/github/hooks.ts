import { z } from "zod";
import type { SandboxHook } from "../model.js";
import { administrable } from "./access.js";
import { hookObject } from "./entities/app.js";
import { notFound, validationFailed } from "./errors.js";
import { type Api, type Request, body, numberParameter, paged } from "./http.js";

export function hookRoutes(api: Api): void {
  api.get("/repos/:owner/:repo/hooks", listHooks);
  api.post("/repos/:owner/:repo/hooks", createHook);
  api.get("/repos/:owner/:repo/hooks/:id", showHook);
  api.delete("/repos/:owner/:repo/hooks/:id", deleteHook);
}

function listHooks(c: Request) {
  const repository = administrable(c);
  return c.json(paged(c, repository.hooks).map((hook) => hookObject(c.var.store, repository, hook)));
}

const newHook = z.object({
  name: z.string().optional(),
  active: z.boolean().optional(),
  events: z.array(z.string()).default(["push"]),
  config: z.object({ url: z.string().default(""), secret: z.string().default("") }),
});

async function createHook(c: Request) {
  const repository = administrable(c);
  const { config, events } = await body(c, newHook);
  if (!/^https?:\/\//.test(config.url)) {
    throw validationFailed({
      resource: "Hook",
      code: "custom",
      field: "url",
      message: "url is not a valid URL",
    });
  }
  if (repository.hooks.some(({ url }) => url === config.url)) {
    throw validationFailed({
      resource: "Hook",
      code: "custom",
      message: "Hook already exists on this repository",
    });
  }
  const hook = c.var.store.addHook(repository, {
    url: config.url,
    secret: config.secret,
    signingToken: undefined,
    events,
  });
  return c.json(hookObject(c.var.store, repository, hook), 201);
}

function hookOf(c: Request): SandboxHook {
  const hook = administrable(c).hooks.find(({ id }) => id === numberParameter(c, "id"));
  if (hook === undefined) throw notFound();
  return hook;
}

function showHook(c: Request) {
  return c.json(hookObject(c.var.store, administrable(c), hookOf(c)));
}

function deleteHook(c: Request) {
  const { hooks } = administrable(c);
  hooks.splice(hooks.indexOf(hookOf(c)), 1);
  return c.body(null, 204);
}
