import type { SandboxAccess, SandboxMergeRequest, SandboxRepository, SandboxUser } from "../model.js";
import type { SandboxCommit, SandboxStore } from "../store.js";
import { forbidden, MovedProject, notFound, notMovable, unauthorized } from "./errors.js";
import { type Request, pathNumber, pathPart } from "./http.js";

/** Who asks; 401 for nobody. */
export function signedIn(c: Request): SandboxUser {
  const { user } = c.var;
  if (user === undefined) throw unauthorized();
  return user;
}

/** The project of the path, by id or by path; 404 when it does not exist or may not be seen. */
export function readable(c: Request, id = pathPart(c, "id")): SandboxRepository {
  const { store } = c.var;
  const repository = /^\d+$/.test(id) ? store.repositoryById(Number(id)) : store.repositoryByPath(id);
  if (repository === undefined) throwIfMoved(c, id);
  if (repository === undefined || accessOf(c, repository) === undefined) throw notFound("Project");
  return repository;
}

/** Under its old path a project is read by its id, and not changed at all. */
function throwIfMoved(c: Request, path: string): void {
  const { store } = c.var;
  const moved = store.repositoryOnceAt(path);
  if (moved === undefined || accessOf(c, moved) === undefined) return;
  if (c.req.method !== "GET") throw notMovable();
  const asked = new URL(c.req.url);
  const place = asked.pathname.replace(/(\/projects\/)[^/]+/, `$1${moved.id}`);
  throw new MovedProject(`${store.url}${place}${asked.search}`);
}

/**
 * The projects of the group in the path that may be seen: those right in it, or those of groups below it, too. 404 for what
 * is no group, as the name of a user.
 */
export function readableIn(c: Request, depth: "right there" | "below"): readonly SandboxRepository[] {
  const { store } = c.var;
  const group = pathPart(c, "id").toLowerCase();
  const below = store.repositories().filter(({ path }) => path.toLowerCase().startsWith(`${group}/`));
  const found = below.filter((one) => accessOf(c, one) !== undefined);
  if (found.length === 0 || store.userByLogin(group) !== undefined) throw notFound("Group");
  return depth === "below" ? found : found.filter(({ path }) => !path.slice(group.length + 1).includes("/"));
}

/** The project of the path, for developers: who may push there. */
export function writable(c: Request): SandboxRepository {
  const repository = readable(c);
  signedIn(c);
  if (!mayWrite(accessOf(c, repository))) throw forbidden();
  return repository;
}

/** The project of the path, for its maintainers. */
export function administrable(c: Request): SandboxRepository {
  const repository = readable(c);
  signedIn(c);
  if (accessOf(c, repository) !== "admin") throw forbidden();
  return repository;
}

export function accessOf(c: Request, repository: SandboxRepository): SandboxAccess | undefined {
  return c.var.store.access(c.var.user, repository);
}

export function mayWrite(access: SandboxAccess | undefined): boolean {
  return access === "write" || access === "admin";
}

/** Whether somebody may change texts and state of a merge request: who wrote it, and developers. */
export function mayEdit(store: SandboxStore, user: SandboxUser, mergeRequest: SandboxMergeRequest): boolean {
  return user.id === mergeRequest.author.id || mayMerge(store, user, mergeRequest);
}

/** Whether somebody may push to the target branch. */
export function mayMerge(
  store: SandboxStore,
  user: SandboxUser,
  { repository }: SandboxMergeRequest,
): boolean {
  const target = store.repositoryById(repository);
  return target !== undefined && mayWrite(store.access(user, target));
}

/** The merge request of the path in the project of the path. */
export function mergeRequestOf(c: Request): SandboxMergeRequest {
  const repository = readable(c);
  const mergeRequest = c.var.store.mergeRequest(repository, pathNumber(c, "iid"));
  if (mergeRequest === undefined) throw notFound();
  return mergeRequest;
}

/** The commit that the path names by its id, a branch or a tag. */
export async function commitOf(c: Request, repository: SandboxRepository): Promise<SandboxCommit> {
  const commit = await c.var.store.commit(repository, pathPart(c, "sha"));
  if (commit === undefined) throw notFound("Commit");
  return commit;
}
