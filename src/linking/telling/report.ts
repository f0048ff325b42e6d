import type { Clock } from "../../domain/clock.js";
import { Moved, OperatorError, RetryLater, UserError } from "../../domain/errors.js";
import type { MergeRequest } from "../../domain/merge-request.js";
import { done, type Outcome } from "../../domain/outcome.js";
import { type CommitRef, type MergeRequestRef, sameRepository, shortCommit } from "../../domain/refs.js";
import { linked } from "../wording/cells.js";
import { distText, sourceText } from "../wording/comment-wording.js";
import { type DistWords, replacedText } from "../wording/dist-wording.js";
import type { Pair, Pairs } from "../pairs/pairs.js";
import type { Predecessors } from "./predecessors.js";
import { type Counterpart, movedSince, type Progress } from "./progress.js";
import { progressComment, progressStatus } from "../wording/progress-wording.js";
import { overall } from "../results/result-table.js";
import { SharedStatuses } from "../results/shared-statuses.js";
import { markOf, type NamingServices } from "../results/status-names.js";
import type { Told, ToldRecords, ToldResults } from "./told.js";
import { commentTopic } from "../wording/wording.js";

export interface ReporterServices extends NamingServices {
  readonly pairs: Pairs;
  readonly told: ToldRecords;
  readonly predecessors: Predecessors;
  readonly clock: Clock;
  /** What an order in a comment begins with. */
  readonly prefix: string;
  /** Has the comments of this source-git merge request's pair edited at that moment, one at a time with its other work. */
  readonly editLater: (mergeRequest: MergeRequestRef, at: Date) => Promise<void>;
}

/** Milliseconds in which results that come one by one are gathered for one edit of the comment. */
const gathering = 20_000;

/** The topic of the note on a button that did nothing. It holds until CI says something else. */
export const pressNote = "press";

/**
 * Says where a pair stands: one commit status in source-git, and one comment on each side, made of what was last told and
 * kept current in place. What comes from outside of the pair's own work only records and has the comment edited later, so
 * that its edits come one after the other.
 */
export class Reporter {
  readonly #services: ReporterServices;
  readonly #shared: SharedStatuses;

  constructor(services: ReporterServices) {
    this.#services = services;
    this.#shared = new SharedStatuses(services);
  }

  async tell(mergeRequest: MergeRequest, news: Progress): Promise<void> {
    const { pairs, told } = this.#services;
    const pair = await pairs.withSourceGit(mergeRequest.ref);
    const progress = pair ? movedSince(await this.stands(pair), news) : news;
    const isSaid = progressComment(progress, this.#words(mergeRequest)) !== undefined;
    if (pair) await told.record(pair, { mergeRequest, ...(isSaid && { progress: plainly(progress) }) });
    const now = isSaid ? await this.#now(pair, { mergeRequest, progress }) : undefined;
    if (now) await this.#showInSource(now);
    // After the comment, because it is what people and branch rules wait for: a final one means that the rest was said.
    await this.#setStatus(pair, mergeRequest, progress);
    // dist-git's forge may be what failed, and must not keep the contributor in the dark.
    if (pair && now) await this.#showInDist(pair, now);
  }

  async #setStatus(pair: Pair | undefined, mergeRequest: MergeRequest, progress: Progress): Promise<void> {
    const { ref, head: commit } = mergeRequest;
    const forge = this.#services.forges.for(ref.repository);
    // A stranger's merge request of somebody's commit must not hold up that one.
    const concerns = progress.stage === "waiting-for-maintainer" ? "itself" : "everybody";
    const status = progressStatus(progress);
    const mark = await markOf(this.#services, { ref, pair, commit });
    await this.#shared.say({ pair, mergeRequest, commit, kind: "mirroring", mark, status, concerns }, (all) =>
      forge.ensureCommitStatuses({ mergeRequest, commit }, all),
    );
  }

  /** Whatever goes wrong with the work is said where the contributor looks, before it goes its way by its remedy. */
  async telling(mergeRequest: MergeRequest, work: () => Promise<Outcome>): Promise<Outcome> {
    try {
      return await work();
    } catch (error) {
      // It is done again where the repository is by now.
      if (error instanceof Moved) throw error;
      if (error instanceof UserError) {
        await this.tell(mergeRequest, { stage: "failed", complaint: error });
        return done(`told the author: ${error.message}`);
      }
      const stage = error instanceof RetryLater ? "waiting-for-forge" : "broken";
      await this.tryToTell(mergeRequest, { stage });
      throw error;
    }
  }

  /** The same on the way out of a failure, where a second failure must not hide the first. */
  async tryToTell(mergeRequest: MergeRequest, progress: Progress): Promise<void> {
    try {
      await this.tell(mergeRequest, progress);
    } catch {
      // The forge that cannot be told is most likely the one that failed; the job that comes again tells it then.
    }
  }

  /** The counterpart that the pair has is about to be replaced by another; that is said on it once the other is there. */
  async leave(pair: Pair): Promise<void> {
    const { repository, number } = pair.distGit;
    if (number === undefined) return;
    await this.#services.predecessors.add(pair, { repository, number });
    await this.#services.told.record(pair, { saidInDist: false });
  }

  /** Those that had the place of the present counterpart say so. */
  async tellReplaced(
    pair: Pair,
    { mergeRequest, by }: { readonly mergeRequest: MergeRequest; readonly by: Counterpart },
  ): Promise<void> {
    const { predecessors } = this.#services;
    for (const ref of await predecessors.of(pair)) {
      const isPresent = sameRepository(ref.repository, by.ref.repository) && ref.number === by.ref.number;
      if (!isPresent) await this.#tryToSayInDist(ref, replacedText(by, this.#words(mergeRequest)));
      await predecessors.remove(pair, ref);
    }
  }

