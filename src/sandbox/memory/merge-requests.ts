import type { SandboxMergeRequest, SandboxRepository, SandboxUser } from "../model.js";
import type { NewSandboxMergeRequest, SandboxStore } from "../store.js";
import { type Core, repositoryOf } from "./core.js";
import { placeHead, sourceTip } from "./heads.js";
import { recheckMergeability } from "./mergeability.js";
import { mergeByPlumbing } from "./merging.js";
import { markClosed, noticePush } from "./pushes.js";
import { findCommit, isAncestor } from "./reading.js";

type Verbs = Pick<
  SandboxStore,
  | "mergeRequests"
  | "mergeRequest"
  | "openMergeRequest"
  | "editMergeRequest"
  | "closeMergeRequest"
  | "reopenMergeRequest"
  | "merge"
>;
type Opened = Awaited<ReturnType<SandboxStore["openMergeRequest"]>>;
type Change = Parameters<SandboxStore["editMergeRequest"]>[1];

export function mergeRequestVerbs(core: Core): Verbs {
  const all = core.state.mergeRequests;
  return {
    mergeRequests: (repository) => all.filter((one) => one.repository === repository.id),
    mergeRequest: (repository, number) =>
      all.find((one) => one.repository === repository.id && one.number === number),
    openMergeRequest: (wanted) => open(core, wanted),
    editMergeRequest: (mergeRequest, change, by) => edit(core, mergeRequest, { change, by }),
    closeMergeRequest: async (mergeRequest, by) => {
      if (mergeRequest.state === "open") markClosed(core, mergeRequest, by);
      return Promise.resolve();
    },
    reopenMergeRequest: (mergeRequest, by) => reopen(core, mergeRequest, by),
    merge: async (mergeRequest, how, by) => {
      const { outcome } = await mergeByPlumbing(core, mergeRequest, { ...how, by });
      if (outcome !== "merged") return outcome;
      await noticePush(core, repositoryOf(core, mergeRequest.repository), by);
      core.emit({ kind: "merge-request", action: "merged", mergeRequest, by });
      return outcome;
    },
  };
}

async function open(core: Core, wanted: NewSandboxMergeRequest): Promise<Opened> {
  const { repository, sourceRepository, sourceBranch, targetBranch } = wanted;
  if (repository === sourceRepository && sourceBranch === targetBranch) return { outcome: "same-branch" };
  const head = await findCommit(sourceRepository, `refs/heads/${sourceBranch}`);
  if (head === undefined) return { outcome: "no-source-branch" };
  const base = await findCommit(repository, `refs/heads/${targetBranch}`);
  if (base === undefined) return { outcome: "no-target-branch" };
  const duplicate = core.state.mergeRequests.find((one) => isSameOpenRequest(one, wanted));
  if (duplicate !== undefined) return { outcome: "duplicate", mergeRequest: duplicate };
  // GitLab takes a merge request without commits.
  if (core.kind === "github" && (await isContained(repository, head, base))) return { outcome: "no-commits" };

  const mergeRequest = newMergeRequest(core, wanted, { head, base });
  await placeHead(core, mergeRequest, head);
  core.state.mergeRequests.push(mergeRequest);
  recheckMergeability(core, mergeRequest);
  core.emit({ kind: "merge-request", action: "opened", mergeRequest, by: wanted.author });
  return { outcome: "opened", mergeRequest };
}

function isSameOpenRequest(one: SandboxMergeRequest, wanted: NewSandboxMergeRequest): boolean {
  return (
    one.state === "open" &&
    one.repository === wanted.repository.id &&
    one.sourceRepository === wanted.sourceRepository.id &&
    one.sourceBranch === wanted.sourceBranch &&
    one.targetBranch === wanted.targetBranch
  );
}

// A commit that only the fork has is certainly not contained.
async function isContained(repository: SandboxRepository, commit: string, tip: string): Promise<boolean> {
  return (
    (await findCommit(repository, commit)) !== undefined && (await isAncestor(repository, [commit, tip]))
  );
}

function newMergeRequest(
  core: Core,
  wanted: NewSandboxMergeRequest,
  commits: { readonly head: string; readonly base: string },
): SandboxMergeRequest {
  const now = core.now();
  return {
    id: core.nextId(),
    number: wanted.repository.nextNumber++,
    repository: wanted.repository.id,
    sourceRepository: wanted.sourceRepository.id,
    sourceBranch: wanted.sourceBranch,
    targetBranch: wanted.targetBranch,
    title: wanted.title,
    description: wanted.description,
    draft: wanted.draft,
    state: "open",
    author: wanted.author,
    ...commits,
    labels: [],
    createdAt: now,
    updatedAt: now,
    closedAt: undefined,
    mergedAt: undefined,
    mergedBy: undefined,
    mergeCommit: undefined,
    heads: [],
    mergeability: "unknown",
  };
}

async function edit(
  core: Core,
  mergeRequest: SandboxMergeRequest,
  { change, by }: { readonly change: Change; readonly by: SandboxUser },
): Promise<void> {
  const previous = replaced(mergeRequest, change);
  if (Object.keys(previous).length === 0) return;
  Object.assign(mergeRequest, change);
  mergeRequest.updatedAt = core.now();
  if (previous.targetBranch !== undefined) {
    const target = repositoryOf(core, mergeRequest.repository);
    mergeRequest.base =
      (await findCommit(target, `refs/heads/${mergeRequest.targetBranch}`)) ?? mergeRequest.base;
    recheckMergeability(core, mergeRequest);
  }
  core.emit({ kind: "merge-request", action: "updated", mergeRequest, previous, by });
}

/** What a change would replace, as it is before. */
function replaced(mergeRequest: SandboxMergeRequest, change: Change): Change {
  const names = ["title", "description", "targetBranch", "draft", "labels"] as const;
  const changed = names.filter(
    (name) => change[name] !== undefined && String(change[name]) !== String(mergeRequest[name]),
  );
  return Object.fromEntries(changed.map((name) => [name, mergeRequest[name]]));
}

async function reopen(core: Core, mergeRequest: SandboxMergeRequest, by: SandboxUser): Promise<void> {
  if (mergeRequest.state !== "closed") return;
  const tip = await sourceTip(core, mergeRequest);
  if (tip !== undefined) await placeHead(core, mergeRequest, tip);
  const target = repositoryOf(core, mergeRequest.repository);
  mergeRequest.base =
    (await findCommit(target, `refs/heads/${mergeRequest.targetBranch}`)) ?? mergeRequest.base;
  mergeRequest.state = "open";
  mergeRequest.closedAt = undefined;
  mergeRequest.updatedAt = core.now();
  recheckMergeability(core, mergeRequest);
  core.emit({ kind: "merge-request", action: "reopened", mergeRequest, by });
}
