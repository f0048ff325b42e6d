import { Moved } from "../domain/errors.js";
import type { ForgeName, RepositoryRef } from "../domain/refs.js";

/**
 * What to throw where a forge leads from the path of a repository to its id, as both do once it was renamed; `undefined`
 * for any other redirect.
 */
export function movedTo(forge: ForgeName, asked: URL, to: URL): Moved | undefined {
  const repository = repositoryIn(forge, asked);
  const id = /\/(?:repositories|projects)\/(\d+)(?=\/|$)/.exec(to.pathname)?.[1];
  if (repository === undefined || id === undefined) return undefined;
  return new Moved(repository, { id: Number(id) });
}

/** The repository that an address of the API names by its path. */
export function repositoryIn(forge: ForgeName, { pathname }: URL): RepositoryRef | undefined {
  const [, github, gitlab] = /\/repos\/([^/]+\/[^/]+)|\/projects\/([^/]*[^/\d][^/]*)/.exec(pathname) ?? [];
  const path = github ?? gitlab;
  return path === undefined ? undefined : { forge, path: decodeURIComponent(path) };
}

/** What was asked for under an old path is asked for again by its id. */
export async function whereMoved<T>(asked: Promise<T>, again: (id: number) => Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof Moved) || error.id === undefined) throw error;
    return again(error.id);
  }
}
