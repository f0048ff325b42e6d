import type { MergeRequest } from "../domain/merge-request.js";
import { done, type Outcome, skipped } from "../domain/outcome.js";
import { type MergeRequestRef, mergeRequestName } from "../domain/refs.js";
import type { Pair } from "../linking/pairs/pairs.js";
import { hasRest, saysOtherEnd, saysOtherRest } from "../linking/telling/progress.js";
import { followJob, mirrorJob, takesTurn } from "./jobs.js";
import type { Services } from "./services.js";

interface Followed {
  readonly mergeRequest: MergeRequestRef;
  readonly by?: number | undefined;
  /** The source-git side, in the lane of which this is. */
  readonly turn?: MergeRequestRef | undefined;
}

/** Stops or takes up a pair again when people close, merge, reopen or push to the counterpart that Sluice opened. */
export async function followDistGit(
  { mergeRequest: ref, by, turn }: Followed,
  { forges, pairs, queue, report }: Services,
): Promise<Outcome> {
  const pair = await pairs.withDistGit(ref);
  if (!pair) return skipped("not a merge request that Sluice opened");
  const hasEnded = ["closing", "closed", "merged", "empty"].includes(pair.state);
  if (hasEnded && !hasRest(await report.stands(pair))) return skipped("the source-git side has ended");

  // What Sluice does there it knows without asking; its own pushes are most of what is heard of a counterpart.
  const ourselves = await forges.ourselves(ref.repository.forge);
  if (ourselves.some(({ id }) => id === by)) return skipped("our own doing");

  // A source-git that was renamed while this waited has another lane by now.
  if (turn === undefined || mergeRequestName(turn) !== mergeRequestName(pair.sourceGit)) {
    await queue.add([followJob({ mergeRequest: ref, by }, pair.sourceGit)]);
    return skipped(takesTurn);
  }
  const counterpart = await forges.for(ref.repository).findMergeRequest(ref);
  if (!counterpart) return skipped("merge request no longer exists");
  if (hasEnded) return followRest({ pair, counterpart }, { report, queue });

  const isTheirs = counterpart.state === "open" && !(await pairs.isMirrored(pair, counterpart.head));
  const isLeft = counterpart.state !== "open" || isTheirs;
  const isTold = !isLeft || !saysOtherEnd(await report.stands(pair), counterpart.state);
  if (isLeft === (pair.state === "stopped") && isTold) return skipped("nothing changed for the pair");

  // Sluice itself may be closing it at this moment, for the other side.
  if (isLeft && !(await pairs.stop(pair))) return skipped("the pair moved on meanwhile");
  await queue.add([mirrorJob(pair.sourceGit)]);
  return done(
    isTheirs ? "somebody else pushed to the counterpart" : `the counterpart is ${counterpart.state}`,
  );
}

/** The source-git side has ended, and the counterpart was left to dist-git's maintainers, or may be opened again by them. */
async function followRest(
  { pair, counterpart }: { readonly pair: Pair; readonly counterpart: MergeRequest },
  { report, queue }: Pick<Services, "report" | "queue">,
): Promise<Outcome> {
  if (!saysOtherRest(await report.stands(pair), counterpart.state))
    return skipped("nothing changed for the pair");
  await queue.add([mirrorJob(pair.sourceGit)]);
  return done(`the counterpart is ${counterpart.state}`);
}
