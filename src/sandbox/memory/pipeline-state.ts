import type { CiState, SandboxStatus } from "../model.js";

export interface Result {
  readonly state: CiState;
  readonly allowFailure: boolean;
}

/** What the results of a pipeline come to. */
export function pipelineState(results: readonly Result[]): CiState {
  const has = (state: CiState) => results.some((one) => one.state === state);
  const counts = (state: CiState) => results.some((one) => one.state === state && !one.allowFailure);
  if (has("running")) return "running";
  if (counts("manual")) return "manual";
  if (has("pending")) return results.every(({ state }) => state === "pending") ? "pending" : "running";
  if (counts("failure")) return "failure";
  if (counts("canceled")) return "canceled";
  return results.length > 0 && results.every(({ state }) => state === "skipped" || state === "manual")
    ? "skipped"
    : "success";
}

/** The newest status of each context, as a result; their states are in the forge's own words. */
export function outsideResults(statuses: readonly SandboxStatus[]): readonly Result[] {
  const newest = new Map(statuses.map((status) => [status.context, status]));
  return [...newest.values()].map(({ state }) => ({ state: stateOfWord(state), allowFailure: false }));
}

function stateOfWord(word: string): CiState {
  switch (word) {
    case "running":
    case "success":
    case "canceled":
    case "skipped":
      return word;
    case "failed":
    case "failure":
    case "error":
      return "failure";
    default:
      return "pending";
  }
}
