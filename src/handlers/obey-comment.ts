import type { CommentRef } from "../domain/comment.js";
import { done, type Outcome, skipped } from "../domain/outcome.js";
import type { MergeRequestRef } from "../domain/refs.js";
import { mirrorJob, obeyJob, takesTurn } from "./jobs.js";
import type { Services } from "./services.js";

const noPair = "not a merge request of a pair";

/** Carries out what a comment orders, if it orders something and its author may. */
export async function obeyComment(
  { comment: ref, turn }: { readonly comment: CommentRef; readonly turn?: MergeRequestRef | undefined },
  { forges, links, pairs, commander, queue, obeyed: before }: Services,
): Promise<Outcome> {
  // Webhooks come twice, and sweeps find what webhooks had told of.
  if (await before.has(ref)) return skipped("was obeyed before");
  if (turn === undefined && (await pairs.withSourceGit(ref.mergeRequest)) === undefined) {
    const pair = await pairs.withDistGit(ref.mergeRequest);
    if (pair) {
      await queue.add([obeyJob(ref, pair.sourceGit)]);
      return skipped(takesTurn);
    }
    if (links.from(ref.mergeRequest.repository).length === 0) return skipped(noPair);
  }
  const comment = await forges.for(ref.mergeRequest.repository).findComment(ref);
  if (!comment) return skipped("comment no longer exists");

  const obeyed = await commander.obey(comment, turn);
  if (obeyed.outcome === "nothing") return skipped(obeyed.reason);
  if (obeyed.outcome === "unpaired") {
    if (turn !== undefined) return skipped(noPair);
    // The webhook of its opening is late or lost: whoever orders something here must not be passed over for that.
    await queue.add([mirrorJob(ref.mergeRequest), obeyJob(ref, ref.mergeRequest)]);
    return skipped("its merge request is looked at first");
  }
  if (obeyed.again) await queue.add([mirrorJob(obeyed.again)]);
  await before.finish(ref);
  return done(obeyed.summary);
}
