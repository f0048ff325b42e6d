import { git } from "../../git/run.js";
import type { SandboxMergeRequest } from "../model.js";
import { type Core, repositoryOf } from "./core.js";

/** Forgets whether the merge request can be merged and finds out anew, a little later, as the real forges do. */
export function recheckMergeability(core: Core, mergeRequest: SandboxMergeRequest): void {
  mergeRequest.mergeability = "unknown";
  core.activity.after(core.mergeabilityDelay, async () => {
    const { head, base } = mergeRequest;
    if (mergeRequest.state !== "open" || mergeRequest.mergeability !== "unknown") return;
    const tree = await mergedTree(core, mergeRequest);
    // Moved meanwhile: that move has its own recheck.
    if (mergeRequest.head !== head || mergeRequest.base !== base) return;
    mergeRequest.mergeability = tree === undefined ? "conflicting" : "mergeable";
  });
}

/** The tree of target and source branch merged; `undefined` on a conflict. */
export async function mergedTree(core: Core, mergeRequest: SandboxMergeRequest): Promise<string | undefined> {
  const { gitDirectory } = repositoryOf(core, mergeRequest.repository);
  const { exitCode, stdout } = await git(
    ["merge-tree", "--write-tree", mergeRequest.base, mergeRequest.head],
    {
      directory: gitDirectory,
      // 1: conflict; 128: no common history.
      expect: [0, 1, 128],
    },
  );
  return exitCode === 0 ? stdout.toString("utf8").trim() : undefined;
}
