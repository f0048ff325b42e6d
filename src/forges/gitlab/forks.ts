import { OperatorError, RetryLater, UserError } from "../../domain/errors.js";
import { type RepositoryRef, repositoryName } from "../../domain/refs.js";
import { type GitLabClient, wasRefused } from "./client.js";
import { type ProjectPayload, projectPayload } from "./payloads.js";
import { findProject } from "./repositories.js";

/** A fork in the namespace `owner`, under its own name or, where that is taken, under its whole path. */
export async function ensureFork(
  client: GitLabClient,
  repository: RepositoryRef,
  owner: string,
): Promise<RepositoryRef> {
  const origin = await findProject(client, repository.path);
  if (!origin) throw new OperatorError(`${repositoryName(repository)} does not exist, or is hidden from us`);
  for (const name of [repository.path.split("/").at(-1) ?? "", repository.path.replaceAll("/", "-")]) {
    const path = `${owner}/${name}`;
    const present = await findProject(client, path);
    if (present?.id === origin.id) break;
    const isTaken = present && present.forked_from_project?.id !== origin.id;
    const fork = isTaken ? undefined : (present ?? (await make(client, { origin, owner, name })));
    if (fork) return imported(repository, fork);
  }
  throw new OperatorError(
    `${owner} has no room for a fork of ${repositoryName(repository)}; link it with via: branch`,
  );
}

/** `undefined` where the name was taken meanwhile. */
async function make(
  client: GitLabClient,
  { origin, owner, name }: { readonly origin: ProjectPayload; readonly owner: string; readonly name: string },
): Promise<ProjectPayload | undefined> {
  const settings = { namespacePath: owner, path: name, name };
  try {
    return await client.ask({
      ask: ({ Projects }) => Projects.fork(origin.id, settings),
      answer: projectPayload,
    });
  } catch (error) {
    if (!wasRefused(error, 409, /already been taken/i)) throw error;
    return undefined;
  }
}

/** GitLab copies the repository after it has answered. */
function imported(repository: RepositoryRef, fork: ProjectPayload): RepositoryRef {
  const ref = { forge: repository.forge, path: fork.path_with_namespace };
  const status = fork.import_status ?? "finished";
  if (status === "finished" || status === "none") return ref;
  if (status !== "failed") throw new RetryLater(`${repositoryName(ref)} is still being forked`);
  const message = `${repository.forge} could not copy ${repositoryName(repository)} to its fork ${repositoryName(ref)}`;
  throw new UserError("refused", { message, remedy: "Remove that fork; Sluice makes it anew." });
}
