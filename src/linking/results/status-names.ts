import type { CommitId, MergeRequestRef, RepositoryRef } from "../../domain/refs.js";
import type { ForgeRegistry } from "../../forges/registry.js";
import type { Pair } from "../pairs/pairs.js";

/**
 * Merge requests of one source-git commit share its statuses. The first has them under their plain names, and keeps those
 * until it ends; those of every other bear its number, so that nobody's results are overwritten by another's.
 */
export interface StatusNames {
  /** Whether the pair's statuses on this commit have plain names; the answer stays the same while the pair lives. */
  arePlain(pair: Pair, commit: CommitId): Promise<boolean>;
  /** Whether a pair that goes on has the plain names there. */
  areTaken(repository: RepositoryRef, commit: CommitId): Promise<boolean>;
}

export interface NamingServices {
  readonly forges: ForgeRegistry;
  readonly names: StatusNames;
}

/** What the statuses of a merge request on this commit bear behind their names; mostly nothing. */
export async function markOf(
  { forges, names }: NamingServices,
  {
    ref,
    pair,
    commit,
  }: { readonly ref: MergeRequestRef; readonly pair: Pair | undefined; readonly commit: CommitId },
): Promise<string> {
  const isPlain = pair ? await names.arePlain(pair, commit) : !(await names.areTaken(ref.repository, commit));
  return isPlain ? "" : ` ${forges.for(ref.repository).capabilities.mergeRequestSigil}${ref.number}`;
}
