import type { MergeRequest } from "../domain/merge-request.js";
import type { ForgeRegistry } from "../forges/registry.js";
import type { Pair } from "./pairs.js";
import type { Counterpart } from "./progress.js";

/** The dist-git merge requests of pairs. */
export class Counterparts {
  readonly #forges: ForgeRegistry;

  constructor(forges: ForgeRegistry) {
    this.#forges = forges;
  }

  async find({ distGit: { repository, number } }: Pair): Promise<MergeRequest | undefined> {
    if (number === undefined) return undefined;
    return this.#forges.for(repository).findMergeRequest({ repository, number });
  }

  /** Nothing changes where it is not open any more. */
  async close(counterpart: MergeRequest | undefined): Promise<void> {
    if (counterpart?.state !== "open") return;
    const forge = this.#forges.for(counterpart.ref.repository);
    await forge.updateMergeRequest(counterpart.ref, { state: "closed" });
  }

  /** As texts name it. */
  named({ ref, webUrl }: MergeRequest): Counterpart {
    const { mergeRequestSigil } = this.#forges.for(ref.repository).capabilities;
    return { ref, webUrl, sigil: mergeRequestSigil };
  }
}
