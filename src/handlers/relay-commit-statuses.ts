import { type Outcome, skipped } from "../domain/outcome.js";
import { type MergeRequestRef, mergeRequestName } from "../domain/refs.js";
import type { Tested } from "../linking/results/relay.js";
import { mirrorJob, type Relayed, relayTurnJob, takesTurn } from "./jobs.js";
import type { Services } from "./services.js";

/** Shows the results of a dist-git commit on the source-git commit that it stands for, in its turn in the lane of the pair. */
export async function relayCommitStatuses(
  { turn, ...relayed }: Relayed & { readonly turn?: MergeRequestRef | undefined },
  { relay, narrowings, queue }: Services,
): Promise<Outcome> {
  const tested = await relay.find(relayed.commit);
  if (!tested) return skipped("not a commit that Sluice pushed last for its source-git commit");
  const own = turn && ofTurn(tested, relayed, turn);
  // A source-git that was renamed while this waited has its pairs in other lanes by now.
  if (own === undefined || own.mirrored.length === 0) {
    const found = { commit: tested.commit, ran: tested.ran?.commit ?? relayed.ran, waiting: relayed.waiting };
    await queue.add(tested.mirrored.map(({ pair }) => relayTurnJob(found, pair.sourceGit)));
    return skipped(takesTurn);
  }
  for (const { pair } of own.mirrored) await narrowings.know(pair.sourceGit.repository);
  const outcome = await relay.relay(own, relayed.waiting);
  // A merge may have waited for just this result.
  const merging = own.mirrored.filter(({ pair }) => pair.state === "merging");
  await queue.add(merging.map(({ pair }) => mirrorJob(pair.sourceGit)));
  return outcome;
}

function ofTurn({ commit, mirrored }: Tested, { ran }: Relayed, turn: MergeRequestRef): Tested {
  const name = mergeRequestName(turn);
  return {
    commit,
    ran: ran === undefined ? undefined : { ...commit, commit: ran },
    mirrored: mirrored.filter(({ pair }) => mergeRequestName(pair.sourceGit) === name),
  };
}
