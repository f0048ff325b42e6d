import type { CommitStatus } from "../../domain/commit-status.js";
import type { CommitId, MergeRequestRef, RepositoryRef } from "../../domain/refs.js";
import type { ForgeRegistry } from "../../forges/registry.js";
import type { Pair } from "../pairs/pairs.js";

/** The two names that all merge requests of a commit share: of the mirroring, and of dist-git's results as a whole. */
export const sharedKinds = ["mirroring", "results"] as const;
export type Shared = (typeof sharedKinds)[number];

/** What is said of a pair whose head the commit is. */
export interface Said {
  readonly pair: number;
  /** Of its source-git merge request. */
  readonly number: number;
  readonly plain: boolean;
  readonly said: CommitStatus;
}

/**
 * Merge requests of one source-git commit share its statuses. The first has them under their plain names, and keeps those
 * until it ends; those of every other bear its number, so that nobody's results are overwritten by another's.
 */
export interface StatusNames {
  /** Whether the pair's statuses on this commit have plain names; the answer stays the same while the pair lives. */
  arePlain(pair: Pair, commit: CommitId): Promise<boolean>;
  /** Whether a pair that goes on has the plain names there. */
  areTaken(repository: RepositoryRef, commit: CommitId): Promise<boolean>;
  /** Keeps what is said of the pair now that the commit is its head. */
  say(
    pair: Pair,
    commit: CommitId,
    what: { readonly kind: Shared; readonly said: CommitStatus },
  ): Promise<void>;
  /** All that is said there of pairs that go on, first of the one with the plain names. */
  said(on: {
    readonly repository: RepositoryRef;
    readonly commit: CommitId;
    readonly kind: Shared;
  }): Promise<readonly Said[]>;
  /** The commits, but for this one, on which something of the pair is kept. */
  saidOn(pair: Pair, except: CommitId | undefined): Promise<readonly CommitId[]>;
  unsay(pair: Pair, commit: CommitId): Promise<void>;
}

export interface NamingServices {
  readonly forges: ForgeRegistry;
  readonly names: StatusNames;
}

/** What tells the statuses of this merge request from those of others. */
export function numberMark({ forges }: Pick<NamingServices, "forges">, ref: MergeRequestRef): string {
  return ` ${forges.for(ref.repository).capabilities.mergeRequestSigil}${ref.number}`;
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
  return isPlain ? "" : numberMark({ forges }, ref);
}
