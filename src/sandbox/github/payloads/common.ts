import type { SandboxRepository, SandboxUser } from "../../model.js";
import type { SandboxApp, SandboxCommit, SandboxStore } from "../../store.js";
import { nodeId } from "../entities/links.js";
import { repositoryObject } from "../entities/repository.js";
import { simpleUser } from "../entities/user.js";

/** An event and its payload, before it is addressed to a hook. */
export interface Announcement {
  readonly event: string;
  readonly payload: object;
}

/** What every payload ends with: where it happened and who did it. */
export function setting(store: SandboxStore, repository: SandboxRepository, by: SandboxUser) {
  return { repository: repositoryObject(store, repository), sender: simpleUser(store, by) };
}

export function installationMention({ installationId }: SandboxApp) {
  return { id: installationId, node_id: nodeId("Integration", installationId) };
}

/** A commit that the store itself refers to. */
export async function commitWithId(
  store: SandboxStore,
  repository: SandboxRepository,
  id: string,
): Promise<SandboxCommit> {
  const commit = await store.commit(repository, id);
  if (commit === undefined) throw new Error(`the sandbox has lost commit ${id} of ${repository.path}`);
  return commit;
}
