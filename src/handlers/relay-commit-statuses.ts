import type { Outcome } from "../domain/outcome.js";
import type { CommitRef } from "../domain/refs.js";
import type { Services } from "./services.js";

/** Shows the results of a dist-git commit on the source-git commit that it stands for. */
export async function relayCommitStatuses(
  { commit }: { readonly commit: CommitRef },
  { relay }: Services,
): Promise<Outcome> {
  return relay.relay(commit);
}
