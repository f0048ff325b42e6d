import type { MergeRequest } from "../../domain/merge-request.js";
import type { CommitId } from "../../domain/refs.js";
import type { Homecoming } from "../homecoming/homecomings.js";
import type { Pair } from "../pairs/pairs.js";
import type { Route } from "../links/route.js";
import { areCarried } from "../mirror/texts.js";
import {
  saysOtherEnd,
  saysOtherRest,
  saysOtherwise,
  saysUnsettled,
  waitsToMerge,
} from "../telling/progress.js";
import type { Told } from "../telling/told.js";

/** A source-git merge request as its forge shows it now, and what is recorded of it. */
export interface SourceSide {
  readonly mergeRequest: MergeRequest;
  /** `undefined` where its target branch is not linked. */
  readonly route: Route | undefined;
  readonly pair: Pair | undefined;
  readonly told: Told | undefined;
}

/** Whether a source-git merge request is not any more what Sluice made of it; what waits for people waits on. */
export function sourceDiffers({ mergeRequest, route, pair, told }: SourceSide): boolean {
  if (!pair) return mergeRequest.state === "open" && route !== undefined;
  if (mergeRequest.state !== "open") return !hasEnded(pair, mergeRequest, told);
  if (!route) return pair.state !== "closed" || told?.progress?.stage !== "not-linked";
  if (["closing", "closed", "merged", "merging"].includes(pair.state)) return true;

  // What kept it from going on may be over.
  const stage = told?.progress?.stage;
  if (stage === "renamed" || stage === "source-gone") return true;
  // What it waits for to be merged may have come.
  if (waitsToMerge(told?.progress)) return true;
  const isToldOf = told?.mergeRequest.head === mergeRequest.head;
  if (pair.state === "stopped" || pair.pausedBy !== undefined) return !isToldOf;
  // A word may have been given by a review.
  if (pair.waiting !== undefined) return true;
  const isCurrent =
    pair.mirroredHead === mergeRequest.head && pair.distGit.targetBranch === route.targetBranch;
  // What was told since, as a forge did not answer, has to be told anew.
  if (isCurrent && saysOtherwise(told?.progress) && stage !== "failed") return true;
  const saysLess = pair.shown !== undefined && !areCarried({ link: route.link, pair, mergeRequest });
  if (isCurrent) return pair.state !== "empty" && (pair.shown === undefined || saysLess);
  // What cannot be converted was told, and stays so until somebody pushes or asks for another try.
  const hasFailed = told?.progress?.stage === "failed" && isToldOf;
  return !hasFailed || saysLess || told.mergeRequest.targetBranch !== mergeRequest.targetBranch;
}

function hasEnded({ state, pausedBy }: Pair, mergeRequest: MergeRequest, told: Told | undefined): boolean {
  if (pausedBy === undefined && saysUnsettled(told?.progress)) return false;
  if (mergeRequest.state === "merged") return state === "merged" || state === "merging";
  // People had closed dist-git's side before. One that stopped for another reason has a side that is to be closed still.
  return state === "closed" || (state === "stopped" && told?.progress?.stage === "dist-ended");
}

/** Whether people did something to the counterpart of which the pair knows nothing. */
export function distDiffers(
  { pair: { state, pushedCommit }, told }: { readonly pair: Pair; readonly told: Told | undefined },
  counterpart: MergeRequest,
): boolean {
  if (state === "closed" || state === "merged") return saysOtherRest(told?.progress, counterpart.state);
  if (state === "closing" || state === "empty") return false;
  const isLeft = counterpart.state !== "open" || counterpart.head !== pushedCommit;
  return isLeft !== (state === "stopped") || saysOtherEnd(told?.progress, counterpart.state);
}

/** Whether people did something to the merge request that brings dist-git's changes home. */
export function homeDiffers({ number, seen }: Homecoming, mergeRequest: MergeRequest): boolean {
  if (mergeRequest.state !== "open") return number === mergeRequest.ref.number;
  return seen.home !== mergeRequest.head;
}

/** The dist-git commit whose CI may have more to say than source-git shows; none once it has come to its end. */
export function awaitedResults(pair: Pair, told: Told | undefined): CommitId | undefined {
  const { results } = told ?? {};
  const isOver =
    results?.sourceCommit === pair.mirroredHead &&
    results?.results.every(({ state }) => state !== "pending" && state !== "running");
  return isOver ? undefined : testedCommit(pair);
}

/** The dist-git commit whose CI counts; none once the pair has come to its end. */
export function testedCommit({ state, pushedCommit }: Pair): CommitId | undefined {
  return state === "open" || state === "merging" ? pushedCommit : undefined;
}
