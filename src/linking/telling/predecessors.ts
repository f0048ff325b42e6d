import type { MergeRequestRef } from "../../domain/refs.js";
import type { Pair } from "../pairs/pairs.js";

/** Dist-git merge requests that another takes the place of, until that was said on them. */
export interface Predecessors {
  add(pair: Pair, ref: MergeRequestRef): Promise<void>;
  of(pair: Pair): Promise<readonly MergeRequestRef[]>;
  remove(pair: Pair, ref: MergeRequestRef): Promise<void>;
}
