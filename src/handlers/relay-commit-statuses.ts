import { type Outcome, skipped } from "../domain/outcome.js";
import type { CommitRef } from "../domain/refs.js";
import { mirrorJob } from "./jobs.js";
import type { Services } from "./services.js";

/** Shows the results of a dist-git commit on the source-git commit that it stands for. */
export async function relayCommitStatuses(
  { commit, waiting }: { readonly commit: CommitRef; readonly waiting: "goes on" | "is over" },
  { relay, narrowings, queue }: Services,
): Promise<Outcome> {
  const tested = await relay.find(commit);
  if (!tested) return skipped("not a commit that Sluice pushed last for its source-git commit");
  for (const { pair } of tested.mirrored) await narrowings.know(pair.sourceGit.repository);
  const outcome = await relay.relay(tested, waiting);
  // A merge may have waited for just this result.
  const merging = tested.mirrored.filter(({ pair }) => pair.state === "merging");
  await queue.add(merging.map(({ pair }) => mirrorJob(pair.sourceGit)));
  return outcome;
}
