import { type CommitResult, isFinal } from "../../domain/commit-status.js";
import { UserError } from "../../domain/errors.js";
import { done, type Outcome, skipped } from "../../domain/outcome.js";
import { type CommitRef, sameRepository } from "../../domain/refs.js";
import type { ForgeRegistry } from "../../forges/registry.js";
import type { LinkPolicy } from "../../config/configuration.js";
import { distResults } from "./dist-results.js";
import type { LateResults } from "./late-results.js";
import type { Links } from "../links/links.js";
import type { MirroredPair, Pair, Pairs } from "../pairs/pairs.js";
import type { Reporter } from "../telling/report.js";
import type { ResultBoard } from "./result-board.js";
import { inDetail, missingResults, type ResultPolicy, wholeResult } from "./results.js";
import type { ToldRecords, ToldResults } from "../telling/told.js";

export interface RelayServices {
  readonly forges: ForgeRegistry;
  readonly links: Links;
  readonly pairs: Pairs;
  readonly told: Pick<ToldRecords, "of">;
  readonly report: Pick<Reporter, "showResults">;
  readonly board: Pick<ResultBoard, "show">;
  readonly late: Pick<LateResults, "record">;
}

/** A dist-git commit that Sluice pushed, and what it stands for. */
export interface Tested {
  readonly commit: CommitRef;
  /** What the CI ran on, where it is a commit of the forge's own. */
  readonly ran: CommitRef | undefined;
  readonly mirrored: readonly MirroredPair[];
}

/** Shows the results of a dist-git commit on the source-git commit that it stands for. */
export class Relay {
  readonly #services: RelayServices;

  constructor(services: RelayServices) {
    this.#services = services;
  }

  /** What was tested: the commit itself, or the one of ours that it merges. */
  async find(commit: CommitRef): Promise<Tested | undefined> {
    const { forges, links, pairs } = this.#services;
    const mirrored = await pairs.mirroredBy(commit);
    if (mirrored.length > 0) return { commit, ran: undefined, mirrored };
    const { testMerges } = forges.for(commit.repository);
    if (!testMerges || links.to(commit.repository).length === 0) return undefined;
    for (const parent of await testMerges.parents(commit)) {
      const merged = { repository: commit.repository, commit: parent };
      const pairsOfIt = await pairs.mirroredBy(merged);
      if (pairsOfIt.length > 0) return { commit: merged, ran: commit, mirrored: pairsOfIt };
    }
    return undefined;
  }

  /** Every present result stands on its source-git commit, whatever the head is by now. */
  async relay(tested: Tested, waiting: "goes on" | "is over"): Promise<Outcome> {
    let count = 0;
    for (const mirrored of tested.mirrored) {
      const results = await this.#resultsOf(tested, mirrored.pair);
      if (results.length === 0 && waiting === "goes on") continue;
      await this.#show(tested, mirrored, results);
      count += results.length;
    }
    return count === 0
      ? skipped(`no results${waiting === "goes on" ? " yet" : ""}`)
      : done(`relayed ${count} results`);
  }

  #resultsOf({ commit: { commit }, ran }: Tested, pair: Pair): Promise<readonly CommitResult[]> {
    const forge = this.#services.forges.for(pair.distGit.repository);
    return distResults(forge, pair, { commit, ran: ran?.commit });
  }

  async #show(
    { commit: { commit: distCommit } }: Tested,
    { pair, sourceCommit }: MirroredPair,
    found: readonly CommitResult[],
  ): Promise<void> {
    const { forges, told, report, board, late } = this.#services;
    const mergeRequest =
      (await told.of(pair))?.mergeRequest ??
      (await forges.for(pair.sourceGit.repository).findMergeRequest(pair.sourceGit));
    if (!mergeRequest) return;
    const policy = this.#policyOf(pair);
    const { results: detail, logExcerpts } = policy;
    const missing = missingResults(found, policy);
    const all = [...found, ...missing];
    const results = [...inDetail(found, detail), ...missing];
    const whole = all.length === 0 ? silence : wholeResult(all);
    const shown = { pair, mergeRequest, sourceCommit, distCommit, whole, logExcerpts };
    const stale = isFinal(whole.state)
      ? leftOver((await told.of(pair))?.results, { sourceCommit, results })
      : [];
    const showing = board.show({ ...shown, results: detail === "one" ? [] : [...results, ...stale] });
    const outcome = await showing.catch(notTaken);
    await report.showResults(pair, {
      ...{ sourceCommit, distCommit },
      results: results.map(({ context, state, description, targetUrl }) => {
        return { context, state, description, ...(targetUrl === undefined ? {} : { targetUrl }) };
      }),
      shownAsStatuses: outcome === "set",
    });
    // Last: whoever is cut off before has it asked for again.
    await late.record(pair, distCommit, results);
  }

  /** Of a pair that is not linked any more its results are still shown. */
  #policyOf({ sourceGit, distGit }: MirroredPair["pair"]): ResultPolicy & Pick<LinkPolicy, "logExcerpts"> {
    const links = this.#services.links.from(sourceGit.repository);
    const link = links.find((one) => sameRepository(one.distGit, distGit.repository)) ?? links[0];
    return link?.entry ?? { results: "jobs", requiredResults: [], logExcerpts: false };
  }
}

/** A forge that does not take one of them as a status keeps none from the comment. */
function notTaken(error: unknown): "refused" {
  if (error instanceof UserError) return "refused";
  throw error;
}

/** Shown before on the same commit, and not among what CI says in the end: another conversion of it had them. */
function leftOver(
  before: ToldResults | undefined,
  { sourceCommit, results }: Pick<ToldResults, "sourceCommit" | "results">,
): readonly CommitResult[] {
  if (before?.sourceCommit !== sourceCommit) return [];
  const present = new Set(results.map(({ context }) => context));
  const gone = before.results.filter(({ context }) => !present.has(context));
  return gone.map(({ context }) => ({
    context,
    state: "skipped",
    description: "not part of this CI any more",
  }));
}

/** What is said once nothing is waited for any more. */
const silence = { state: "skipped", description: "dist-git has no CI, or it says nothing" } as const;
