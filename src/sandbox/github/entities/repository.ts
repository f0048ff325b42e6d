import type { SandboxAccess, SandboxRepository } from "../../model.js";
import type { SandboxStore } from "../../store.js";
import { nodeId, repositoryPage, repositoryUrl, repositoryWithId } from "./links.js";
import { repositoryOwner } from "./user.js";

/** What lists and payloads say of a repository. */
export function repositoryObject(store: SandboxStore, repository: SandboxRepository) {
  const forks = store.repositories().filter(({ forkOf }) => forkOf === repository.id).length;
  const open = store.mergeRequests(repository).filter(({ state }) => state === "open");
  const updated = [repository.createdAt, ...open.map(({ updatedAt }) => updatedAt)].sort().at(-1);
  return {
    ...minimalRepository(store, repository),
    ...cloneUrls(store, repository),
    ...features,
    created_at: repository.createdAt,
    updated_at: updated ?? repository.createdAt,
    pushed_at: updated ?? repository.createdAt,
    forks_count: forks,
    forks,
    open_issues_count: open.length,
    open_issues: open.length,
    default_branch: repository.defaultBranch,
    visibility: repository.private ? "private" : "public",
  };
}

/** The answer for the one repository that was asked for, with what the asker may do. */
export function fullRepository(
  store: SandboxStore,
  repository: SandboxRepository,
  access: SandboxAccess | undefined,
): object {
  const parent = repository.forkOf === undefined ? undefined : repositoryWithId(store, repository.forkOf);
  return {
    ...repositoryObject(store, repository),
    permissions: permissions(access),
    allow_merge_commit: true,
    allow_squash_merge: true,
    allow_rebase_merge: false,
    allow_auto_merge: false,
    allow_update_branch: false,
    delete_branch_on_merge: false,
    allow_forking: true,
    network_count: network(store, repository).length - 1,
    subscribers_count: 0,
    ...(parent === undefined
      ? {}
      : {
          parent: repositoryObject(store, parent),
          source: repositoryObject(store, root(store, parent)),
        }),
  };
}

export function permissions(access: SandboxAccess | undefined) {
  const push = access === "write" || access === "admin";
  const admin = access === "admin";
  return { admin, maintain: admin, push, triage: push, pull: access !== undefined };
}

/** All forks of one another, which may open pull requests between themselves. */
export function network(store: SandboxStore, repository: SandboxRepository): readonly SandboxRepository[] {
  const { id } = root(store, repository);
  return store.repositories().filter((other) => root(store, other).id === id);
}

function root(store: SandboxStore, repository: SandboxRepository): SandboxRepository {
  return repository.forkOf === undefined
    ? repository
    : root(store, repositoryWithId(store, repository.forkOf));
}

const features = {
  homepage: null,
  size: 0,
  stargazers_count: 0,
  watchers_count: 0,
  watchers: 0,
  language: null,
  has_issues: true,
  has_projects: true,
  has_downloads: true,
  has_wiki: true,
  has_pages: false,
  has_discussions: false,
  mirror_url: null,
  archived: false,
  disabled: false,
  license: null,
  is_template: false,
  topics: [],
  web_commit_signoff_required: false,
  custom_properties: {},
};

function cloneUrls(store: SandboxStore, repository: SandboxRepository) {
  const page = repositoryPage(store, repository);
  const host = new URL(store.url).host;
  return {
    git_url: `git://${host}/${repository.path}.git`,
    ssh_url: `ssh://git@${host}/${repository.path}.git`,
    clone_url: `${page}.git`,
    svn_url: page,
  };
}

export function minimalRepository(store: SandboxStore, repository: SandboxRepository) {
  return {
    id: repository.id,
    node_id: nodeId("Repository", repository.id),
    name: repository.path.slice(repository.path.indexOf("/") + 1),
    full_name: repository.path,
    private: repository.private,
    owner: repositoryOwner(store, repository),
    html_url: repositoryPage(store, repository),
    description: null,
    fork: repository.forkOf !== undefined,
    url: repositoryUrl(store, repository),
    ...addresses(repositoryUrl(store, repository)),
  };
}

function addresses(url: string) {
  return {
    forks_url: `${url}/forks`,
    keys_url: `${url}/keys{/key_id}`,
    collaborators_url: `${url}/collaborators{/collaborator}`,
    teams_url: `${url}/teams`,
    hooks_url: `${url}/hooks`,
    issue_events_url: `${url}/issues/events{/number}`,
    events_url: `${url}/events`,
    assignees_url: `${url}/assignees{/user}`,
    branches_url: `${url}/branches{/branch}`,
    tags_url: `${url}/tags`,
    blobs_url: `${url}/git/blobs{/sha}`,
    git_tags_url: `${url}/git/tags{/sha}`,
    git_refs_url: `${url}/git/refs{/sha}`,
    trees_url: `${url}/git/trees{/sha}`,
    statuses_url: `${url}/statuses/{sha}`,
    languages_url: `${url}/languages`,
    stargazers_url: `${url}/stargazers`,
    contributors_url: `${url}/contributors`,
    subscribers_url: `${url}/subscribers`,
    subscription_url: `${url}/subscription`,
    commits_url: `${url}/commits{/sha}`,
    git_commits_url: `${url}/git/commits{/sha}`,
    comments_url: `${url}/comments{/number}`,
    issue_comment_url: `${url}/issues/comments{/number}`,
    contents_url: `${url}/contents/{+path}`,
    compare_url: `${url}/compare/{base}...{head}`,
    merges_url: `${url}/merges`,
    archive_url: `${url}/{archive_format}{/ref}`,
    downloads_url: `${url}/downloads`,
    issues_url: `${url}/issues{/number}`,
    pulls_url: `${url}/pulls{/number}`,
    milestones_url: `${url}/milestones{/number}`,
    notifications_url: `${url}/notifications{?since,all,participating}`,
    labels_url: `${url}/labels{/name}`,
    releases_url: `${url}/releases{/id}`,
    deployments_url: `${url}/deployments`,
  };
}
