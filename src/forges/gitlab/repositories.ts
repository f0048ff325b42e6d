import type { AccessLevel, User } from "../../domain/merge-request.js";
import type { CommitId, RepositoryRef } from "../../domain/refs.js";
import type { Identity, Repository } from "../forge.js";
import { whereMoved } from "../moved.js";
import { ifFound } from "../refusal.js";
import type { GitLabClient } from "./client.js";
import {
  accountPayload,
  branchPayload,
  memberPayload,
  type ProjectPayload,
  projectPayload,
} from "./payloads.js";

export async function findRepository(
  client: GitLabClient,
  repository: RepositoryRef,
): Promise<Repository | undefined> {
  return repositoryOf(client, await findProject(client, repository.path));
}

export async function findRepositoryWithId(
  client: GitLabClient,
  id: number,
): Promise<Repository | undefined> {
  return repositoryOf(client, await findProject(client, id));
}

/** One that its owner deleted is there for some days, under another name. */
function repositoryOf({ name }: GitLabClient, project: ProjectPayload | undefined): Repository | undefined {
  if (!project || (project.marked_for_deletion_on ?? undefined) !== undefined) return undefined;
  return {
    ref: { forge: name, path: project.path_with_namespace },
    id: project.id,
    // What GitLab itself calls the first branch of an empty repository.
    defaultBranch: project.default_branch ?? "main",
    webUrl: project.web_url,
  };
}

/** A project by its path, also one that it had before, or by its id. */
export function findProject(
  client: GitLabClient,
  project: string | number,
): Promise<ProjectPayload | undefined> {
  const asked = client.ask({ ask: ({ Projects }) => Projects.show(project), answer: projectPayload });
  return whereMoved(ifFound(asked), (id) => findProject(client, id));
}

export async function findBranch(
  client: GitLabClient,
  { path }: RepositoryRef,
  branch: string,
): Promise<CommitId | undefined> {
  const found = await ifFound(
    client.ask({ ask: ({ Branches }) => Branches.show(path, branch), answer: branchPayload }),
  );
  return found?.commit.id;
}

export async function findAccess(
  client: GitLabClient,
  { path }: RepositoryRef,
  user: User,
): Promise<AccessLevel> {
  const member = await ifFound(
    client.ask({
      ask: ({ ProjectMembers }) => ProjectMembers.show(path, user.id, { includeInherited: true }),
      answer: memberPayload,
    }),
  );
  const level = member?.access_level ?? 0;
  if (level >= 40) return "admin";
  if (level >= 30) return "write";
  if (level >= 20) return "read";
  // Guests and strangers read what everybody reads; everybody with an account here reads what is internal.
  const project = await findProject(client, path);
  return project?.visibility === "public" || project?.visibility === "internal" ? "read" : "none";
}

export async function identify(client: GitLabClient, noreplyHost: string): Promise<Identity> {
  const account = await client.ask({ ask: ({ Users }) => Users.showCurrentUser(), answer: accountPayload });
  const { id, username: login, name, commit_email: email } = account;
  return { id, login, name: name || login, email: email || `${id}-${login}@${noreplyHost}` };
}
