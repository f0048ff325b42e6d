import { z } from "zod";
import type { SandboxRepository } from "../model.js";
import { accessOf, readable, readableIn, signedIn } from "./access.js";
import { accessLevel, project } from "./entities/project.js";
import { conflict, forbidden, invalid, malformed, notFound } from "./errors.js";
import { type Api, type Request, paged } from "./http.js";
import { flag, integer, parameters, text } from "./parameters.js";

export function projectRoutes(api: Api): void {
  api.get("/projects", listProjects);
  api.post("/projects", createProject);
  api.get("/groups/:id/projects", listGroupProjects);
  api.get("/projects/:id", async (c) => c.json(await shown(c, readable(c))));
  api.post("/projects/:id/fork", fork);
}

function shown(c: Request, repository: SandboxRepository) {
  return project(c.var.store, repository, c.var.user);
}

async function listProjects(c: Request) {
  const { membership, owned, search } = await parameters(
    c,
    z.object({ membership: flag.default(false), owned: flag.default(false), search: text.default("") }),
  );
  const { store, user } = c.var;
  const found = store
    .repositories()
    .filter((one) => accessOf(c, one) !== undefined)
    .filter((one) => !membership || (user !== undefined && accessLevel(one, user) !== undefined))
    .filter((one) => !owned || one.owner.id === user?.id)
    .filter(({ path }) => path.toLowerCase().includes(search.toLowerCase()))
    .reverse();
  return c.json(await Promise.all(paged(c, found).map((one) => shown(c, one))));
}

async function listGroupProjects(c: Request) {
  const found = readableIn(c, "right there");
  return c.json(await Promise.all(paged(c, found).map((one) => shown(c, one))));
}

const newProject = z.object({
  name: text.optional(),
  path: text.optional(),
  namespace_id: integer.optional(),
  /** Groups have no life of their own in the sandbox: whoever makes a project in one owns it. */
  namespace_path: text.optional(),
  visibility: z.enum(["private", "internal", "public"]).default("private"),
  default_branch: text.optional(),
});

async function createProject(c: Request) {
  const { store } = c.var;
  const owner = signedIn(c);
  const wanted = await parameters(c, newProject);
  const name = wanted.path ?? wanted.name?.toLowerCase().replace(/[^\w.-]+/g, "-");
  if (name === undefined) throw malformed("name, path are missing, at least one parameter must be provided");

  const namespace = wanted.namespace_path ?? namespaceById(c, wanted.namespace_id) ?? owner.login;
  const path = `${namespace}/${name}`;
  const holder = store.userByLogin(namespace);
  if (holder !== undefined && holder.id !== owner.id) throw forbidden();
  if (store.repositoryByPath(path) !== undefined) {
    throw invalid({
      "project_namespace.name": ["has already been taken"],
      name: ["has already been taken"],
      path: ["has already been taken"],
    });
  }
  const made = await store.createRepository({
    path,
    owner,
    private: wanted.visibility === "private",
    ...(wanted.default_branch === undefined ? {} : { defaultBranch: wanted.default_branch }),
  });
  return c.json(await shown(c, made), 201);
}

function namespaceById(c: Request, id: number | undefined): string | undefined {
  if (id === undefined) return undefined;
  const user = c.var.store.userById(id);
  if (user === undefined) throw invalid({ namespace: ["is not valid"] });
  return user.login;
}

const newFork = z.object({
  namespace_path: text.optional(),
  path: text.optional(),
  name: text.optional(),
});

async function fork(c: Request) {
  const { store } = c.var;
  const origin = readable(c);
  const user = signedIn(c);
  const wanted = await parameters(c, newFork);
  if (wanted.namespace_path !== undefined && wanted.namespace_path !== user.login)
    throw notFound("Target Namespace");
  const name = wanted.path ?? origin.path.slice(origin.path.lastIndexOf("/") + 1);
  if (store.repositoryByPath(`${user.login}/${name}`) !== undefined) {
    throw conflict([
      "Project namespace name has already been taken",
      "Name has already been taken",
      "Path has already been taken",
    ]);
  }
  // GitLab copies it afterwards: its answer is older than the repository.
  return c.json(
    { ...(await shown(c, await store.fork(origin, user, name))), import_status: "scheduled" },
    201,
  );
}
