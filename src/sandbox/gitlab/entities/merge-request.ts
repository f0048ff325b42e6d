import type { SandboxMergeRequest, SandboxPipeline, SandboxUser } from "../../model.js";
import type { SandboxStore } from "../../store.js";
import { mayMerge } from "../access.js";
import { changedFiles, countCommits, mergeBase } from "../git.js";
import { stateOf } from "../state.js";
import { mergeRequestPage, repositoryWithId } from "./links.js";
import { pipelineObject } from "./pipeline.js";
import { userBasic } from "./user.js";

const states = { open: "opened", closed: "closed", merged: "merged" } as const;

export function stateWord({ state }: SandboxMergeRequest): "opened" | "closed" | "merged" {
  return states[state];
}

/** A merge request as lists show it. */
export function mergeRequestBasic(store: SandboxStore, mergeRequest: SandboxMergeRequest) {
  const { repository, number, author, mergedBy } = mergeRequest;
  const path = repositoryWithId(store, repository).path;
  return {
    id: mergeRequest.id,
    iid: number,
    project_id: repository,
    title: mergeRequest.title,
    description: mergeRequest.description,
    state: stateWord(mergeRequest),
    created_at: mergeRequest.createdAt,
    updated_at: mergeRequest.updatedAt,
    merge_user: mergedBy === undefined ? null : userBasic(store, mergedBy),
    merged_at: mergeRequest.mergedAt ?? null,
    closed_by: closer(store, mergeRequest),
    closed_at: mergeRequest.closedAt ?? null,
    target_branch: mergeRequest.targetBranch,
    source_branch: mergeRequest.sourceBranch,
    user_notes_count: store.comments(mergeRequest).length,
    author: userBasic(store, author),
    assignees: [],
    reviewers: [],
    source_project_id: mergeRequest.sourceRepository ?? null,
    target_project_id: repository,
    labels: mergeRequest.labels,
    draft: mergeRequest.draft,
    ...merging(store, mergeRequest),
    allow_collaboration: stateOf(store).extras(mergeRequest).allowCollaboration,
    references: { short: `!${number}`, relative: `!${number}`, full: `${path}!${number}` },
    web_url: mergeRequestPage(store, mergeRequest),
  };
}

/** Whether and how it can be merged, or was. */
function merging(store: SandboxStore, mergeRequest: SandboxMergeRequest) {
  const { squash, squashed } = stateOf(store).extras(mergeRequest);
  const mergeCommit = mergeRequest.mergeCommit ?? null;
  return {
    merge_when_pipeline_succeeds: false,
    merge_status: mergeStatus(mergeRequest),
    detailed_merge_status: detailedMergeStatus(store, mergeRequest),
    sha: mergeRequest.head,
    merge_commit_sha: squashed ? null : mergeCommit,
    squash_commit_sha: squashed ? mergeCommit : null,
    prepared_at: isPrepared(store, mergeRequest) ? mergeRequest.createdAt : null,
    squash,
    squash_on_merge: squash,
    has_conflicts: mergeRequest.mergeability === "conflicting",
    blocking_discussions_resolved: true,
  };
}

/** A single merge request, as `user` sees it. */
export async function mergeRequestObject(
  store: SandboxStore,
  mergeRequest: SandboxMergeRequest,
  user: SandboxUser | undefined,
) {
  const newest = headPipeline(store, mergeRequest);
  const prepared = isPrepared(store, mergeRequest);
  const refs = prepared ? await diffRefs(store, mergeRequest) : undefined;
  return {
    ...mergeRequestBasic(store, mergeRequest),
    changes_count: refs === undefined ? null : await changesCount(store, mergeRequest, refs),
    head_pipeline: newest === undefined ? null : pipelineObject(store, newest),
    diff_refs: refs ?? null,
    merge_error: null,
    first_contribution: false,
    user: { can_merge: user !== undefined && mayMerge(store, user, mergeRequest) },
  };
}

