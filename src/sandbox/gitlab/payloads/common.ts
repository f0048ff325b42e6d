import type { Instant, SandboxMergeRequest, SandboxRepository, SandboxUser } from "../../model.js";
import type { SandboxCommit, SandboxStore } from "../../store.js";
import { commitTitle } from "../entities/commit.js";
import { labelMention } from "../entities/label.js";
import { commitPage, projectPage, splitPath, sshUrl } from "../entities/links.js";
import { avatarUrl } from "../entities/user.js";
import { stateOf } from "../state.js";

/** An event and its payload, before it is addressed to a hook. */
export interface Announcement {
  readonly event: "Push Hook" | "Merge Request Hook" | "Note Hook" | "Pipeline Hook" | "Job Hook";
  readonly payload: object;
}

export function userMention(store: SandboxStore, user: SandboxUser) {
  return {
    id: user.id,
    name: user.name,
    username: user.login,
    avatar_url: avatarUrl(store, user),
    // What GitLab sends for everybody who did not make their address public.
    email: "[REDACTED]",
  };
}

/** A project as pipelines show it. */
export function projectMention(store: SandboxStore, repository: SandboxRepository) {
  const { namespace, name } = splitPath(repository);
  const page = projectPage(store, repository);
  return {
    id: repository.id,
    name,
    description: null,
    web_url: page,
    avatar_url: null,
    git_ssh_url: sshUrl(store, repository),
    git_http_url: `${page}.git`,
    namespace,
    visibility_level: visibilityLevel(repository),
    path_with_namespace: repository.path,
    default_branch: repository.defaultBranch,
  };
}

/** The same with the names of older days, as all other events have it. */
export function projectMentionInFull(store: SandboxStore, repository: SandboxRepository) {
  const page = projectPage(store, repository);
  const ssh = sshUrl(store, repository);
  return {
    ...projectMention(store, repository),
    homepage: page,
    url: ssh,
    ssh_url: ssh,
    http_url: `${page}.git`,
  };
}

/** What `project` replaced long ago, and which is still sent. */
export function repositoryMention(store: SandboxStore, repository: SandboxRepository) {
  return {
    name: splitPath(repository).name,
    url: sshUrl(store, repository),
    description: null,
    homepage: projectPage(store, repository),
  };
}

export function repositoryMentionInFull(store: SandboxStore, repository: SandboxRepository) {
  return {
    ...repositoryMention(store, repository),
    git_http_url: `${projectPage(store, repository)}.git`,
    git_ssh_url: sshUrl(store, repository),
    visibility_level: visibilityLevel(repository),
  };
}

function visibilityLevel({ private: hidden }: SandboxRepository): 0 | 20 {
  return hidden ? 0 : 20;
}

export function commitMention(store: SandboxStore, repository: SandboxRepository, commit: SandboxCommit) {
  const { id, message, committer, author } = commit;
  return {
    id,
    message,
    title: commitTitle(commit),
    timestamp: committer.date,
    url: commitPage(store, repository, id),
    author: { name: author.name, email: author.email },
  };
}

/** A commit that the store itself refers to. */
export async function commitWithId(
  store: SandboxStore,
  repository: SandboxRepository,
  id: string,
): Promise<SandboxCommit> {
  const commit = await store.commit(repository, id);
  if (commit === undefined) throw new Error(`the sandbox has lost commit ${id} of ${repository.path}`);
  return commit;
}

export function labelMentions(
  store: SandboxStore,
  { repository }: Pick<SandboxMergeRequest, "repository">,
  names: readonly string[],
) {
  const project = { id: repository };
  return names.map((name) => labelMention(project, stateOf(store).label(project, { name })));
}

/** `2016-08-12 15:23:28 UTC`, as most events write their instants. */
export function spacedTime(instant: Instant): string {
  return instant.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC");
}
