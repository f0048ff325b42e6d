import type { CommitToCarry } from "../../conversion/pending.js";
import { isAncestor } from "../../conversion/ancestry.js";
import type { MergeRequest } from "../../domain/merge-request.js";
import type { CommitId } from "../../domain/refs.js";
import type { ForgeRegistry } from "../../forges/registry.js";
import type { ObjectStore } from "../../git/object-store.js";
import type { HomeSides } from "./homecomings.js";
import type { Pair, Pairs } from "../pairs/pairs.js";

export interface OriginServices {
  readonly forges: ForgeRegistry;
  readonly pairs: Pairs;
}

export interface Asked {
  readonly dist: ObjectStore;
  readonly distGit: HomeSides["distGit"];
  /** dist-git's commits of which source-git's branch does not tell. */
  readonly own: readonly CommitToCarry[];
}

/** What of dist-git came from source-git, though source-git's branch does not tell. */
export interface Origins {
  /** A merge request that is still open in source-git though dist-git has merged what it brings. */
  readonly open: MergeRequest | undefined;
  /** dist-git's commits of merge requests that were merged in source-git: by a squash, or there was one in dist-git. */
  readonly merged: ReadonlySet<CommitId>;
}

/**
 * Looks for dist-git's commits among those that Sluice made: as they were pushed, rebased, or squashed under a message that
 * lost its trailer, which is known by what it changes.
 */
export async function findOrigins({ forges, pairs }: OriginServices, asked: Asked): Promise<Origins> {
  const { own, distGit } = asked;
  const merged = new Set<CommitId>();
  if (own.length === 0) return { open: undefined, merged };
  const byChange = await pairsByChange(asked, await pairs.goingTo(distGit.repository, distGit.branch));
  const found = new Map<number, MergeRequest | undefined>();
  for (const { id } of own) {
    const made = await pairs.madeWith({ repository: distGit.repository, commit: id });
    for (const { id: pair, sourceGit } of made.length > 0 ? made : (byChange.get(id) ?? [])) {
      if (!found.has(pair))
        found.set(pair, await forges.for(sourceGit.repository).findMergeRequest(sourceGit));
      const mergeRequest = found.get(pair);
      if (mergeRequest?.state === "open") return { open: mergeRequest, merged };
      if (mergeRequest?.state === "merged") merged.add(id);
    }
  }
  return { open: undefined, merged };
}

/** The pairs whose pushed commit changes just what one of dist-git's commits does, by that. */
async function pairsByChange(
  { dist, own }: Asked,
  pairs: readonly Pair[],
): Promise<ReadonlyMap<CommitId, readonly Pair[]>> {
  const pushed = new Map<CommitId, Pair[]>();
  for (const pair of pairs) {
    const commit = pair.pushedCommit;
    if (commit === undefined || !(await dist.has(commit))) continue;
    pushed.set(commit, [...(pushed.get(commit) ?? []), pair]);
  }
  const changes = await changesOf(dist, [...own.map(({ id }) => id), ...pushed.keys()]);
  const found = new Map<CommitId, Pair[]>();
  for (const { id } of own) {
    for (const [commit, its] of pushed) {
      const isEqual = changes.has(id) && changes.get(id) === changes.get(commit);
      if (isEqual || (await isShared(dist, { id, commit, its }))) {
        found.set(id, [...(found.get(id) ?? []), ...its]);
      }
    }
  }
  return found;
}

/** With a shared history, dist-git has the very commits of source-git. */
async function isShared(
  dist: ObjectStore,
  { id, commit, its }: { readonly id: CommitId; readonly commit: CommitId; readonly its: readonly Pair[] },
): Promise<boolean> {
  if (!its.some(({ mirroredHead }) => mirroredHead === commit)) return false;
  return isAncestor(dist, id, commit);
}

/** What each commit changes, whatever it was put on: merges and empty ones have no answer. By two processes for all. */
async function changesOf(
  dist: ObjectStore,
  commits: readonly CommitId[],
): Promise<ReadonlyMap<CommitId, string>> {
  const options = ["--stdin", "-p", "--binary", "--full-index", "--root"];
  const { stdout: diffs } = await dist.git(["diff-tree", ...options], { input: `${commits.join("\n")}\n` });
  const { stdout } = await dist.git(["patch-id", "--stable"], { input: diffs });
  const lines = stdout.toString("utf8").split("\n").filter(Boolean);
  return new Map(lines.map((line) => [line.split(" ")[1] ?? "", line.split(" ")[0] ?? ""]));
}
