import { OperatorError, RetryLater } from "../../domain/errors.js";
import { type RepositoryRef, repositoryName, sameRepository } from "../../domain/refs.js";
import type { GitHubClient } from "./client.js";
import { repositoryPayload } from "./payloads.js";
import { findBranch } from "./repositories.js";

/** GitHub answers the fork that there is, whatever its name became, and makes one otherwise; its git data comes later. */
export async function ensureFork(client: GitHubClient, repository: RepositoryRef): Promise<RepositoryRef> {
  const forked = await client.ask(repository, {
    route: "POST /repos/{owner}/{repo}/forks",
    parameters: {},
    answer: repositoryPayload,
  });
  const fork = { forge: repository.forge, path: forked.full_name };
  if (sameRepository(fork, repository)) {
    throw new OperatorError(
      `${repositoryName(repository)} is our own: there is no fork of it; link it with via: branch`,
    );
  }
  if ((await findBranch(client, fork, forked.default_branch)) !== undefined) return fork;
  throw new RetryLater(`${repositoryName(fork)} is still being forked`);
}
