import type { SandboxMergeRequest, SandboxRepository, SandboxUser } from "../../model.js";
import type { SandboxStore } from "../../store.js";
import { changedLines, countCommits, mergeBase } from "../git.js";
import { labelObject } from "./label.js";
import { nodeId, ownerLogin, pullRequestPage, repositoryUrl, repositoryWithId } from "./links.js";
import { repositoryObject } from "./repository.js";
import { repositoryOwner, simpleUser } from "./user.js";

/** A pull request as lists show it. */
export function pullRequestSimple(store: SandboxStore, mergeRequest: SandboxMergeRequest) {
  const repository = repositoryWithId(store, mergeRequest.repository);
  const page = pullRequestPage(store, repository, mergeRequest);
  return {
    ...addresses(store, mergeRequest),
    id: mergeRequest.id,
    node_id: nodeId("PullRequest", mergeRequest.id),
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    number: mergeRequest.number,
    state: mergeRequest.state === "open" ? "open" : "closed",
    locked: false,
    title: mergeRequest.title,
    user: simpleUser(store, mergeRequest.author),
    body: mergeRequest.description === "" ? null : mergeRequest.description,
    created_at: mergeRequest.createdAt,
    updated_at: mergeRequest.updatedAt,
    closed_at: mergeRequest.closedAt ?? mergeRequest.mergedAt ?? null,
    merged_at: mergeRequest.mergedAt ?? null,
    merge_commit_sha: mergeRequest.mergeCommit ?? null,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    labels: mergeRequest.labels.map((name) => labelObject(store, repository, name)),
    milestone: null,
    draft: mergeRequest.draft,
    head: headOf(store, mergeRequest),
    base: baseOf(store, mergeRequest),
    author_association: association(repository, mergeRequest.author),
    auto_merge: null,
    active_lock_reason: null,
  };
}

/** A pull request as it is shown alone, with what takes time to compute. */
export async function pullRequest(store: SandboxStore, mergeRequest: SandboxMergeRequest) {
  const merged = mergeRequest.state === "merged";
  return {
    ...pullRequestSimple(store, mergeRequest),
    merged,
    mergeable:
      merged || mergeRequest.mergeability === "unknown" ? null : mergeRequest.mergeability === "mergeable",
    rebaseable: null,
    mergeable_state: mergeableState(mergeRequest),
    merged_by: mergeRequest.mergedBy === undefined ? null : simpleUser(store, mergeRequest.mergedBy),
    comments: store.comments(mergeRequest).length,
    review_comments: 0,
    maintainer_can_modify: mergeRequest.sourceRepository !== mergeRequest.repository,
    ...(await size(store, mergeRequest)),
  };
}

function mergeableState({ state, draft, mergeability }: SandboxMergeRequest): string {
  if (state === "merged" || mergeability === "unknown") return "unknown";
  if (mergeability === "conflicting") return "dirty";
  return draft ? "draft" : "clean";
}

interface Size {
  readonly commits: number;
  readonly additions: number;
  readonly deletions: number;
  readonly changed_files: number;
}

/** By base and head: what lies between two commits never changes, and each webhook asks for it again. */
const sizes = new WeakMap<SandboxRepository, Map<string, Size>>();

async function size(store: SandboxStore, mergeRequest: SandboxMergeRequest): Promise<Size> {
  const repository = repositoryWithId(store, mergeRequest.repository);
  const known = sizes.get(repository) ?? new Map<string, Size>();
  sizes.set(repository, known);
  const { base, head } = mergeRequest;
  const found = known.get(`${base}..${head}`) ?? (await measured(repository, mergeRequest));
  known.set(`${base}..${head}`, found);
  return found;
}

async function measured(repository: SandboxRepository, mergeRequest: SandboxMergeRequest): Promise<Size> {
  const { base, head } = mergeRequest;
  const from = await comparedWith(repository, mergeRequest);
  const { files, additions, deletions } = await changedLines(repository, { from, to: head });
  const commits = await countCommits(repository, { from: base, to: head });
  return { commits, additions, deletions, changed_files: files };
}

/** The commit that the diff of a pull request starts from. */
export async function comparedWith(
  repository: SandboxRepository,
  { base, head }: SandboxMergeRequest,
): Promise<string> {
  return (await mergeBase(repository, [base, head])) ?? base;
}

function headOf(store: SandboxStore, mergeRequest: SandboxMergeRequest) {
  const { sourceRepository, sourceBranch, head } = mergeRequest;
  const repository = sourceRepository === undefined ? undefined : store.repositoryById(sourceRepository);
  // GitHub keeps showing the pull requests of a deleted fork, with nothing where the fork was.
  if (repository === undefined) {
    return { label: `unknown:${sourceBranch}`, ref: sourceBranch, sha: head, user: null, repo: null };
  }
  return {
    label: `${ownerLogin(repository)}:${sourceBranch}`,
    ref: sourceBranch,
    sha: head,
    user: repositoryOwner(store, repository),
    repo: repositoryObject(store, repository),
  };
}

function baseOf(store: SandboxStore, { repository: id, targetBranch, base }: SandboxMergeRequest) {
  const repository = repositoryWithId(store, id);
  return {
    label: `${ownerLogin(repository)}:${targetBranch}`,
    ref: targetBranch,
    sha: base,
    user: repositoryOwner(store, repository),
    repo: repositoryObject(store, repository),
  };
}

/** What a person is to a repository, next to all they write there. */
export function association(
  repository: SandboxRepository,
  user: SandboxUser,
): "OWNER" | "COLLABORATOR" | "NONE" {
  if (repository.owner.id === user.id) return "OWNER";
  return repository.members.has(user.id) ? "COLLABORATOR" : "NONE";
}

function addresses(store: SandboxStore, mergeRequest: SandboxMergeRequest) {
  const repository = repositoryWithId(store, mergeRequest.repository);
  const url = repositoryUrl(store, repository);
  const pull = `${url}/pulls/${mergeRequest.number}`;
  const issue = `${url}/issues/${mergeRequest.number}`;
  const plain = {
    url: pull,
    issue_url: issue,
    commits_url: `${pull}/commits`,
    review_comments_url: `${pull}/comments`,
    review_comment_url: `${url}/pulls/comments{/number}`,
    comments_url: `${issue}/comments`,
    statuses_url: `${url}/statuses/${mergeRequest.head}`,
  };
  return {
    ...plain,
    _links: {
      self: { href: plain.url },
      html: { href: pullRequestPage(store, repository, mergeRequest) },
      issue: { href: plain.issue_url },
      comments: { href: plain.comments_url },
      review_comments: { href: plain.review_comments_url },
      review_comment: { href: plain.review_comment_url },
      commits: { href: plain.commits_url },
      statuses: { href: plain.statuses_url },
    },
  };
}
