import type { Clock } from "../../domain/clock.js";
import type { MergeRequest } from "../../domain/merge-request.js";
import type { MergeRequestRef } from "../../domain/refs.js";
import type { ForgeRegistry } from "../../forges/registry.js";
import type { Pair } from "../pairs/pairs.js";

export interface OvertakingServices {
  readonly forges: ForgeRegistry;
  readonly clock: Clock;
  /** Whether a job for the merge request waits, which something that happened since this one began has asked for. */
  readonly isAskedAgain: (mergeRequest: MergeRequestRef) => Promise<boolean>;
}

/** Milliseconds for which heads are left to the next one: who pushes without an end sees dist-git follow all the same. */
const longest = 60_000;

/** Tells the heads that are not worth carrying over any more. */
export class Overtaking {
  readonly #services: OvertakingServices;
  /** By pair, since when one head after the other was overtaken; a process that is killed begins anew. */
  readonly #since = new Map<number, number>();

  constructor(services: OvertakingServices) {
    this.#services = services;
  }

  /** Whether another head has come, and a job that will carry it over. The first head of a pair always goes. */
  async isOvertaken(pair: Pair, mergeRequest: MergeRequest): Promise<boolean> {
    const now = this.#services.clock.now().getTime();
    const since = this.#since.get(pair.id) ?? now;
    const isOvertaken =
      pair.state === "open" && now - since < longest && (await this.#hasFollower(mergeRequest));
    if (isOvertaken) this.#since.set(pair.id, since);
    else this.#since.delete(pair.id);
    return isOvertaken;
  }

  async #hasFollower({ ref, head }: MergeRequest): Promise<boolean> {
    const { forges, isAskedAgain } = this.#services;
    // Mostly nobody has asked, and then the forge is not asked, either.
    if (!(await isAskedAgain(ref))) return false;
    const present = await forges.for(ref.repository).findMergeRequest(ref);
    return present?.state === "open" && present.head !== head;
  }
}
