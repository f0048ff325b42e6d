import { allows, type MergeRequest } from "../domain/merge-request.js";
import { sameRepository } from "../domain/refs.js";
import type { Forge } from "../forges/forge.js";
import type { Link } from "./links.js";

/**
 * Whether a merge request may be mirrored by itself. Dist-git's CI may hold secrets and runs what the merge request
 * brings, so it takes somebody who could have pushed to the source-git repository; a branch of that repository shows
 * that by being there.
 */
export async function isTrusted(link: Link, mergeRequest: MergeRequest, forge: Forge): Promise<boolean> {
  const { author, ref, source } = mergeRequest;
  if (link.entry.trust === "everyone") return true;
  if (source.repository && sameRepository(source.repository, ref.repository)) return true;
  return allows(await forge.findAccess(ref.repository, author), "write");
}
