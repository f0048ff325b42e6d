import type { SandboxRepository, SandboxUser } from "../../model.js";
import type { SandboxStore } from "../../store.js";
import { mayWrite } from "../access.js";
import { projectPage, splitPath, sshUrl } from "./links.js";
import { userBasic } from "./user.js";

/** A project as `user` sees it. */
export async function project(
  store: SandboxStore,
  repository: SandboxRepository,
  user: SandboxUser | undefined,
) {
  const origin = repository.forkOf === undefined ? undefined : store.repositoryById(repository.forkOf);
  const empty = (await store.branches(repository)).length === 0;
  return {
    ...basicProject(store, repository),
    default_branch: empty ? null : repository.defaultBranch,
    ...(origin === undefined ? {} : { forked_from_project: basicProject(store, origin) }),
    visibility: repository.private ? "private" : "public",
    empty_repo: empty,
    archived: false,
    import_status: origin === undefined ? "none" : "finished",
    marked_for_deletion_on: null,
    owner: userBasic(store, repository.owner),
    forks_count: store.repositories().filter(({ forkOf }) => forkOf === repository.id).length,
    can_create_merge_request_in: user !== undefined && store.access(user, repository) !== undefined,
    ...settings,
    permissions: {
      project_access: user === undefined ? null : projectAccess(store, repository, user),
      group_access: null,
    },
  };
}

const settings = {
  resolve_outdated_diff_discussions: false,
  repository_object_format: "sha1",
  issues_enabled: true,
  merge_requests_enabled: true,
  jobs_enabled: true,
  repository_access_level: "enabled",
  merge_requests_access_level: "enabled",
  merge_method: "merge",
  squash_option: "default_off",
};

function basicProject(store: SandboxStore, repository: SandboxRepository) {
  const { namespace, name } = splitPath(repository);
  const page = projectPage(store, repository);
  return {
    id: repository.id,
    description: null,
    name,
    name_with_namespace: repository.path.replaceAll("/", " / "),
    path: name,
    path_with_namespace: repository.path,
    created_at: repository.createdAt,
    default_branch: repository.defaultBranch as string | null,
    topics: [],
    ssh_url_to_repo: sshUrl(store, repository),
    http_url_to_repo: `${page}.git`,
    web_url: page,
    forks_count: 0,
    last_activity_at: repository.createdAt,
    namespace: namespaceBasic(store, repository, namespace),
  };
}

function namespaceBasic(store: SandboxStore, { owner }: SandboxRepository, path: string) {
  const personal = store.userByLogin(path);
  return {
    id: personal?.id ?? owner.id,
    name: path.slice(path.lastIndexOf("/") + 1),
    path: path.slice(path.lastIndexOf("/") + 1),
    kind: personal === undefined ? "group" : "user",
    full_path: path,
    parent_id: null,
    avatar_url: null,
    web_url: `${store.url}/${personal === undefined ? "groups/" : ""}${path}`,
  };
}

function projectAccess(store: SandboxStore, repository: SandboxRepository, user: SandboxUser) {
  const level = accessLevel(repository, user);
  return level === undefined ? null : { access_level: level, notification_level: 3 };
}

/** GitLab's number for what a member may do; `undefined` for who is none, whatever everybody may read. */
export function accessLevel(repository: SandboxRepository, user: SandboxUser): number | undefined {
  if (repository.owner.id === user.id) return 50;
  const access = repository.members.get(user.id);
  if (access === undefined) return undefined;
  if (access === "admin") return 40;
  return mayWrite(access) ? 30 : 20;
}

export function member(
  store: SandboxStore,
  {
    user,
    level,
    repository,
  }: { readonly user: SandboxUser; readonly level: number; readonly repository: SandboxRepository },
) {
  return {
    ...userBasic(store, user),
    access_level: level,
    created_at: repository.createdAt,
    expires_at: null,
    membership_state: "active",
  };
}
