import { createHash } from "node:crypto";
import type { SandboxMergeRequest, SandboxRepository } from "../../model.js";
import type { SandboxStore } from "../../store.js";

/** The root of the REST API, as of a GitHub Enterprise. */
export function apiUrl(store: SandboxStore): string {
  return `${store.url}/api/v3`;
}

export function repositoryUrl(store: SandboxStore, repository: SandboxRepository): string {
  return `${apiUrl(store)}/repos/${repository.path}`;
}

export function repositoryPage(store: SandboxStore, repository: SandboxRepository): string {
  return `${store.url}/${repository.path}`;
}

export function pullRequestPage(
  store: SandboxStore,
  repository: SandboxRepository,
  { number }: SandboxMergeRequest,
): string {
  return `${repositoryPage(store, repository)}/pull/${number}`;
}

/** GitHub's opaque global ids: unique, stable, and of no meaning to anybody else. */
export function nodeId(kind: string, id: number | string): string {
  return Buffer.from(`${kind}${id}`).toString("base64url");
}

/** A stable number for what the store knows by name only; far above the ids that it counts. */
export function numberFor(name: string): number {
  return 1e9 + createHash("sha256").update(name).digest().readUInt32BE();
}

/** The first part of a repository's path. */
export function ownerLogin(repository: SandboxRepository): string {
  return repository.path.slice(0, repository.path.indexOf("/"));
}

/** A repository that the store itself refers to. */
export function repositoryWithId(store: SandboxStore, id: number): SandboxRepository {
  const repository = store.repositoryById(id);
  if (repository === undefined) throw new Error(`the sandbox has lost its repository ${id}`);
  return repository;
}
