import type { SandboxAccess, SandboxMergeRequest, SandboxRepository, SandboxUser } from "../model.js";
import type { SandboxApp, SandboxCommit } from "../store.js";
import { Refusal, noCommitFound, notFound, notForIntegrations, requiresAuthentication } from "./errors.js";
import { type Request, numberParameter, parameter } from "./http.js";

/** The account that asks; 401 for nobody, 403 for an app without an installation. */
export function signedIn(c: Request): SandboxUser {
  const { caller } = c.var;
  if (caller.kind === "nobody") throw requiresAuthentication();
  if (caller.kind === "app") throw notForIntegrations();
  return caller.user;
}

export function asker(c: Request): SandboxUser | undefined {
  const { caller } = c.var;
  return "user" in caller ? caller.user : undefined;
}

/** The app that asks by its JWT. */
export function askingApp(c: Request): SandboxApp {
  const { caller, store } = c.var;
  if (caller.kind !== "app" || store.app === undefined) {
    throw new Refusal(401, "A JSON web token could not be decoded");
  }
  return store.app;
}

/** The repository of the path; 404 when it does not exist or may not be seen. */
export function readable(c: Request): SandboxRepository {
  const repository = c.var.store.repositoryByPath(`${parameter(c, "owner")}/${parameter(c, "repo")}`);
  if (repository === undefined || accessOf(c, repository) === undefined) throw notFound();
  return repository;
}

/** The repository of the path, for somebody who may push to it. */
export function writable(c: Request): SandboxRepository {
  const repository = readable(c);
  signedIn(c);
  if (!mayWrite(accessOf(c, repository))) throw forbidden(c, "Must have push access to the repository.");
  return repository;
}

/** The repository of the path, for its administrators. */
export function administrable(c: Request): SandboxRepository {
  const repository = readable(c);
  signedIn(c);
  if (accessOf(c, repository) !== "admin") throw forbidden(c, "Must have admin rights to Repository.");
  return repository;
}

export function accessOf(c: Request, repository: SandboxRepository): SandboxAccess | undefined {
  return c.var.store.access(asker(c), repository);
}

export function mayWrite(access: SandboxAccess | undefined): boolean {
  return access === "write" || access === "admin";
}

export function forbidden(c: Request, message: string): Refusal {
  return c.var.caller.kind === "installation" ? notForIntegrations() : new Refusal(403, message);
}

/** The pull request of the path, by the given part of it. */
export function pullRequestOf(c: Request, repository: SandboxRepository, part: string): SandboxMergeRequest {
  const mergeRequest = c.var.store.mergeRequest(repository, numberParameter(c, part));
  if (mergeRequest === undefined) throw notFound();
  return mergeRequest;
}

/** A branch, tag or commit of the repository; GitHub also takes `heads/…` and `tags/…`. 422 when there is none. */
export async function commitOf(
  c: Request,
  repository: SandboxRepository,
  revision: string,
): Promise<SandboxCommit> {
  const { store } = c.var;
  const commit = revision.startsWith("-")
    ? undefined
    : ((await store.commit(repository, revision)) ?? (await store.commit(repository, `refs/${revision}`)));
  if (commit === undefined) throw noCommitFound(revision);
  return commit;
}
