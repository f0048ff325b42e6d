import type { CommitStatus } from "../domain/commit-status.js";
import { done, type Outcome, skipped } from "../domain/outcome.js";
import type { CommitRef } from "../domain/refs.js";
import type { ForgeRegistry } from "../forges/registry.js";
import type { MirroredPair, Pairs } from "./pairs.js";
import { isOurContext, relayedContext } from "./wording.js";

export interface RelayServices {
  readonly forges: ForgeRegistry;
  readonly pairs: Pairs;
}

/** Copies the results of a dist-git commit to the source-git commit that it stands for. */
export class Relay {
  readonly #services: RelayServices;

  constructor(services: RelayServices) {
    this.#services = services;
  }

  /** Every present result of the dist-git commit stands on its source-git commit, whatever its head is by now. */
  async relay(commit: CommitRef): Promise<Outcome> {
    const { forges, pairs } = this.#services;
    const mirrored = await pairs.mirroredBy(commit);
    if (mirrored.length === 0)
      return skipped("not a commit that Sluice pushed last for its source-git commit");
    const statuses: CommitStatus[] = [];
    for await (const status of forges.for(commit.repository).listCommitStatuses(commit)) {
      // A dist-git that is itself a source-git carries our own statuses, which are nobody's CI result.
      if (!isOurContext(status.context)) statuses.push(status);
    }
    if (statuses.length === 0) return skipped("no results yet");
    for (const pair of mirrored) await this.#show(pair, statuses);
    return done(`relayed ${statuses.length} results`);
  }

  async #show({ pair, sourceCommit }: MirroredPair, statuses: readonly CommitStatus[]): Promise<void> {
    const forge = this.#services.forges.for(pair.sourceGit.repository);
    const mergeRequest = await forge.findMergeRequest(pair.sourceGit);
    if (!mergeRequest) return;
    const relayed = statuses.map((status) => ({ ...status, context: relayedContext(status.context) }));
    await forge.ensureCommitStatuses({ mergeRequest, commit: sourceCommit }, relayed);
  }
}
