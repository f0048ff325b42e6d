import { git, gitText } from "../../git/run.js";
import type { SandboxMergeRequest, SandboxUser } from "../model.js";
import { type Core, repositoryOf } from "./core.js";
import { mergedTree } from "./mergeability.js";
import { markMerged } from "./pushes.js";

export interface HowToMerge {
  readonly expectedHead?: string;
  readonly squash: boolean;
  readonly message?: string;
  readonly by: SandboxUser;
}

/** Merges on the target branch without a work tree; nobody is told yet. */
export async function mergeByPlumbing(
  core: Core,
  mergeRequest: SandboxMergeRequest,
  how: HowToMerge,
): Promise<{ readonly outcome: "merged" | "conflict" | "head-moved" | "draft" | "not-open" }> {
  if (mergeRequest.state !== "open") return { outcome: "not-open" };
  if (mergeRequest.draft) return { outcome: "draft" };
  if (how.expectedHead !== undefined && how.expectedHead !== mergeRequest.head)
    return { outcome: "head-moved" };
  const tree = await mergedTree(core, mergeRequest);
  if (tree === undefined) return { outcome: "conflict" };

  const { gitDirectory } = repositoryOf(core, mergeRequest.repository);
  const commit = await commitTree(core, mergeRequest, { ...how, tree });
  const branch = `refs/heads/${mergeRequest.targetBranch}`;
  await git(["update-ref", branch, commit, mergeRequest.base], { directory: gitDirectory });
  markMerged(core, mergeRequest, { commit, by: how.by });
  return { outcome: "merged" };
}

/** The merge request merged for its CI alone; `undefined` on a conflict. */
export async function testMerge(core: Core, mergeRequest: SandboxMergeRequest): Promise<string | undefined> {
  const tree = await mergedTree(core, mergeRequest);
  if (tree === undefined) return undefined;
  const commit = await commitTree(core, mergeRequest, { tree, squash: false, by: mergeRequest.author });
  const ref = `refs/merge-requests/${mergeRequest.number}/merge`;
  await git(["update-ref", ref, commit], {
    directory: repositoryOf(core, mergeRequest.repository).gitDirectory,
  });
  return commit;
}

async function commitTree(
  core: Core,
  mergeRequest: SandboxMergeRequest,
  { tree, squash, message, by }: HowToMerge & { readonly tree: string },
): Promise<string> {
  const { gitDirectory } = repositoryOf(core, mergeRequest.repository);
  const parents = squash ? [mergeRequest.base] : [mergeRequest.base, mergeRequest.head];
  const author = squash ? mergeRequest.author : by;
  return gitText(["commit-tree", tree, ...parents.flatMap((parent) => ["-p", parent])], {
    directory: gitDirectory,
    input: message ?? defaultMessage(core, mergeRequest, squash),
    environment: {
      GIT_AUTHOR_NAME: author.name,
      GIT_AUTHOR_EMAIL: author.email,
      GIT_AUTHOR_DATE: core.now(),
      GIT_COMMITTER_NAME: by.name,
      GIT_COMMITTER_EMAIL: by.email,
      GIT_COMMITTER_DATE: core.now(),
    },
  });
}

function defaultMessage(core: Core, mergeRequest: SandboxMergeRequest, squash: boolean): string {
  const { number, title, sourceBranch, targetBranch } = mergeRequest;
  const { path } = repositoryOf(core, mergeRequest.repository);
  const source = repositoryOf(core, mergeRequest.sourceRepository ?? mergeRequest.repository);
  if (core.kind === "gitlab") {
    if (squash) return `${title}\n`;
    return `Merge branch '${sourceBranch}' into '${targetBranch}'\n\n${title}\n\nSee merge request ${path}!${number}\n`;
  }
  const owner = source.path.slice(0, source.path.lastIndexOf("/"));
  return squash
    ? `${title} (#${number})\n`
    : `Merge pull request #${number} from ${owner}/${sourceBranch}\n\n${title}\n`;
}
