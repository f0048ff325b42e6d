import type { AccessLevel, User } from "../../domain/merge-request.js";
import type { CommitId, RepositoryRef } from "../../domain/refs.js";
import type { Identity, Repository } from "../forge.js";
import { ifFound } from "../refusal.js";
import type { GitLabClient } from "./client.js";
import { accountPayload, branchPayload, memberPayload, projectPayload } from "./payloads.js";

export async function findRepository(
  client: GitLabClient,
  repository: RepositoryRef,
): Promise<Repository | undefined> {
  const project = await findProject(client, repository.path);
  return (
    project && {
      ref: { forge: repository.forge, path: project.path_with_namespace },
      id: project.id,
      // What GitLab itself calls the first branch of an empty repository.
      defaultBranch: project.default_branch ?? "main",
      webUrl: project.web_url,
    }
  );
}

/** A project by its path or by its id. */
export function findProject(client: GitLabClient, project: string | number) {
  return ifFound(client.ask({ ask: ({ Projects }) => Projects.show(project), answer: projectPayload }));
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
