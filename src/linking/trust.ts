import { allows, type MergeRequest, type User } from "../domain/merge-request.js";
import { type RepositoryRef, sameRepository } from "../domain/refs.js";
import type { Forge } from "../forges/forge.js";
import type { Link } from "./links.js";

/**
 * Whether a merge request may be mirrored by itself. Dist-git's CI may hold secrets and runs what the merge request
 * brings, so it takes somebody who could have pushed to the source-git repository; a branch of that repository shows
 * that by being there. A fork has to be its author's own: to another one, others push after the author opened it.
 */
export async function isTrusted(link: Link, mergeRequest: MergeRequest, forge: Forge): Promise<boolean> {
  const { author, ref, source } = mergeRequest;
  if (link.entry.trust === "everyone") return true;
  if (source.repository && sameRepository(source.repository, ref.repository)) return true;
  if (!isOwn(source.repository, author)) return false;
  return allows(await forge.findAccess(ref.repository, author), "write");
}

function isOwn(fork: RepositoryRef | undefined, { login }: User): boolean {
  const [owner, ...rest] = fork?.path.split("/") ?? [];
  return rest.length === 1 && owner?.toLowerCase() === login.toLowerCase();
}
