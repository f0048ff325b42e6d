import type { Happening, SandboxMergeRequest } from "../../model.js";
import type { SandboxStore } from "../../store.js";
import { commentObject, issueObject } from "../entities/issue.js";
import { labelObject } from "../entities/label.js";
import { repositoryWithId } from "../entities/links.js";
import { pullRequest } from "../entities/pull-request.js";
import { type Announcement, setting } from "./common.js";

type MergeRequestHappening = Extract<Happening, { kind: "merge-request" }>;
type CommentHappening = Extract<Happening, { kind: "comment" }>;

/** What one `pull_request` payload has beyond the pull request itself. */
interface Action {
  readonly action: string;
  readonly [detail: string]: unknown;
}

export async function pullRequestEvents(
  store: SandboxStore,
  happening: MergeRequestHappening,
): Promise<readonly Announcement[]> {
  const { mergeRequest, by } = happening;
  const repository = repositoryWithId(store, mergeRequest.repository);
  const shown = await pullRequest(store, mergeRequest);
  return actionsOf(store, happening).map(({ action, ...details }) => ({
    event: "pull_request",
    payload: {
      action,
      number: mergeRequest.number,
      pull_request: shown,
      ...details,
      ...setting(store, repository, by),
    },
  }));
}

function actionsOf(store: SandboxStore, happening: MergeRequestHappening): readonly Action[] {
  const { mergeRequest } = happening;
  switch (happening.action) {
    case "opened":
    case "closed":
    case "reopened":
      return [{ action: happening.action }];
    case "merged":
      return [{ action: "closed" }];
    case "pushed":
      return [
        { action: "synchronize", before: happening.before ?? mergeRequest.head, after: mergeRequest.head },
      ];
    case "updated":
      return updates(store, mergeRequest, happening.previous ?? {});
  }
}

/** One change of a merge request may be several events: GitHub tells of texts, drafts and each label apart. */
function updates(
  store: SandboxStore,
  mergeRequest: SandboxMergeRequest,
  previous: NonNullable<MergeRequestHappening["previous"]>,
): readonly Action[] {
  const changes = textChanges(mergeRequest, previous);
  const edited = Object.keys(changes).length > 0 ? [{ action: "edited", changes }] : [];
  const redrafted =
    previous.draft === undefined || previous.draft === mergeRequest.draft
      ? []
      : [{ action: mergeRequest.draft ? "converted_to_draft" : "ready_for_review" }];
  return [...edited, ...redrafted, ...labelChanges(store, mergeRequest, previous.labels)];
}

function textChanges(
  mergeRequest: SandboxMergeRequest,
  { title, description, targetBranch }: NonNullable<MergeRequestHappening["previous"]>,
): object {
  return {
    ...(title === undefined || title === mergeRequest.title ? {} : { title: { from: title } }),
    ...(description === undefined || description === mergeRequest.description
      ? {}
      : { body: { from: description } }),
    ...(targetBranch === undefined || targetBranch === mergeRequest.targetBranch
      ? {}
      : { base: { ref: { from: targetBranch }, sha: { from: mergeRequest.base } } }),
  };
}

function labelChanges(
  store: SandboxStore,
  mergeRequest: SandboxMergeRequest,
  before: readonly string[] = mergeRequest.labels,
): readonly Action[] {
  const repository = repositoryWithId(store, mergeRequest.repository);
  const told = (action: string, names: readonly string[]) =>
    names.map((name) => ({ action, label: labelObject(store, repository, name) }));
  return [
    ...told(
      "labeled",
      mergeRequest.labels.filter((name) => !before.includes(name)),
    ),
    ...told(
      "unlabeled",
      before.filter((name) => !mergeRequest.labels.includes(name)),
    ),
  ];
}

export function commentEvents(
  store: SandboxStore,
  { action, comment, previousBody, by }: CommentHappening,
): Promise<readonly Announcement[]> {
  const repository = repositoryWithId(store, comment.repository);
  const mergeRequest = store.mergeRequest(repository, comment.mergeRequest);
  if (mergeRequest === undefined || comment.system) return Promise.resolve([]);
  const payload = {
    action,
    ...(action === "edited" ? { changes: { body: { from: previousBody ?? comment.body } } } : {}),
    issue: issueObject(store, mergeRequest),
    comment: commentObject(store, comment),
    ...setting(store, repository, by),
  };
  return Promise.resolve([{ event: "issue_comment", payload }]);
}
