import { z } from "zod";
import type { SandboxRepository, SandboxUser } from "../model.js";
import { accessOf, administrable, forbidden, readable, signedIn } from "./access.js";
import { ownerLogin } from "./entities/links.js";
import { fullRepository, minimalRepository, permissions } from "./entities/repository.js";
import { simpleUser } from "./entities/user.js";
import { notFound, validationFailed } from "./errors.js";
import { type Api, type Request, body, numberParameter, paged, parameter } from "./http.js";

export function repositoryRoutes(api: Api): void {
  api.get("/repos/:owner/:repo", (c) => c.json(shown(c, readable(c))));
  api.patch("/repos/:owner/:repo", changeRepository);
  api.get("/repositories/:id", repositoryById);
  api.get("/orgs/:org/repos", (c) => listOwned(c, organisation(c)));
  api.get("/users/:username/repos", (c) => listOwned(c, parameter(c, "username")));
  api.post("/user/repos", (c) => createRepository(c, signedIn(c).login));
  api.post("/orgs/:org/repos", (c) => createRepository(c, parameter(c, "org")));
  api.get("/repos/:owner/:repo/forks", listForks);
  api.post("/repos/:owner/:repo/forks", createFork);
  api.get("/repos/:owner/:repo/collaborators/:username/permission", permission);
}

function shown(c: Request, repository: SandboxRepository): object {
  return fullRepository(c.var.store, repository, accessOf(c, repository));
}

function repositoryById(c: Request) {
  const repository = c.var.store.repositoryById(numberParameter(c, "id"));
  if (repository === undefined || accessOf(c, repository) === undefined) throw notFound();
  return c.json(shown(c, repository));
}

/** An organisation is made by putting the first repository into it; users are none. */
export function organisation(c: Request): string {
  const { store } = c.var;
  const org = parameter(c, "org");
  const isThere = store.repositories().some((one) => ownerLogin(one).toLowerCase() === org.toLowerCase());
  if (!isThere || store.userByLogin(org) !== undefined) throw notFound();
  return org;
}

function listOwned(c: Request, owner: string) {
  const { store } = c.var;
  const owned = store
    .repositories()
    .filter((one) => ownerLogin(one).toLowerCase() === owner.toLowerCase())
    .filter((one) => accessOf(c, one) !== undefined);
  return c.json(paged(c, owned).map((one) => minimalRepository(store, one)));
}

async function changeRepository(c: Request) {
  const repository = administrable(c);
  const { default_branch: branch } = await body(c, z.object({ default_branch: z.string().optional() }));
  if (branch !== undefined) {
    if ((await c.var.store.branch(repository, branch)) === undefined) {
      throw validationFailed({ resource: "Repository", field: "default_branch", code: "invalid" });
    }
    repository.defaultBranch = branch;
  }
  return c.json(shown(c, repository));
}

const wantedRepository = z.object({
  name: z.string().regex(/^[\w.-]+$/),
  private: z.boolean().optional(),
});

async function createRepository(c: Request, owner: string) {
  const { store } = c.var;
  const user = signedIn(c);
  const wanted = await body(c, wantedRepository);
  const path = `${owner}/${wanted.name}`;
  if (!mayCreateUnder(c, { owner, user })) throw notFound();
  if (store.repositoryByPath(path) !== undefined) {
    throw validationFailed({
      resource: "Repository",
      code: "custom",
      field: "name",
      message: "name already exists on this account",
    });
  }
  const repository = await store.createRepository({ path, owner: user, private: wanted.private ?? false });
  return c.json(shown(c, repository), 201);
}

/** Under one's own name, or in an organisation, which is made by putting the first repository into it. */
function mayCreateUnder(
  c: Request,
  { owner, user }: { readonly owner: string; readonly user: SandboxUser },
): boolean {
  if (owner === user.login) return true;
  const { store } = c.var;
  if (store.userByLogin(owner) !== undefined) return false;
  const siblings = store.repositories().filter((repository) => ownerLogin(repository) === owner);
  return siblings.length === 0 || siblings.some((repository) => repository.owner.id === user.id);
}

function listForks(c: Request) {
  const { store } = c.var;
  const repository = readable(c);
  const forks = store
    .repositories()
    .filter((fork) => fork.forkOf === repository.id && accessOf(c, fork) !== undefined);
  return c.json(paged(c, forks).map((fork) => minimalRepository(store, fork)));
}

async function createFork(c: Request) {
  const repository = readable(c);
  const { store } = c.var;
  const user = signedIn(c);
  // An installation would need to administer the account that the fork goes to.
  if (c.var.caller.kind === "installation") throw forbidden(c, "Resource not accessible by integration");
  if (repository.owner.id === user.id) return c.json(shown(c, repository), 202);
  const present = store
    .repositories()
    .find(({ forkOf, owner }) => forkOf === repository.id && owner.id === user.id);
  return c.json(shown(c, present ?? (await store.fork(repository, user, freeName(c, repository)))), 202);
}

/** `hello`, or `hello-1` where the account has something else of that name. */
function freeName(c: Request, { path }: SandboxRepository): string {
  const { store } = c.var;
  const name = path.slice(path.lastIndexOf("/") + 1);
  const isTaken = (candidate: string) =>
    store.repositoryByPath(`${signedIn(c).login}/${candidate}`) !== undefined;
  let candidate = name;
  for (let count = 1; isTaken(candidate); count++) candidate = `${name}-${count}`;
  return candidate;
}

function permission(c: Request) {
  const { store } = c.var;
  const repository = readable(c);
  signedIn(c);
  const user = store.userByLogin(parameter(c, "username"));
  if (user === undefined) throw notFound();
  const access = store.access(user, repository);
  const word = access ?? "none";
  return c.json({
    permission: word,
    role_name: word,
    user: { ...simpleUser(store, user), permissions: permissions(access), role_name: word },
  });
}
