import { gitText, git } from "../../git/run.js";
import type { SandboxMergeRequest, SandboxRepository, SandboxUser } from "../model.js";
import type { SandboxStore } from "../store.js";
import { type Core, repositoryOf } from "./core.js";
import { placeHead } from "./heads.js";
import { recheckMergeability } from "./mergeability.js";
import { isAncestor, listBranches } from "./reading.js";

/** What git writes for the side on which a branch does not exist. */
const nothing = "0".repeat(40);

interface BranchMove {
  readonly repository: SandboxRepository;
  readonly branch: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly by: SandboxUser;
}

export function branchVerbs(core: Core): Pick<SandboxStore, "createBranch" | "deleteBranch"> {
  return {
    createBranch: async (repository, { name, commit, by }) => {
      await git(["update-ref", `refs/heads/${name}`, commit], { directory: repository.gitDirectory });
      await noticePush(core, repository, by);
    },
    deleteBranch: async (repository, { name, by }) => {
      await git(["update-ref", "-d", `refs/heads/${name}`], { directory: repository.gitDirectory });
      await noticePush(core, repository, by);
    },
  };
}

/** Compares the branches with what they were and lets everything follow that depends on them. */
export async function noticePush(core: Core, repository: SandboxRepository, by: SandboxUser): Promise<void> {
  await core.inTurn(repository, async () => {
    const known = core.state.branches.get(repository.id) ?? new Map<string, string>();
    const present = await listBranches(repository);
    core.state.branches.set(repository.id, present);
    if (known.size === 0) await adoptDefaultBranch(repository, present);

    const moves = [...new Set([...known.keys(), ...present.keys()])]
      .map((branch) => ({ repository, branch, before: known.get(branch), after: present.get(branch), by }))
      .filter(({ before, after }) => before !== after);
    for (const { branch, before, after } of moves) {
      core.emit({ kind: "push", repository, branch, before: before ?? nothing, after: after ?? nothing, by });
    }
    for (const move of moves) await followMove(core, move);
  });
}

async function adoptDefaultBranch(
  repository: SandboxRepository,
  branches: ReadonlyMap<string, string>,
): Promise<void> {
  const candidates = [repository.defaultBranch, "main", "master", ...branches.keys()];
  const chosen = candidates.find((name) => branches.has(name));
  if (chosen === undefined || chosen === repository.defaultBranch) return;
  repository.defaultBranch = chosen;
  await gitText(["symbolic-ref", "HEAD", `refs/heads/${chosen}`], { directory: repository.gitDirectory });
}

async function followMove(core: Core, move: BranchMove): Promise<void> {
  const { repository, branch } = move;
  const open = core.state.mergeRequests.filter(({ state }) => state === "open");
  for (const mergeRequest of open) {
    if (mergeRequest.sourceRepository === repository.id && mergeRequest.sourceBranch === branch) {
      await followSource(core, mergeRequest, move);
    }
    if (mergeRequest.repository === repository.id && mergeRequest.targetBranch === branch) {
      await followTarget(core, mergeRequest, move);
    }
  }
}

async function followSource(
  core: Core,
  mergeRequest: SandboxMergeRequest,
  { after, by }: BranchMove,
): Promise<void> {
  if (after === undefined) {
    closeOnGitHub(core, mergeRequest, by);
    return;
  }
  const before = mergeRequest.head;
  if (before === after) return;
  await placeHead(core, mergeRequest, after);
  mergeRequest.updatedAt = core.now();
  recheckMergeability(core, mergeRequest);
  core.emit({ kind: "merge-request", action: "pushed", mergeRequest, before, by });
}

async function followTarget(
  core: Core,
  mergeRequest: SandboxMergeRequest,
  { after, by }: BranchMove,
): Promise<void> {
  if (after === undefined) {
    closeOnGitHub(core, mergeRequest, by);
    return;
  }
  const repository = repositoryOf(core, mergeRequest.repository);
  const { head, base } = mergeRequest;
  // Somebody merged by hand and pushed the result: both forges see that.
  if ((await isAncestor(repository, [head, after])) && !(await isAncestor(repository, [head, base]))) {
    markMerged(core, mergeRequest, { commit: after, by });
    core.emit({ kind: "merge-request", action: "merged", mergeRequest, by });
    return;
  }
  mergeRequest.base = after;
  recheckMergeability(core, mergeRequest);
}

// GitHub closes a pull request whose branch is deleted; GitLab leaves it open.
function closeOnGitHub(core: Core, mergeRequest: SandboxMergeRequest, by: SandboxUser): void {
  if (core.kind === "github") markClosed(core, mergeRequest, by);
}

export function markClosed(core: Core, mergeRequest: SandboxMergeRequest, by: SandboxUser): void {
  mergeRequest.state = "closed";
  mergeRequest.closedAt = mergeRequest.updatedAt = core.now();
  core.emit({ kind: "merge-request", action: "closed", mergeRequest, by });
}

export function markMerged(
  core: Core,
  mergeRequest: SandboxMergeRequest,
  { commit, by }: { readonly commit: string; readonly by: SandboxUser },
): void {
  mergeRequest.state = "merged";
  mergeRequest.mergedAt = mergeRequest.updatedAt = core.now();
  mergeRequest.mergedBy = by;
  mergeRequest.mergeCommit = commit;
}
