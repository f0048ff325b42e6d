import type { SandboxJob, SandboxMergeRequest, SandboxPipeline, SandboxRepository } from "../../model.js";
import type { SandboxStore } from "../../store.js";

/** The repository with an id that something of the store refers to. */
export function repositoryWithId(store: SandboxStore, id: number): SandboxRepository {
  const repository = store.repositoryById(id);
  if (repository === undefined) throw new Error(`the sandbox has lost project ${id}`);
  return repository;
}

export function projectPage(store: SandboxStore, { path }: SandboxRepository): string {
  return `${store.url}/${path}`;
}

export function sshUrl(store: SandboxStore, { path }: SandboxRepository): string {
  return `git@${new URL(store.url).hostname}:${path}.git`;
}

export function mergeRequestPage(store: SandboxStore, { repository, number }: SandboxMergeRequest): string {
  return `${projectPage(store, repositoryWithId(store, repository))}/-/merge_requests/${number}`;
}

export function commitPage(store: SandboxStore, repository: SandboxRepository, commit: string): string {
  return `${projectPage(store, repository)}/-/commit/${commit}`;
}

export function pipelinePage(store: SandboxStore, { repository, id }: SandboxPipeline): string {
  return `${projectPage(store, repositoryWithId(store, repository))}/-/pipelines/${id}`;
}

export function jobPage(store: SandboxStore, { repository }: SandboxPipeline, { id }: SandboxJob): string {
  return `${projectPage(store, repositoryWithId(store, repository))}/-/jobs/${id}`;
}

/** The first and the last part of a path: `group/sub` and `name`. */
export function splitPath({ path }: SandboxRepository): {
  readonly namespace: string;
  readonly name: string;
} {
  const slash = path.lastIndexOf("/");
  return { namespace: path.slice(0, Math.max(0, slash)), name: path.slice(slash + 1) };
}
