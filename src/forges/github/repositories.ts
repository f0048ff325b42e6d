import type { z } from "zod";
import type { AccessLevel, User } from "../../domain/merge-request.js";
import type { CommitId, RepositoryRef } from "../../domain/refs.js";
import type { Identity, Repository } from "../forge.js";
import { whereMoved } from "../moved.js";
import { ifFound, refusalOf } from "../refusal.js";
import type { GitHubClient } from "./client.js";
import { accountPayload, branchPayload, permissionPayload, repositoryPayload } from "./payloads.js";

export async function findRepository(
  client: GitHubClient,
  repository: RepositoryRef,
): Promise<Repository | undefined> {
  const asked = findPayload(client, repository);
  return whereMoved(asked.then(repositoryOf(client)), (id) => findRepositoryWithId(client, id, repository));
}

/** Asks with our rights on a repository nearby: an app has none beyond its installations. */
export async function findRepositoryWithId(
  client: GitHubClient,
  id: number,
  near: RepositoryRef,
): Promise<Repository | undefined> {
  const route = "GET /repositories/{repository_id}";
  const asked = client.ask(near, { route, parameters: { repository_id: id }, answer: repositoryPayload });
  return repositoryOf(client)(await ifFound(asked));
}

function repositoryOf({ name }: GitHubClient) {
  return (found: z.infer<typeof repositoryPayload> | undefined): Repository | undefined =>
    found && {
      ref: { forge: name, path: found.full_name },
      id: found.id,
      defaultBranch: found.default_branch,
      webUrl: found.html_url,
    };
}

export async function findBranch(
  client: GitHubClient,
  repository: RepositoryRef,
  branch: string,
): Promise<CommitId | undefined> {
  // Not GET …/branches/{branch}, which follows a renamed branch to its new name.
  const asked = client.ask(repository, {
    route: "GET /repos/{owner}/{repo}/git/ref/{ref}",
    parameters: { ref: `heads/${branch}` },
    answer: branchPayload,
  });
  try {
    return (await ifFound(asked))?.object.sha;
  } catch (error) {
    // "Git Repository is empty."
    if (refusalOf(error)?.status === 409) return undefined;
    throw error;
  }
}

const levels: Readonly<Record<string, AccessLevel>> = {
  admin: "admin",
  maintain: "admin",
  write: "write",
  triage: "read",
  read: "read",
};

export async function findAccess(
  client: GitHubClient,
  repository: RepositoryRef,
  user: User,
): Promise<AccessLevel> {
  const answer = await ifFound(
    client.ask(repository, {
      route: "GET /repos/{owner}/{repo}/collaborators/{username}/permission",
      parameters: { username: user.login },
      answer: permissionPayload,
    }),
  );
  // A login that was given up may be somebody else's by now.
  if (answer && (!answer.user || answer.user.id === user.id)) {
    // A role that an organisation made up has its own name; `permission` then says what it is worth.
    return levels[answer.role_name ?? ""] ?? levels[answer.permission] ?? "none";
  }
  const found = await findPayload(client, repository);
  return found && !found.private ? "read" : "none";
}

export async function identify(client: GitHubClient, noreplyHost: string): Promise<Identity> {
  const slug = await client.appSlug();
  const { id, login, name, email } = await client.askAnywhere(
    slug === undefined
      ? { route: "GET /user", answer: accountPayload }
      : { route: "GET /users/{username}", parameters: { username: `${slug}[bot]` }, answer: accountPayload },
  );
  const noreply = `${id}+${login}@${noreplyHost}`;
  return { id, login, name: name || login, email: slug === undefined ? email || noreply : noreply };
}

function findPayload(client: GitHubClient, repository: RepositoryRef) {
  return ifFound(client.ask(repository, { route: "GET /repos/{owner}/{repo}", answer: repositoryPayload }));
}
