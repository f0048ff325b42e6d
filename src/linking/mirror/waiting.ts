import type { Mirroring } from "../pairs/counterparts.js";
import type { Pairs } from "../pairs/pairs.js";
import type { Progress } from "../telling/progress.js";
import type { TrustKeeper } from "../trust/trust-keeper.js";

interface WaitingServices {
  readonly pairs: Pairs;
  readonly trust: TrustKeeper;
}

type Waiting = Extract<Progress, { readonly stage: "paused" | "waiting-for-maintainer" }>;

/** What somebody has to say first, before anything is carried over; `undefined`: nothing. */
export async function waitingOf(
  { pairs, trust }: WaitingServices,
  { route: { link }, pair, mergeRequest }: Mirroring,
): Promise<Waiting | undefined> {
  const { head } = mergeRequest;
  if (pair.pausedBy !== undefined) return { stage: "paused", by: pair.pausedBy };
  const answer = await trust.decide({ link, pair, mergeRequest });
  await trust.remember(pair, answer);
  const { trusted, because } = answer.decision;
  // Recorded before it is told: who reads that it waits may answer at once.
  await pairs.update(pair, { waitingHead: trusted ? null : head });
  if (trusted) return undefined;
  const { trustByReview: byReview, trustLaterPushes: laterPushes } = link.entry;
  return { stage: "waiting-for-maintainer", head, doubt: because, byReview, laterPushes };
}
