import type { ResultDetail } from "../../config/configuration.js";
import type { Clock } from "../../domain/clock.js";
import type { CommitResult, CommitStatus } from "../../domain/commit-status.js";
import type { MergeRequest } from "../../domain/merge-request.js";
import type { CommitId, CommitRef, RepositoryRef } from "../../domain/refs.js";
import type { Check, Forge } from "../../forges/forge.js";
import { checkKey, rerunActions } from "./check-keys.js";
import { codeCell, linked, plainName, textCell } from "../wording/cells.js";
import { logBytes, logExcerpt } from "./log-excerpt.js";
import type { ToldRecords } from "../telling/told.js";
import type { Pair } from "../pairs/pairs.js";
import { resultTable } from "./result-table.js";
import { wholeResult } from "./results.js";
import { SharedStatuses } from "./shared-statuses.js";
import { markOf, type NamingServices } from "./status-names.js";
import { relayedContext, wholeContext } from "../wording/wording.js";

export interface ResultBoardServices extends NamingServices {
  readonly told: Pick<ToldRecords, "of" | "record">;
  readonly clock: Clock;
  /** Has the results of this dist-git commit shown as soon as may be. */
  readonly showNow: (commit: CommitRef) => Promise<void>;
  /** Has the results of this dist-git commit shown at that moment, even if there are none. */
  readonly giveUpLater: (commit: CommitRef, at: Date) => Promise<void>;
}

/** Milliseconds in which a CI says that it begins: one that is busy queues its jobs, and one that is down is not for ever. */
const patience = 10 * 60_000;

/** The results of one dist-git commit, and where they are shown. */
export interface Shown {
  readonly pair: Pair;
  readonly mergeRequest: MergeRequest;
  readonly sourceCommit: CommitId;
  readonly distCommit: CommitId;
  /** Each shown by itself. */
  readonly results: readonly CommitResult[];
  readonly whole: Pick<CommitStatus, "state" | "description">;
  readonly logExcerpts: boolean;
}

/** A head that is converted anew. */
export interface Renewal {
  readonly pair: Pair;
  readonly mergeRequest: MergeRequest;
  readonly detail: ResultDetail;
}

/** Shows dist-git's results on source-git's commits: as check runs where the forge lets us, else as commit statuses. */
export class ResultBoard {
  readonly #services: ResultBoardServices;
  readonly #shared: SharedStatuses;

  constructor(services: ResultBoardServices) {
    this.#services = services;
    this.#shared = new SharedStatuses(services);
  }

