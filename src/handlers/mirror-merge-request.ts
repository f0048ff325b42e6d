import { type Outcome, skipped } from "../domain/outcome.js";
import type { MergeRequestRef } from "../domain/refs.js";
import type { Services } from "./services.js";

/** Makes the dist-git side of a pair agree with what its source-git merge request is now. */
export async function mirrorMergeRequest(
  { mergeRequest: ref }: { readonly mergeRequest: MergeRequestRef },
  { forges, links, pairs, mirror }: Services,
): Promise<Outcome> {
  const from = links.from(ref.repository);
  if (from.length === 0) return skipped("repository is not the source-git side of a link");

  // Webhooks arrive late, twice and out of order; only the forge knows the present state.
  const mergeRequest = await forges.for(ref.repository).findMergeRequest(ref);
  if (!mergeRequest) return skipped("merge request no longer exists");
  if (mergeRequest.state === "open") return mirror.open(from, mergeRequest);

  const pair = await pairs.withSourceGit(ref);
  if (!pair) return skipped("ended before it was mirrored");
  return mirror.end(from, pair, mergeRequest);
}
