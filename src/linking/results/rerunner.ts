import type { CheckRef } from "../../domain/check-run.js";
import { done, type Outcome, skipped } from "../../domain/outcome.js";
import type { CommitRef } from "../../domain/refs.js";
import type { ForgeRegistry } from "../../forges/registry.js";
import { choiceOf, readCheckKey } from "./check-keys.js";
import type { Counterparts } from "../pairs/counterparts.js";
import { leftToRun, meantBy, type Ordered, rerunEach } from "../commands/left-to-run.js";
import type { RerunChoice } from "../../forges/forge.js";
import type { Pair, Pairs } from "../pairs/pairs.js";
import { distResults } from "./dist-results.js";

export interface RerunnerServices {
  readonly forges: ForgeRegistry;
  readonly pairs: Pairs;
  readonly counterparts: Counterparts;
}

export interface Press {
  readonly check: CheckRef;
  /** One of our own buttons. */
  readonly action?: string | undefined;
  /** It was pressed then, and somebody was cut off who did something about it, or nothing. */
  readonly triedSince?: Date | undefined;
}

/** Runs dist-git's jobs again for whoever pressed the button of our check run; GitHub shows it only to people with write access. */
export class Rerunner {
  readonly #services: RerunnerServices;

  constructor(services: RerunnerServices) {
    this.#services = services;
  }

  /** Answers the dist-git commit whose results are to be shown anew, as well. */
  async press({
    check,
    action,
    triedSince,
  }: Press): Promise<{ readonly outcome: Outcome; readonly tested?: CommitRef }> {
    const { forges, pairs, counterparts } = this.#services;
    const found = await forges.for(check.repository).checkRuns?.rerequested(check);
    const key = found && readCheckKey(found.key);
    if (!found || !key) return { outcome: skipped("not a check run of a mirrored commit") };
    const pair = await pairs.withSourceGit({ repository: check.repository, number: key.number });
    if (!pair || !(await pairs.isMirrored(pair, key.distCommit))) {
      return { outcome: skipped("its commit was not mirrored from this merge request") };
    }
    const { repository } = pair.distGit;
    const tested = { repository, commit: key.distCommit };
    const mergeRequest = await counterparts.find(pair);
    if (!mergeRequest) return { outcome: skipped("the counterpart is gone"), tested };
    const choice = check.of === "suite" ? ({ which: "all" } as const) : choiceOf(found.context, action);
    const left = triedSince ? await this.#left(pair, tested, { choice, orderedAt: triedSince }) : [choice];
    const jobs = await rerunEach(forges.for(repository), { mergeRequest, commit: key.distCommit }, left);
    const outcome =
      jobs.length > 0 ? done(`runs again: ${jobs.join(", ")}`) : skipped("nothing to run again");
    return { outcome, tested };
  }

  /** Whoever was cut off may have had them run again, and they may have ended since: nothing is run twice. */
  async #left(
    pair: Pair,
    { repository, commit }: CommitRef,
    ordered: Ordered,
  ): Promise<readonly RerunChoice[]> {
    const results = await distResults(this.#services.forges.for(repository), pair, { commit });
    return leftToRun(meantBy(ordered.choice, results), ordered);
  }
}
