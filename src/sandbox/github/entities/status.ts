import type { SandboxRepository, SandboxStatus } from "../../model.js";
import type { SandboxStore } from "../../store.js";
import { nodeId, repositoryUrl, repositoryWithId } from "./links.js";
import { minimalRepository } from "./repository.js";
import { simpleUser } from "./user.js";

export function statusObject(store: SandboxStore, status: SandboxStatus) {
  return { ...simpleStatus(store, status), creator: simpleUser(store, status.author) };
}

function simpleStatus(store: SandboxStore, status: SandboxStatus) {
  const repository = repositoryWithId(store, status.repository);
  return {
    url: `${repositoryUrl(store, repository)}/statuses/${status.commit}`,
    avatar_url: `${store.url}/avatars/u/${status.author.id}`,
    id: status.id,
    node_id: nodeId("StatusContext", status.id),
    state: status.state,
    description: status.description ?? null,
    target_url: status.targetUrl ?? null,
    context: status.context,
    created_at: status.createdAt,
    updated_at: status.updatedAt,
  };
}

/** The latest status of each context, and what they come to together. */
export function combinedStatus(
  store: SandboxStore,
  repository: SandboxRepository,
  { commit, page }: { readonly commit: string; readonly page: <T>(items: readonly T[]) => readonly T[] },
) {
  const latest = latestStatuses(store, repository, commit);
  const url = `${repositoryUrl(store, repository)}/commits/${commit}`;
  return {
    state: combinedState(latest),
    statuses: page(latest).map((status) => simpleStatus(store, status)),
    sha: commit,
    total_count: latest.length,
    repository: minimalRepository(store, repository),
    commit_url: url,
    url: `${url}/status`,
  };
}

function latestStatuses(
  store: SandboxStore,
  repository: SandboxRepository,
  commit: string,
): readonly SandboxStatus[] {
  const byContext = new Map(
    store.statuses(repository, commit).map((status) => [status.context.toLowerCase(), status]),
  );
  return [...byContext.values()];
}

/** GitHub calls a commit without any status pending, too. */
function combinedState(statuses: readonly SandboxStatus[]): "failure" | "pending" | "success" {
  if (statuses.some(({ state }) => state === "failure" || state === "error")) return "failure";
  return statuses.length > 0 && statuses.every(({ state }) => state === "success") ? "success" : "pending";
}
