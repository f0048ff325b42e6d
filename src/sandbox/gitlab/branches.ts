import { z } from "zod";
import type { SandboxRepository } from "../model.js";
import { readable, signedIn, writable } from "./access.js";
import { branchObject } from "./entities/commit.js";
import { badRequest, notFound, Refusal } from "./errors.js";
import { type Api, type Request, paged, pathPart } from "./http.js";
import { parameters, text } from "./parameters.js";

export function branchRoutes(api: Api): void {
  const branches = "/projects/:id/repository/branches";
  api.get(branches, listBranches);
  api.post(branches, createBranch);
  api.get(`${branches}/:branch`, async (c) => c.json(await shown(c, readable(c), pathPart(c, "branch"))));
  api.delete(`${branches}/:branch`, deleteBranch);
}

async function listBranches(c: Request) {
  const repository = readable(c);
  const { search, regex } = await parameters(
    c,
    z.object({ search: text.optional(), regex: text.optional() }),
  );
  const wanted = nameTest({ search, regex });
  const found = (await c.var.store.branches(repository)).filter(({ name }) => wanted(name));
  return c.json(await Promise.all(paged(c, found).map(({ name }) => shown(c, repository, name))));
}

/** `^term` begins so, `term$` ends so; else it is anywhere in the name. */
function nameTest({ search = "", regex }: { search?: string | undefined; regex?: string | undefined }) {
  if (regex !== undefined) {
    const pattern = compiled(regex);
    return (name: string) => pattern.test(name);
  }
  if (search.startsWith("^")) return (name: string) => name.startsWith(search.slice(1));
  if (search.endsWith("$")) return (name: string) => name.endsWith(search.slice(0, -1));
  return (name: string) => name.toLowerCase().includes(search.toLowerCase());
}

function compiled(regex: string): RegExp {
  try {
    return new RegExp(regex);
  } catch {
    throw badRequest("regex is invalid");
  }
}

async function shown(c: Request, repository: SandboxRepository, name: string) {
  const { store, user } = c.var;
  const tip = await store.branch(repository, name);
  const commit = tip === undefined ? undefined : await store.commit(repository, tip);
  if (commit === undefined) throw notFound("Branch");
  return branchObject(store, { name, commit, repository }, user);
}

async function createBranch(c: Request) {
  const { store } = c.var;
  const repository = writable(c);
  const { branch: name, ref } = await parameters(c, z.object({ branch: text, ref: text }));
  if (!/^(?![-/.])(?!.*(?:\.\.|\/\/|@\{|\.lock$|[/.]$))[^\s~^:?*[\\]+$/.test(name)) {
    throw new Refusal(400, { message: "Branch name is invalid" });
  }
  if ((await store.branch(repository, name)) !== undefined) {
    throw new Refusal(400, { message: "Branch already exists" });
  }
  const commit = await store.commit(repository, ref);
  if (commit === undefined)
    throw new Refusal(400, { message: `Failed to create branch '${name}': invalid reference name '${ref}'` });
  await store.createBranch(repository, { name, commit: commit.id, by: signedIn(c) });
  return c.json(await shown(c, repository, name), 201);
}

async function deleteBranch(c: Request) {
  const repository = writable(c);
  const name = pathPart(c, "branch");
  await shown(c, repository, name);
  if (name === repository.defaultBranch) {
    throw new Refusal(400, { message: "Cannot remove HEAD branch" });
  }
  await c.var.store.deleteBranch(repository, { name, by: signedIn(c) });
  return c.body(null, 204);
}
