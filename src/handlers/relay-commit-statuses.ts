import type { Outcome } from "../domain/outcome.js";
import type { CommitRef } from "../domain/refs.js";
import { mirrorJob } from "./jobs.js";
import type { Services } from "./services.js";

/** Shows the results of a dist-git commit on the source-git commit that it stands for. */
export async function relayCommitStatuses(
  { commit }: { readonly commit: CommitRef },
  { relay, pairs, queue }: Services,
): Promise<Outcome> {
  const outcome = await relay.relay(commit);
  // A merge may have waited for just this result.
  const waiting = (await pairs.mirroredBy(commit)).filter(({ pair }) => pair.state === "merging");
  await queue.add(waiting.map(({ pair }) => mirrorJob(pair.sourceGit)));
  return outcome;
}
