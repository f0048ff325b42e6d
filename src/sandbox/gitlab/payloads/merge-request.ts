import type { Happening, SandboxMergeRequest } from "../../model.js";
import type { SandboxStore } from "../../store.js";
import { mergeRequestPage, repositoryWithId } from "../entities/links.js";
import { detailedMergeStatus, mergeStatus, stateWord } from "../entities/merge-request.js";
import {
  type Announcement,
  commitMention,
  commitWithId,
  labelMentions,
  projectMentionInFull,
  repositoryMention,
  spacedTime,
  userMention,
} from "./common.js";

type MergeRequestHappening = Extract<Happening, { kind: "merge-request" }>;
type ReviewHappening = Extract<Happening, { kind: "review" }>;
type CommentHappening = Extract<Happening, { kind: "comment" }>;

const actions = {
  opened: "open",
  updated: "update",
  pushed: "update",
  closed: "close",
  reopened: "reopen",
  merged: "merge",
} as const;

/** GitLab's numbers for the states of a merge request. */
const stateIds = { opened: 1, closed: 2, merged: 3 } as const;

export async function mergeRequestEvents(
  store: SandboxStore,
  happening: MergeRequestHappening,
): Promise<readonly Announcement[]> {
  const { action, mergeRequest, before, by } = happening;
  const repository = repositoryWithId(store, mergeRequest.repository);
  const labels = labelMentions(store, mergeRequest, mergeRequest.labels);
  const payload = {
    object_kind: "merge_request",
    event_type: "merge_request",
    user: userMention(store, by),
    project: projectMentionInFull(store, repository),
    object_attributes: {
      ...(await attributes(store, mergeRequest)),
      ...times(mergeRequest),
      action: actions[action],
      // Its presence is what tells new commits from an edit.
      ...(action === "pushed" ? { oldrev: before } : {}),
    },
    labels,
    changes: changes(store, happening),
    repository: repositoryMention(store, repository),
    assignees: [],
    reviewers: [],
  };
  return [{ event: "Merge Request Hook", payload }];
}

/** GitLab tells of an approval as of any other change; where it takes one to be enough, one is all that it takes. */
export async function approvalEvents(
  store: SandboxStore,
  { action, mergeRequest, by }: ReviewHappening,
): Promise<readonly Announcement[]> {
  const repository = repositoryWithId(store, mergeRequest.repository);
  const payload = {
    object_kind: "merge_request",
    event_type: "merge_request",
    user: userMention(store, by),
    project: projectMentionInFull(store, repository),
    object_attributes: {
      ...(await attributes(store, mergeRequest)),
      ...times(mergeRequest),
      action: action === "submitted" ? "approved" : "unapproved",
    },
    labels: labelMentions(store, mergeRequest, mergeRequest.labels),
    changes: {},
    repository: repositoryMention(store, repository),
    assignees: [],
    reviewers: [],
  };
  return [{ event: "Merge Request Hook", payload }];
}

/** A merge request as it is shown in its own events. */
async function attributes(store: SandboxStore, mergeRequest: SandboxMergeRequest) {
  const word = stateWord(mergeRequest);
  return {
    ...(await mention(store, mergeRequest)),
    assignee_ids: [],
    reviewer_ids: [],
    state_id: stateIds[word],
    blocking_discussions_resolved: true,
    first_contribution: false,
    draft: mergeRequest.draft,
    url: mergeRequestPage(store, mergeRequest),
    merge_commit_sha: mergeRequest.mergeCommit ?? null,
    last_edited_at: null,
    last_edited_by_id: null,
    total_time_spent: 0,
    time_change: 0,
    human_total_time_spent: null,
    human_time_change: null,
    human_time_estimate: null,
  };
}

/** What its own events and those of its notes say of it alike. */
async function mention(store: SandboxStore, mergeRequest: SandboxMergeRequest) {
  const { repository, sourceRepository } = mergeRequest;
  const target = repositoryWithId(store, repository);
  const source = repositoryWithId(store, sourceRepository ?? repository);
  return {
    id: mergeRequest.id,
    iid: mergeRequest.number,
    target_branch: mergeRequest.targetBranch,
    source_branch: mergeRequest.sourceBranch,
    source_project_id: sourceRepository ?? null,
    target_project_id: repository,
    author_id: mergeRequest.author.id,
    assignee_id: null,
    title: mergeRequest.title,
    description: mergeRequest.description,
    created_at: spacedTime(mergeRequest.createdAt),
    updated_at: spacedTime(mergeRequest.updatedAt),
    milestone_id: null,
    state: stateWord(mergeRequest),
    merge_status: mergeStatus(mergeRequest),
    detailed_merge_status: detailedMergeStatus(store, mergeRequest),
    work_in_progress: mergeRequest.draft,
    source: projectMentionInFull(store, source),
    target: projectMentionInFull(store, target),
    last_commit: commitMention(store, source, await commitWithId(store, target, mergeRequest.head)),
    labels: labelMentions(store, mergeRequest, mergeRequest.labels),
  };
}

/** Its own events write instants in the other way. */
function times({ createdAt, updatedAt }: SandboxMergeRequest) {
  return { created_at: createdAt, updated_at: updatedAt };
}

function changes(
  store: SandboxStore,
  { action, mergeRequest, previous = {} }: MergeRequestHappening,
): Record<string, { readonly previous: unknown; readonly current: unknown }> {
  const word = stateWord(mergeRequest);
  if (action !== "updated") {
    const before = action === "reopened" ? stateIds.closed : stateIds.opened;
    const moved = action === "closed" || action === "reopened" || action === "merged";
    return moved ? { state_id: { previous: before, current: stateIds[word] } } : {};
  }
  const { title, description, targetBranch, draft, labels } = previous;
  return {
    ...change("title", title, mergeRequest.title),
    ...change("description", description, mergeRequest.description),
    ...change("target_branch", targetBranch, mergeRequest.targetBranch),
    ...change("draft", draft, mergeRequest.draft),
    ...change(
      "labels",
      labels && labelMentions(store, mergeRequest, labels),
      labelMentions(store, mergeRequest, mergeRequest.labels),
    ),
  };
}

function change(name: string, previous: unknown, current: unknown) {
  return previous === undefined ? {} : { [name]: { previous, current } };
}

/** Notes of the forge's own are not told. */
export async function noteEvents(
  store: SandboxStore,
  { action, comment, by }: CommentHappening,
): Promise<readonly Announcement[]> {
  const repository = repositoryWithId(store, comment.repository);
  const mergeRequest = store.mergeRequest(repository, comment.mergeRequest);
  if (mergeRequest === undefined || comment.system) return [];
  const payload = {
    object_kind: "note",
    event_type: "note",
    user: userMention(store, by),
    project_id: repository.id,
    project: projectMentionInFull(store, repository),
    repository: repositoryMention(store, repository),
    object_attributes: {
      id: comment.id,
      note: comment.body,
      noteable_type: "MergeRequest",
      author_id: comment.author.id,
      created_at: spacedTime(comment.createdAt),
      updated_at: spacedTime(comment.updatedAt),
      project_id: repository.id,
      attachment: null,
      line_code: null,
      commit_id: "",
      noteable_id: mergeRequest.id,
      system: false,
      st_diff: null,
      action: action === "created" ? "create" : "update",
      url: `${mergeRequestPage(store, mergeRequest)}#note_${comment.id}`,
    },
    merge_request: await mention(store, mergeRequest),
  };
  return [{ event: "Note Hook", payload }];
}
