import { createHash } from "node:crypto";
import type { MergeRequest } from "../domain/merge-request.js";
import type { Forge, MergeRequestChange } from "../forges/forge.js";
import type { Pair, Pairs } from "./pairs.js";
import { mirrorDescription, mirrorTitle, withOwnPart } from "./wording.js";

/** A pair whose counterpart may say something else than its source-git merge request does by now. */
export interface Telling {
  readonly pair: Pair;
  readonly mergeRequest: MergeRequest;
  readonly counterpart: MergeRequest;
}

/** Whether the counterpart was already given the title, description and draft that source-git shows. */
export function areCarried({ shown }: Pair, mergeRequest: MergeRequest): boolean {
  return shown?.texts === fingerprint(mergeRequest);
}

/**
 * The counterpart's title, description and draft follow source-git's, but for what people in dist-git changed: a title or
 * draft that is not the one Sluice gave is theirs, and of the description only the marked part is Sluice's.
 */
export async function carryTexts(
  { pairs, forge }: { readonly pairs: Pairs; readonly forge: Forge },
  { pair, mergeRequest, counterpart }: Telling,
): Promise<MergeRequest> {
  const change = dueChange(forge, { pair, mergeRequest, counterpart });
  const changed =
    Object.keys(change).length === 0 ? counterpart : await forge.updateMergeRequest(counterpart.ref, change);
  await pairs.update(pair, {
    shown: {
      title: change.title === undefined ? (pair.shown?.title ?? changed.title) : changed.title,
      draft: change.draft === undefined ? (pair.shown?.draft ?? changed.draft) : changed.draft,
      texts: fingerprint(mergeRequest),
    },
  });
  return changed;
}

function dueChange(forge: Forge, { pair, mergeRequest, counterpart }: Telling): MergeRequestChange {
  const { shown } = pair;
  const title = mirrorTitle(mergeRequest);
  const description = withOwnPart(
    counterpart.description,
    mirrorDescription(mergeRequest, forge.capabilities.descriptionLength),
  );
  const isOurs = counterpart.title === (shown?.title ?? counterpart.title);
  const draft = counterpart.draft === shown?.draft && mergeRequest.draft !== shown.draft;
  return {
    ...(isOurs && title !== counterpart.title ? { title } : {}),
    ...(description === counterpart.description ? {} : { description }),
    ...(draft ? { draft: mergeRequest.draft } : {}),
  };
}

function fingerprint({ title, description, draft }: MergeRequest): string {
  return createHash("sha256")
    .update(JSON.stringify([title, description, draft]))
    .digest("hex");
}
