import type { SandboxComment, SandboxMergeRequest, SandboxRepository } from "../../model.js";
import type { SandboxStore } from "../../store.js";
import { assistantApp } from "./app.js";
import { labelObject } from "./label.js";
import { nodeId, pullRequestPage, repositoryUrl, repositoryWithId } from "./links.js";
import { association } from "./pull-request.js";
import { simpleUser } from "./user.js";

/** A pull request under its other face: GitHub keeps comments and labels at the issue of the same number. */
export function issueObject(store: SandboxStore, mergeRequest: SandboxMergeRequest) {
  const repository = repositoryWithId(store, mergeRequest.repository);
  const url = `${repositoryUrl(store, repository)}/issues/${mergeRequest.number}`;
  return {
    url,
    repository_url: repositoryUrl(store, repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: pullRequestPage(store, repository, mergeRequest),
    id: mergeRequest.id,
    node_id: nodeId("PullRequest", mergeRequest.id),
    number: mergeRequest.number,
    title: mergeRequest.title,
    user: simpleUser(store, mergeRequest.author),
    labels: mergeRequest.labels.map((name) => labelObject(store, repository, name)),
    state: mergeRequest.state === "open" ? "open" : "closed",
    locked: false,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: store.comments(mergeRequest).length,
    created_at: mergeRequest.createdAt,
    updated_at: mergeRequest.updatedAt,
    closed_at: mergeRequest.closedAt ?? mergeRequest.mergedAt ?? null,
    author_association: association(repository, mergeRequest.author),
    body: mergeRequest.description === "" ? null : mergeRequest.description,
    draft: mergeRequest.draft,
    pull_request: pullRequestLinks(store, repository, mergeRequest),
  };
}

function pullRequestLinks(
  store: SandboxStore,
  repository: SandboxRepository,
  mergeRequest: SandboxMergeRequest,
) {
  const page = pullRequestPage(store, repository, mergeRequest);
  return {
    url: `${repositoryUrl(store, repository)}/pulls/${mergeRequest.number}`,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    merged_at: mergeRequest.mergedAt ?? null,
  };
}

export function commentObject(store: SandboxStore, comment: SandboxComment) {
  const repository = repositoryWithId(store, comment.repository);
  const url = repositoryUrl(store, repository);
  const page = `${store.url}/${repository.path}/pull/${comment.mergeRequest}`;
  return {
    url: `${url}/issues/comments/${comment.id}`,
    html_url: `${page}#issuecomment-${comment.id}`,
    issue_url: `${url}/issues/${comment.mergeRequest}`,
    id: comment.id,
    node_id: nodeId("IssueComment", comment.id),
    user: simpleUser(store, comment.author),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: association(repository, comment.author),
    body: comment.body,
    performed_via_github_app: comment.via === "app" ? assistantApp(store) : null,
  };
}
