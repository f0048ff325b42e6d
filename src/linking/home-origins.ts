import type { CommitToCarry } from "../conversion/pending.js";
import { isAncestor } from "../conversion/sync-point.js";
import type { MergeRequest } from "../domain/merge-request.js";
import type { CommitId } from "../domain/refs.js";
import type { ForgeRegistry } from "../forges/registry.js";
import type { ObjectStore } from "../git/object-store.js";
import type { Pair, Pairs } from "./pairs.js";

export interface OriginServices {
  readonly forges: ForgeRegistry;
  readonly pairs: Pairs;
}

export interface Origins {
  readonly dist: ObjectStore;
  /** The pairs that go to dist-git's branch. */
  readonly pairs: readonly Pair[];
  /** dist-git's commits of which source-git's branch does not tell. */
  readonly own: readonly CommitToCarry[];
}

/**
 * The source-git merge requests that are still open though dist-git has merged what they bring: that came from source-git
 * itself, whether it was merged as it was, rebased, or squashed under a message that lost its trailer.
 */
export async function mergedFirst(
  { forges, pairs }: OriginServices,
  { dist, pairs: candidates, own }: Origins,
): Promise<readonly MergeRequest[]> {
  const found: MergeRequest[] = [];
  const changes = new Map<CommitId, Promise<string>>();
  const changeOf = (commit: CommitId) => {
    const known = changes.get(commit) ?? patchId(dist, commit);
    changes.set(commit, known);
    return known;
  };
  for (const pair of candidates) {
    const pushed = pair.pushedCommit;
    if (pushed === undefined || !(await dist.has(pushed))) continue;
    if (!(await hasCome({ dist, pair, own, pushed }, { pairs, changeOf }))) continue;
    const mergeRequest = await forges.for(pair.sourceGit.repository).findMergeRequest(pair.sourceGit);
    if (mergeRequest?.state === "open") found.push(mergeRequest);
  }
  return found;
}

interface Candidate {
  readonly dist: ObjectStore;
  readonly pair: Pair;
  readonly own: readonly CommitToCarry[];
  readonly pushed: CommitId;
}

async function hasCome(
  { dist, pair, own, pushed }: Candidate,
  { pairs, changeOf }: { pairs: Pairs; changeOf: (commit: CommitId) => Promise<string> },
): Promise<boolean> {
  for (const { id, parents } of own) {
    if (await pairs.isMirrored(pair, id)) return true;
    // With a shared history, dist-git has the very commits of source-git.
    if (pushed === pair.mirroredHead && (await isAncestor(dist, id, pushed))) return true;
    if (parents.length < 2 && (await changeOf(id)) === (await changeOf(pushed))) return true;
  }
  return false;
}

/** What a commit changes, whatever it was put on; its own id where it changes nothing. */
async function patchId(dist: ObjectStore, commit: CommitId): Promise<string> {
  const { stdout } = await dist.git(["diff-tree", "-p", "--binary", "--full-index", "--root", commit]);
  const id = await dist.git(["patch-id", "--stable"], { input: stdout });
  return id.stdout.toString("utf8").split(" ")[0] || commit;
}
