import { asker, signedIn } from "./access.js";
import { privateUser, publicUser } from "./entities/user.js";
import { notFound, notForIntegrations } from "./errors.js";
import { type Api, type Request, parameter } from "./http.js";

export function userRoutes(api: Api): void {
  api.get("/user", ownAccount);
  api.get("/users/:username", account);
  api.get("/rate_limit", rateLimit);
}

function ownAccount(c: Request) {
  // An installation is no person: GitHub lets its token ask about anybody but itself.
  if (c.var.caller.kind === "installation") throw notForIntegrations();
  return c.json(privateUser(c.var.store, signedIn(c)));
}

function account(c: Request) {
  const { store } = c.var;
  const user = store.userByLogin(parameter(c, "username"));
  if (user === undefined) throw notFound();
  return c.json(user.id === asker(c)?.id && !user.bot ? privateUser(store, user) : publicUser(store, user));
}

function rateLimit(c: Request) {
  const { limit, used, reset } = c.var.budget;
  const core = { limit, used, remaining: limit - used, reset };
  const untouched = { limit: 30, used: 0, remaining: 30, reset };
  return c.json({ resources: { core, search: untouched }, rate: core });
}
