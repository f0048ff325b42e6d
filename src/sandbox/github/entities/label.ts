import type { SandboxRepository } from "../../model.js";
import type { SandboxStore } from "../../store.js";
import { nodeId, numberFor, repositoryUrl } from "./links.js";

/** A label, which the sandbox knows by its name alone. */
export function labelObject(store: SandboxStore, repository: SandboxRepository, name: string) {
  return {
    id: numberFor(`${repository.id}/${name}`),
    node_id: nodeId("Label", `${repository.id}/${name}`),
    url: `${repositoryUrl(store, repository)}/labels/${encodeURIComponent(name)}`,
    name,
    description: null,
    color: "ededed",
    default: false,
  };
}
