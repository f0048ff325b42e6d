import type { CheckRef } from "../../domain/check-run.js";
import { done, type Outcome, skipped } from "../../domain/outcome.js";
import type { CommitRef } from "../../domain/refs.js";
import type { ForgeRegistry } from "../../forges/registry.js";
import { choiceOf, readCheckKey } from "./check-keys.js";
import type { Counterparts } from "../pairs/counterparts.js";
import { leftToRun, meantBy, rerunEach } from "../commands/left-to-run.js";
import type { Pair, Pairs } from "../pairs/pairs.js";
import { type Reporter, pressNote } from "../telling/report.js";
import { notRunAgain } from "../wording/command-wording.js";
import { wholeContext } from "../wording/wording.js";
import { distResults } from "./dist-results.js";

export interface RerunnerServices {
  readonly forges: ForgeRegistry;
  readonly pairs: Pairs;
  readonly counterparts: Counterparts;
  readonly report: Pick<Reporter, "note">;
}

export interface Press {
  readonly check: CheckRef;
  /** One of our own buttons. */
  readonly action?: string | undefined;
  /** It was pressed then, and somebody was cut off who did something about it, or nothing. */
  readonly triedSince?: Date | undefined;
}

interface Meant extends Omit<Press, "check"> {
  readonly context: string;
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
    const { forges, pairs } = this.#services;
    const found = await forges.for(check.repository).checkRuns?.rerequested(check);
    const key = found && readCheckKey(found.key);
    if (!found || !key) return { outcome: skipped("not a check run of a mirrored commit") };
    const pair = await pairs.withSourceGit({ repository: check.repository, number: key.number });
    if (!pair || !(await pairs.isMirrored(pair, key.distCommit))) {
      return { outcome: skipped("its commit was not mirrored from this merge request") };
    }
    const tested = { repository: pair.distGit.repository, commit: key.distCommit };
    const context = check.of === "suite" ? wholeContext : found.context;
    return { outcome: await this.#run(pair, tested, { context, action, triedSince }), tested };
  }

  async #run(
    pair: Pair,
    { repository, commit }: CommitRef,
    { context, action, triedSince }: Meant,
  ): Promise<Outcome> {
    const { forges, counterparts, report } = this.#services;
    const forge = forges.for(repository);
    const mergeRequest = await counterparts.find(pair);
    if (!mergeRequest) return skipped("the counterpart is gone");
    const results = await distResults(forge, pair, { commit });
    const choice = choiceOf({ context, action }, results);
    const meant = meantBy(choice, results);
    // Whoever was cut off may have had them run again, and they may have ended since: nothing is run twice.
    const left = triedSince ? leftToRun(meant, { choice, orderedAt: triedSince }) : [choice];
    if (left.length === 0) return skipped("nothing is left to run again");
    const jobs = await rerunEach(forge, { mergeRequest, commit }, left);
    // The forge shows nothing of a button that did nothing.
    await report.note(pair, pressNote, jobs.length > 0 ? undefined : notRunAgain(context, meant));
    return jobs.length > 0 ? done(`runs again: ${jobs.join(", ")}`) : skipped("nothing to run again");
  }
}
