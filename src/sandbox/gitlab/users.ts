import { z } from "zod";
import { signedIn } from "./access.js";
import { userBasic, userOf, userPublic } from "./entities/user.js";
import { notFound } from "./errors.js";
import { type Api, type Request, paged, pathNumber } from "./http.js";
import { parameters, text } from "./parameters.js";

export function userRoutes(api: Api): void {
  api.get("/user", (c) => c.json(userPublic(c.var.store, signedIn(c))));
  api.get("/users", listUsers);
  api.get("/users/:id", showUser);
  api.get("/personal_access_tokens/self", showToken);
  api.get("/metadata", showMetadata);
  api.get("/version", showMetadata);
}

async function listUsers(c: Request) {
  const { username, search } = await parameters(
    c,
    z.object({ username: text.optional(), search: text.default("") }),
  );
  const sought = search.toLowerCase();
  const found = c.var.store
    .users()
    .filter(({ login }) => username === undefined || login.toLowerCase() === username.toLowerCase())
    .filter(({ login, name }) => `${login}\n${name}`.toLowerCase().includes(sought));
  return c.json(paged(c, found).map((user) => userBasic(c.var.store, user)));
}

function showUser(c: Request) {
  const user = c.var.store.userById(pathNumber(c, "id"));
  if (user === undefined) throw notFound("User");
  return c.json(userOf(c.var.store, user));
}

/** The token that asks. All of the sandbox's may do everything and last for ever. */
function showToken(c: Request) {
  const { id } = signedIn(c);
  const now = c.var.store.now();
  return c.json({
    id,
    name: "sandbox",
    description: null,
    revoked: false,
    active: true,
    created_at: now,
    expires_at: null,
    last_used_at: now,
    last_used_ips: [],
    scopes: ["api"],
    granular: false,
    granular_scopes: [],
    user_id: id,
  });
}

function showMetadata(c: Request) {
  signedIn(c);
  const kas = { enabled: false, externalUrl: null, externalK8sProxyUrl: null, version: null };
  return c.json({ version: "19.5.0-sandbox", revision: "sandbox", kas, enterprise: false });
}
