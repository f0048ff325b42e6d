import type { Outcome } from "../domain/outcome.js";
import type { MergeRequestRef } from "../domain/refs.js";
import { mirrorMergeRequest } from "./mirror-merge-request.js";
import type { Services } from "./services.js";

/** Converts a mirrored head once more: what dist-git holds now does not go together with what was made of it. */
export async function mirrorAgain(
  { mergeRequest }: { readonly mergeRequest: MergeRequestRef },
  services: Services,
): Promise<Outcome> {
  const pair = await services.pairs.withSourceGit(mergeRequest);
  // Here, in the lane of the merge request: a mirroring that was under way would have recorded the head again.
  if (pair?.state === "open") await services.pairs.update(pair, { mirroredHead: null });
  return mirrorMergeRequest({ mergeRequest }, services);
}
