import type { CommentRef } from "../domain/comment.js";
import { done, type Outcome, skipped } from "../domain/outcome.js";
import type { MergeRequestRef } from "../domain/refs.js";
import { mirrorJob, obeyJob, takesTurn } from "./jobs.js";
import type { Services } from "./services.js";

/** Carries out what a comment orders, if it orders something and its author may. */
export async function obeyComment(
  { comment: ref, turn }: { readonly comment: CommentRef; readonly turn?: MergeRequestRef | undefined },
  { forges, pairs, commander, queue, obeyed: before }: Services,
): Promise<Outcome> {
  // Webhooks come twice, and sweeps find what webhooks had told of.
  if (await before.has(ref)) return skipped("was obeyed before");
  if (turn === undefined && (await pairs.withSourceGit(ref.mergeRequest)) === undefined) {
    const pair = await pairs.withDistGit(ref.mergeRequest);
    if (!pair) return skipped("not a merge request of a pair");
    await queue.add([obeyJob(ref, pair.sourceGit)]);
    return skipped(takesTurn);
  }
  const comment = await forges.for(ref.mergeRequest.repository).findComment(ref);
  if (!comment) return skipped("comment no longer exists");

  const obeyed = await commander.obey(comment, turn);
  if (obeyed.outcome === "nothing") return skipped(obeyed.reason);
  if (obeyed.again) await queue.add([mirrorJob(obeyed.again)]);
  await before.finish(ref, obeyed.orders);
  return done(obeyed.summary);
}