  /** On one that is closed for good: what refuses us there, as a locked conversation does, keeps nothing else waiting. */
  async #tryToSayInDist(ref: MergeRequestRef, text: string): Promise<void> {
    try {
      await this.#sayInDist(ref, text);
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
    }
  }

  /** The source-git merge request is not found any more: only dist-git can be told. */
  async tellLost(pair: Pair): Promise<void> {
    const { told } = this.#services;
    const progress = { stage: "source-gone" } as const;
    await told.record(pair, { progress });
    const known = await told.of(pair);
    if (known) await this.#showInDist(pair, known);
  }

  /** dist-git's results of what a source-git commit became; late ones of an earlier commit do not replace the present. */
  async showResults(pair: Pair, results: ToldResults): Promise<void> {
    const { told } = this.#services;
    const before = await told.of(pair);
    if (!before || !isOfInterest(results, { before, pair })) return;
    if (JSON.stringify(before.results) === JSON.stringify(results)) return;
    // Before it is recorded: killed in between, nobody would find anything new to have it edited for.
    await this.#editIn(gathering, pair);
    await told.record(pair, { results });
    await told.note(pair, pressNote, undefined);
    const verdict = overall(results.results);
    const isNews = verdict !== "pending" && verdict !== overall(before.results?.results ?? []);
    if (isNews) await this.#editIn(0, pair);
  }

  /** What was noted last of this topic. */
  noted(pair: Pair, topic: string): Promise<string | undefined> {
    return this.#services.told.noteOf(pair, topic);
  }

  /** A paragraph of its own in source-git's comment; `undefined` takes it away. The text is Markdown and has to be defused. */
  async note(pair: Pair, topic: string, text: string | undefined): Promise<void> {
    const { told } = this.#services;
    if ((await told.noteOf(pair, topic)) === text) return;
    await this.#editIn(gathering, pair);
    await told.note(pair, topic, text);
    await this.#editIn(0, pair);
  }

  async #editIn(milliseconds: number, { sourceGit }: Pair): Promise<void> {
    const { clock, editLater } = this.#services;
    await editLater(sourceGit, new Date(clock.now().getTime() + milliseconds));
  }

  /** What is told of the pair from now on is told of this. */
  async remember(pair: Pair, mergeRequest: MergeRequest): Promise<void> {
    await this.#services.told.record(pair, { mergeRequest });
  }

  /** The source-git merge request as it was last told of, without its description: it spares asking for it. */
  async remembered(pair: Pair): Promise<MergeRequest | undefined> {
    return (await this.#services.told.of(pair))?.mergeRequest;
  }

  /** Where the pair stands as people were last told; `undefined` until a comment said something. */
  async stands(pair: Pair): Promise<Progress | undefined> {
    return (await this.#services.told.of(pair))?.progress;
  }

  /** Both comments say what is known by now. */
  async refresh(pair: Pair): Promise<void> {
    const told = await this.#services.told.of(pair);
    if (!told) return;
    await this.#showInSource(told);
    await this.#showInDist(pair, told);
  }

  async #now(
    pair: Pair | undefined,
    { mergeRequest, progress }: Pick<Told, "mergeRequest"> & { readonly progress: Progress },
  ): Promise<Told> {
    const known = pair && (await this.#services.told.of(pair));
    return known ?? { mergeRequest, progress, results: undefined, saidInDist: false, notes: new Map() };
  }

  async #showInSource(told: Told): Promise<void> {
    const { ref } = told.mergeRequest;
    const text = sourceText(told, this.#words(told.mergeRequest));
    if (text === undefined) return;
    await this.#services.forges.for(ref.repository).ensureComment(ref, { topic: commentTopic, text });
  }

  async #showInDist(pair: Pair, before: Told): Promise<void> {
    const { repository, number } = pair.distGit;
    const text = distText(before, this.#words(before.mergeRequest));
    if (text === undefined || number === undefined) return;
    if (!before.saidInDist) await this.#services.told.record(pair, { saidInDist: true });
    await this.#sayInDist({ repository, number }, text);
  }

  async #sayInDist(ref: MergeRequestRef, text: string): Promise<void> {
    const forge = this.#services.forges.for(ref.repository);
    try {
      await forge.ensureComment(ref, { topic: commentTopic, text });
    } catch (error) {
      // One that is gone needs nothing said; what matters was said in source-git.
      if (!(error instanceof OperatorError) || (await forge.findMergeRequest(ref))) throw error;
    }
  }

  #words({ ref, webUrl }: MergeRequest): DistWords {
    const { forges, prefix } = this.#services;
    const forge = forges.for(ref.repository);
    const commit = (of: CommitRef) =>
      linked(`\`${shortCommit(of.commit)}\``, forges.for(of.repository).commitUrl(of));
    return {
      prefix,
      commit,
      head: (id) => commit({ repository: ref.repository, commit: id }),
      source: { ref, webUrl, sigil: forge.capabilities.mergeRequestSigil },
    };
  }
}

/** An error is no JSON: only the complaint in it is kept. */
function plainly(progress: Progress): Progress {
  if (progress.stage !== "failed") return progress;
  const { message, where, remedy } = progress.complaint;
  return { stage: "failed", complaint: { message, where, remedy } };
}

function isOfInterest(
  { sourceCommit }: ToldResults,
  { before, pair }: { readonly before: Told; readonly pair: Pair },
): boolean {
  const { head } = before.mergeRequest;
  if (sourceCommit === head) return true;
  return sourceCommit === pair.mirroredHead && before.results?.sourceCommit !== head;
}
