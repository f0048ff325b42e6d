import type { RepositoryRef } from "./refs.js";

/** A check run by the forge's own id, or the first of ours in a suite. */
export interface CheckRef {
  readonly repository: RepositoryRef;
  readonly id: number;
  readonly of: "run" | "suite";
}
