import { z } from "zod";
import type { SandboxHook, SandboxRepository } from "../model.js";
import { administrable } from "./access.js";
import { hookFlags, hookObject } from "./entities/hook.js";
import { invalid, notFound } from "./errors.js";
import { type Api, type Request, paged, pathNumber } from "./http.js";
import { flag, parameters, text } from "./parameters.js";

export function hookRoutes(api: Api): void {
  const hooks = "/projects/:id/hooks";
  api.get(hooks, listHooks);
  api.post(hooks, addHook);
  api.get(`${hooks}/:hook`, showHook);
  api.put(`${hooks}/:hook`, editHook);
  api.delete(`${hooks}/:hook`, deleteHook);
}

function listHooks(c: Request) {
  const repository = administrable(c);
  return c.json(paged(c, repository.hooks).map((hook) => hookObject(repository, hook)));
}

function showHook(c: Request) {
  const repository = administrable(c);
  return c.json(hookObject(repository, hookOf(c, repository)));
}

function hookOf(c: Request, { hooks }: SandboxRepository): SandboxHook {
  const hook = hooks.find(({ id }) => id === pathNumber(c, "hook"));
  if (hook === undefined) throw notFound();
  return hook;
}

const optionalFlag = flag.optional();
const flags = Object.fromEntries(hookFlags.map((name) => [name, optionalFlag])) as Record<
  (typeof hookFlags)[number],
  typeof optionalFlag
>;
const secrets = { token: text.optional(), signing_token: text.optional() };
const newHook = z.object({ url: text, ...secrets, ...flags });
const changedHook = z.object({ url: text.optional(), ...secrets, ...flags });
type Wanted = z.infer<typeof changedHook>;

async function addHook(c: Request) {
  const repository = administrable(c);
  const wanted = await parameters(c, newHook);
  check(wanted);
  const hook = c.var.store.addHook(repository, {
    url: wanted.url,
    secret: wanted.token ?? "",
    signingToken: wanted.signing_token,
    // Only pushes are told to who asks for nothing.
    events: subscriptions(["push_events"], wanted),
  });
  return c.json(hookObject(repository, hook), 201);
}

async function editHook(c: Request) {
  const repository = administrable(c);
  const hook = hookOf(c, repository);
  const wanted = await parameters(c, changedHook);
  check(wanted);
  const moved = wanted.url !== undefined && wanted.url !== hook.url;
  const changed: SandboxHook = {
    ...hook,
    url: wanted.url ?? hook.url,
    // A token is not handed to another address: GitLab forgets it when the address changes.
    secret: wanted.token ?? (moved ? "" : hook.secret),
    signingToken: wanted.signing_token ?? hook.signingToken,
    events: subscriptions(hook.events, wanted),
  };
  repository.hooks.splice(repository.hooks.indexOf(hook), 1, changed);
  return c.json(hookObject(repository, changed));
}

function deleteHook(c: Request) {
  const repository = administrable(c);
  repository.hooks.splice(repository.hooks.indexOf(hookOf(c, repository)), 1);
  return c.body(null, 204);
}

function subscriptions(present: readonly string[], wanted: Wanted): readonly string[] {
  return hookFlags.filter((name) => wanted[name] ?? present.includes(name));
}

function check({ url, signing_token: signingToken }: Wanted): void {
  if (url !== undefined && !/^https?:\/\/\S+$/.test(url)) {
    throw invalid({ url: ["is blocked: Only allowed schemes are http, https"] });
  }
  if (signingToken !== undefined && !/^whsec_[A-Za-z0-9+/]{43}=$/.test(signingToken)) {
    throw invalid({ signing_token: ["is invalid"] });
  }
}