  async show(shown: Shown): Promise<"set" | "refused"> {
    const { pair, mergeRequest, sourceCommit, results, whole } = shown;
    const forge = this.#services.forges.for(mergeRequest.ref.repository);
    const on = { mergeRequest, commit: sourceCommit };
    const mark = await markOf(this.#services, { ref: mergeRequest.ref, pair, commit: sourceCommit });
    const saying = { pair, mergeRequest, commit: sourceCommit, mark } as const;
    const shared = { ...saying, kind: "results", concerns: "everybody" } as const;
    const status = { context: wholeContext, ...whole };
    if (!forge.checkRuns) {
      const own = results.map((result) => statusOf(result, mark));
      return this.#shared.say({ ...shared, status }, (all) =>
        forge.ensureCommitStatuses(on, [...own, ...all]),
      );
    }
    const { checkRuns } = forge;
    const key = checkKey({ number: pair.sourceGit.number, distCommit: shown.distCommit });
    const summary = results.length === 0 ? whole.description : resultTable(results);
    const check: Check = { ...status, key, summary, actions: rerunActions(whole.state) };
    const own = results.map((result) => this.#checkOf(result, { ...shown, key, mark }));
    await this.#shared.say({ ...shared, status: check }, (all) => checkRuns.ensure(on, [...own, ...all]));
    return "set";
  }

  /** The merge request has ended: what its commits stand for is for others to say. */
  async release(pair: Pair, mergeRequest: MergeRequest): Promise<void> {
    await this.#shared.leave(pair, mergeRequest);
  }

  /** Before anything else is said of a head: it is not green as long as dist-git's CI may have something to say. */
  async begin(pair: Pair, mergeRequest: MergeRequest): Promise<void> {
    const known = (await this.#services.told.of(pair))?.results;
    // Of one that Sluice had withdrawn it reads that there is nothing to wait for.
    const isWithdrawn = ["closing", "closed", "empty"].includes(pair.state);
    if (!isWithdrawn && known?.sourceCommit === mergeRequest.head) return;
    await this.#shared.leave(pair, mergeRequest, mergeRequest.head);
    await this.#say(pair, mergeRequest, wholeResult([]));
  }

  /**
   * Before dist-git gets another commit for the same head: what CI said of the one before is not about what would be merged.
   * Where results are shown each by itself, each waits again.
   */
  async renew({ pair, mergeRequest, detail }: Renewal, distCommit: CommitId): Promise<void> {
    const { told } = this.#services;
    const known = (await told.of(pair))?.results;
    const { head: sourceCommit } = mergeRequest;
    if (known?.sourceCommit !== sourceCommit || known.distCommit === distCommit) return;
    const whole = wholeResult([]);
    const results = known.results.map(({ context }) => ({ context, ...whole }));
    await this.show({
      ...{ pair, mergeRequest, sourceCommit, distCommit, whole, logExcerpts: false },
      results: detail === "one" ? [] : results,
    });
    await told.record(pair, { results: { ...known, distCommit, results } });
  }

  /**
   * dist-git has this commit: from now on its CI may be heard of, or is given up after a while. What it had said of it before
   * is shown again.
   */
  async expect(pair: Pair, commit: CommitRef): Promise<void> {
    const { told, clock, giveUpLater, showNow } = this.#services;
    await giveUpLater(commit, new Date(clock.now().getTime() + patience));
    const known = (await told.of(pair))?.results;
    if (known?.distCommit === commit.commit) await showNow(commit);
  }

  /** Nothing is waited for any more. */
  async settle(pair: Pair, mergeRequest: MergeRequest, why: string): Promise<void> {
    await this.#say(pair, mergeRequest, { state: "skipped", description: why });
  }

  /** The head is never carried over, as the pair is people's by now: its CI in dist-git is waited for in vain. */
  async leave(pair: Pair, mergeRequest: MergeRequest): Promise<void> {
    const { head: sourceCommit } = mergeRequest;
    const known = (await this.#services.told.of(pair))?.results;
    if (pair.mirroredHead === sourceCommit || known?.sourceCommit === sourceCommit) return;
    await this.settle(pair, mergeRequest, "not carried over to dist-git");
    await this.#services.told.record(pair, { results: { sourceCommit, results: [], shownAsStatuses: true } });
  }

  async #say(pair: Pair, mergeRequest: MergeRequest, whole: Shown["whole"]): Promise<void> {
    const distCommit = pair.pushedCommit ?? "";
    const { head: sourceCommit } = mergeRequest;
    await this.show({
      ...{ pair, mergeRequest, sourceCommit, distCommit, whole },
      results: [],
      logExcerpts: false,
    });
  }

  #checkOf(result: CommitResult, { pair, key, mark, logExcerpts }: Shown & Naming): Check {
    const { distGit } = pair;
    const forge = this.#services.forges.for(distGit.repository);
    const isOfInterest = logExcerpts && ["failure", "error", "allowed-failure"].includes(result.state);
    return {
      ...statusOf(result, mark),
      key,
      summary: summaryOf(result),
      ...(isOfInterest && result.job !== undefined
        ? { details: () => detailsOf(forge, { repository: distGit.repository, job: result.job ?? 0 }) }
        : {}),
    };
  }
}

/** What sets a check run apart from those of other dist-git commits and other merge requests. */
interface Naming {
  readonly key: string;
  readonly mark: string;
}

function statusOf({ context, state, description, targetUrl }: CommitResult, mark: string): CommitStatus {
  const target = targetUrl === undefined ? {} : { targetUrl };
  return { context: relayedContext(context, mark), state, description: plainName(description), ...target };
}

function summaryOf({ context, description, targetUrl, group, finishedAt }: CommitResult): string {
  const lines = [
    `${linked(codeCell(context) || "`(no name)`", targetUrl)} in dist-git`,
    ...(description === "" ? [] : [textCell(description)]),
    ...(group ? [`Part of ${linked(codeCell(group.name), group.url)}`] : []),
    ...(finishedAt === undefined ? [] : [`Ended ${textCell(finishedAt)}`]),
  ];
  return lines.join("\n\n");
}

async function detailsOf(
  forge: Forge,
  job: { readonly repository: RepositoryRef; readonly job: number },
): Promise<string | undefined> {
  const log = await forge.findJobLog(job, logBytes);
  const excerpt = log === undefined ? undefined : logExcerpt(log);
  return excerpt === undefined ? undefined : `The end of its log:\n\n${excerpt}`;
}
