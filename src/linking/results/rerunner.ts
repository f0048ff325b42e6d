import type { CheckRef } from "../../domain/check-run.js";
import { done, type Outcome, skipped } from "../../domain/outcome.js";
import type { CommitRef } from "../../domain/refs.js";
import type { ForgeRegistry } from "../../forges/registry.js";
import { choiceOf, readCheckKey } from "./check-keys.js";
import type { Counterparts } from "../pairs/counterparts.js";
import type { Pairs } from "../pairs/pairs.js";

export interface RerunnerServices {
  readonly forges: ForgeRegistry;
  readonly pairs: Pairs;
  readonly counterparts: Counterparts;
}

export interface Press {
  readonly check: CheckRef;
  /** One of our own buttons. */
  readonly action?: string | undefined;
}

/** Runs dist-git's jobs again for whoever pressed the button of our check run; GitHub shows it only to people with write access. */
export class Rerunner {
  readonly #services: RerunnerServices;

  constructor(services: RerunnerServices) {
    this.#services = services;
  }

  /** Answers the dist-git commit whose results are to be shown anew, as well. */
  async press({ check, action }: Press): Promise<{ readonly outcome: Outcome; readonly tested?: CommitRef }> {
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
    const jobs = await forges.for(repository).rerunJobs({ mergeRequest, commit: key.distCommit }, choice);
    const outcome =
      jobs.length > 0 ? done(`runs again: ${jobs.join(", ")}`) : skipped("nothing to run again");
    return { outcome, tested };
  }
}