/** What the conditional parameters of a single merge request add. */
export async function onRequest(
  store: SandboxStore,
  mergeRequest: SandboxMergeRequest,
  asked: { readonly divergedCommits: boolean; readonly rebase: boolean },
) {
  const repository = repositoryWithId(store, mergeRequest.repository);
  const { head: from, base: to } = mergeRequest;
  return {
    ...(asked.divergedCommits
      ? { diverged_commits_count: await countCommits(repository, { from, to }) }
      : {}),
    ...(asked.rebase ? { rebase_in_progress: false } : {}),
  };
}

/** The commits between which the forge shows the difference. */
export async function diffRefs(store: SandboxStore, { repository, head, base }: SandboxMergeRequest) {
  const common = await mergeBase(repositoryWithId(store, repository), [base, head]);
  return { base_sha: common ?? base, head_sha: head, start_sha: base };
}

async function changesCount(
  store: SandboxStore,
  { repository }: SandboxMergeRequest,
  refs: { readonly base_sha: string; readonly head_sha: string },
): Promise<string> {
  const range = { from: refs.base_sha, to: refs.head_sha };
  return String((await changedFiles(repositoryWithId(store, repository), range)).length);
}

/** GitLab prepares a merge request once, some time after it was opened; later pushes do not undo it. */
function isPrepared(store: SandboxStore, mergeRequest: SandboxMergeRequest): boolean {
  const extras = stateOf(store).extras(mergeRequest);
  if (mergeRequest.mergeability !== "unknown" || mergeRequest.state !== "open") extras.prepared = true;
  return extras.prepared;
}

/** The older of the two words for whether it can be merged. */
export function mergeStatus({ mergeability }: SandboxMergeRequest): string {
  if (mergeability === "unknown") return "checking";
  return mergeability === "mergeable" ? "can_be_merged" : "cannot_be_merged";
}

export function detailedMergeStatus(store: SandboxStore, mergeRequest: SandboxMergeRequest): string {
  if (mergeRequest.state !== "open") return "not_open";
  if (!isPrepared(store, mergeRequest)) return "preparing";
  if (mergeRequest.mergeability === "unknown") return "checking";
  if (mergeRequest.draft) return "draft_status";
  if (mergeRequest.head === mergeRequest.base) return "commits_status";
  return mergeRequest.mergeability === "conflicting" ? "conflict" : "mergeable";
}

/** The newest that ran for what it is now. */
function headPipeline(store: SandboxStore, mergeRequest: SandboxMergeRequest): SandboxPipeline | undefined {
  const { head } = mergeRequest;
  return pipelinesOf(store, mergeRequest).find(({ commit, onMerge }) => onMerge === true || commit === head);
}

/** Of so many versions GitLab shows the pipelines of the branch. */
const versions = 100;

/** Pipelines that ran for it, newest first: its own, and those of its branch at any of its heads. */
export function pipelinesOf(
  store: SandboxStore,
  mergeRequest: SandboxMergeRequest,
): readonly SandboxPipeline[] {
  const { id, repository, sourceRepository, sourceBranch } = mergeRequest;
  const heads = mergeRequest.heads.slice(-versions);
  const projects = [...new Set([repository, ...(sourceRepository === undefined ? [] : [sourceRepository])])];
  return projects
    .flatMap((project) => store.pipelines(repositoryWithId(store, project)))
    .filter(
      (pipeline) =>
        (pipeline.mergeRequest === id && pipeline.source !== "parent") ||
        (pipeline.repository === sourceRepository &&
          pipeline.ref === sourceBranch &&
          heads.includes(pipeline.commit)),
    )
    .sort((one, other) => other.id - one.id);
}

function closer(store: SandboxStore, mergeRequest: SandboxMergeRequest) {
  if (mergeRequest.state !== "closed") return null;
  const notes = stateOf(store).extras(mergeRequest).systemNotes;
  const by = notes.findLast(({ body }) => body === "closed")?.author;
  return by === undefined ? null : userBasic(store, by);
}
