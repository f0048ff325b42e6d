import { Moved, RetryLater } from "../../domain/errors.js";
import type { MergeRequest } from "../../domain/merge-request.js";
import { done, type Outcome, skipped } from "../../domain/outcome.js";
import type { ForgeRegistry } from "../../forges/registry.js";
import type { Counterparts } from "../pairs/counterparts.js";
import { distResults } from "../results/dist-results.js";
import type { Link } from "../links/links.js";
import { branchHome, type Pair, type Pairs } from "../pairs/pairs.js";
import { type DistEnded, hasRest, type Progress, saysOtherRest, saysUnsettled } from "../telling/progress.js";
import type { Reporter } from "../telling/report.js";
import type { Patience } from "./patience.js";

export interface EndingServices {
  readonly forges: ForgeRegistry;
  readonly pairs: Pairs;
  readonly counterparts: Counterparts;
  readonly report: Reporter;
  readonly patience: Pick<Patience, "waits" | "tries">;
}

/** A pair of which a side has ended. */
export interface Ended {
  /** `undefined` where its target branch is not linked any more. */
  readonly link: Link | undefined;
  readonly pair: Pair;
  readonly mergeRequest: MergeRequest;
}

/** Carries the end of one side of a pair over to the other, as the link's policy wants it. */
export class Ending {
  readonly #services: EndingServices;

  constructor(services: EndingServices) {
    this.#services = services;
  }

  /** The source-git merge request was closed or merged. */
  async ofSource(ended: Ended): Promise<Outcome> {
    try {
      return await this.#followSource(ended);
    } catch (error) {
      // It is done again where the repository is by now.
      if (!(error instanceof Moved)) await this.#tellTrouble(ended, error);
      throw error;
    }
  }

  async #tellTrouble({ pair, mergeRequest }: Ended, error: unknown): Promise<void> {
    const { report } = this.#services;
    const stage = error instanceof RetryLater ? "waiting-for-forge" : "broken";
    // A merge waits for a CI from when it was told that it does: one that has to wait for a forge, too, would begin anew.
    const stands = error instanceof RetryLater ? await report.stands(pair) : undefined;
    const isCounted = stands?.stage === "merge-waits" && stands.since !== undefined;
    if (!isCounted) await report.tryToTell(mergeRequest, { stage });
  }

  async #followSource(ended: Ended): Promise<Outcome> {
    const { pair, mergeRequest } = ended;
    const how = mergeRequest.state === "merged" ? "merged" : "closed";
    const stands = await this.#services.report.stands(pair);
    if (how === "closed") await this.#recordClosing(pair, stands);
    if (await this.#isCarriedOver(pair, { how, stands })) return skipped("its end was already carried over");
    if (pair.pausedBy !== undefined) {
      await this.#services.report.tell(mergeRequest, { stage: "paused", by: pair.pausedBy });
      return skipped("paused");
    }
    const found = await this.#services.counterparts.findLast(pair);
    if (pair.state === "stopped" && found?.state === "closed" && how === "closed") {
      // It stays "stopped": reopening the source-git side must not overrule who closed the other.
      if (stands?.stage === "dist-ended") return skipped("people in dist-git closed it first");
      const named = this.#services.counterparts.named(found);
      const progress = { stage: "dist-ended", how, counterpart: named } as const;
      return this.#conclude(ended, { state: "stopped", progress });
    }
    if (found?.state === "open" && how === "merged") return this.#merge(ended, found);
    const counterpart = how === "closed" ? await this.#close(pair, found) : found;
    if (counterpart?.state === "merged") await this.#tidy(pair, counterpart);
    const progress = counterpart
      ? await this.#endOf(ended, counterpart)
      : ({ stage: "ended-unmirrored", how } as const);
    return this.#conclude(ended, { state: how, progress });
  }

  /** A counterpart that was left to people may have ended, or been opened again, since that was told. */
  async #isCarriedOver(
    pair: Pair,
    { how, stands }: { readonly how: "closed" | "merged"; readonly stands: Progress | undefined },
  ): Promise<boolean> {
    if (pair.state !== how || saysUnsettled(stands)) return false;
    if (!hasRest(stands)) return true;
    const found = await this.#services.counterparts.find(pair);
    return found === undefined || !saysOtherRest(stands, found.state);
  }

  /** The counterpart was closed or merged by people, who are not overruled; the contributor hears of it. */
  async ofDist(ended: Ended, counterpart: MergeRequest): Promise<Outcome> {
    const how = counterpart.state === "merged" ? "merged" : "closed";
    if (how === "merged") await this.#tidy(ended.pair, counterpart);
    const isHeld = how !== "merged" || ended.pair.pausedBy !== undefined;
    const policy = isHeld ? undefined : ended.link?.entry.afterDistMerge;
    const named = this.#services.counterparts.named(counterpart);
    const said = { stage: "dist-ended", how, counterpart: named } as const;
    const lacking = await this.#lacking(ended, counterpart);
    if (policy === "merge") return this.#mergeSource(ended, { said, lacking });
    const isReopened = ended.pair.closedWith === counterpart.ref.number;
    if (policy === "close" && lacking === undefined && !isReopened) return this.#closeSource(ended, said);
    const progress = isReopened ? ({ ...said, source: "reopened" } as const) : said;
    await this.#conclude(ended, { state: "stopped", progress });
    return skipped(`the counterpart was ${how} in dist-git`);
  }

  /** Once: recorded when it is done, so that whoever is cut off closes it, and whoever opens it again has the last word. */
  async #closeSource(ended: Ended, said: DistEnded): Promise<Outcome> {
    const { mergeRequest, pair } = ended;
    await this.#conclude(ended, { state: "closed", progress: { ...said, source: "closed" } });
    const forge = this.#services.forges.for(mergeRequest.ref.repository);
    await forge.updateMergeRequest(mergeRequest.ref, { state: "closed" });
    await this.#services.pairs.update(pair, { closedWith: said.counterpart.ref.number });
    return done("closed with dist-git");
  }

  /** The same for somebody who was cut off right after it. */
  async #recordClosing(pair: Pair, progress: Progress | undefined): Promise<void> {
    if (progress?.stage !== "dist-ended" || progress.source !== "closed") return;
    const { number: closedWith } = progress.counterpart.ref;
    if (pair.closedWith !== closedWith) await this.#services.pairs.update(pair, { closedWith });
  }

  /** dist-git's side follows at once, when its CI is green, or when its maintainers see to it. */
  async #merge(ended: Ended, counterpart: MergeRequest): Promise<Outcome> {
    const { pair, mergeRequest, link } = ended;
    const policy = link?.entry;
    const commit = pair.pushedCommit;
    // What was merged has to be what dist-git stands for.
    const stands = commit !== undefined && pair.mirroredHead === mergeRequest.head;
    if (!policy || policy.afterSourceMerge === "keep" || !stands) {
      return this.#conclude(ended, { state: "merged", progress: await this.#endOf(ended, counterpart) });
    }
    const forge = this.#services.forges.for(counterpart.ref.repository);
    const named = this.#services.counterparts.named(counterpart);
    if (policy.afterSourceMerge === "merge-when-green") {
      const results = await distResults(forge, pair, { commit });
      const waits = await this.#services.patience.waits({ pair, policy, commit, results });
      if (waits) {
        const progress = { stage: "merge-waits", counterpart: named, ...waits } as const;
        return this.#conclude(ended, { state: "merging", progress });
      }
    }
    const merging = await forge.merge(counterpart.ref, commit);
    // What was green a moment ago began anew, or the forge has not counted it yet: it is tried again with the next result.
    if (merging.outcome === "too-early") {
      const progress = { stage: "merge-waits", counterpart: named, verdict: "pending" } as const;
      return this.#conclude(ended, { state: "merging", progress });
    }
    if (merging.outcome === "blocked") {
      const progress = { stage: "merge-refused", counterpart: named, reason: merging.reason } as const;
      return this.#conclude(ended, { state: "merged", progress });
    }
    await this.#tidy(pair, counterpart);
    return this.#conclude(ended, { state: "merged", progress: { stage: "both-merged", counterpart: named } });
  }

  /** Why what dist-git merged is not all of what source-git's merge request is by now: a push may just have been too late. */
  async #lacking({ pair, mergeRequest }: Ended, { state, head }: MergeRequest): Promise<string | undefined> {
    if (pair.mirroredHead !== mergeRequest.head) return "its head was never mirrored";
    // One that is open may tell of a push a moment later.
    const mayBeEarlier = state === "merged" && head !== pair.pushedCommit;
    const isEarlier = mayBeEarlier && (await this.#services.pairs.isMirrored(pair, head));
    return isEarlier ? "dist-git merged an earlier state of it" : undefined;
  }

  /** source-git's side follows dist-git's. */
  async #mergeSource(
    ended: Ended,
    { said, lacking }: { readonly said: DistEnded; readonly lacking: string | undefined },
  ): Promise<Outcome> {
    const { mergeRequest } = ended;
    const forge = this.#services.forges.for(mergeRequest.ref.repository);
    const merging =
      lacking === undefined
        ? await forge.merge(mergeRequest.ref, mergeRequest.head)
        : ({ outcome: "blocked", reason: lacking } as const);
    if (merging.outcome === "merged") {
      return this.#conclude(ended, {
        state: "merged",
        progress: { stage: "both-merged", counterpart: said.counterpart },
      });
    }
    if (merging.outcome === "too-early") {
      const waits = await this.#services.patience.tries(ended.pair, merging.reason);
      if (waits) return this.#conclude(ended, { state: "stopped", progress: { ...said, waits } });
    }
    await this.#conclude(ended, { state: "stopped", progress: { ...said, refused: merging.reason } });
    return skipped(`the counterpart was merged, and this side cannot be: ${merging.reason}`);
  }

  /** Recorded before it is done: killed in between, Sluice would take its own closing for people's. */
  async #close(pair: Pair, counterpart: MergeRequest | undefined): Promise<MergeRequest | undefined> {
    if (counterpart?.state !== "open") return counterpart;
    await this.#services.pairs.update(pair, { state: "closing" });
    return this.#services.counterparts.close(counterpart);
  }

  async #conclude(
    { pair, mergeRequest }: Ended,
    { state, progress }: { readonly state: Pair["state"]; readonly progress: Progress },
  ): Promise<Outcome> {
    const { pairs, report } = this.#services;
    await report.tell(mergeRequest, progress);
    await pairs.update(pair, { state });
    return done(progress.stage);
  }

  /** What there is to say once the source-git side has ended and nothing more is done. */
  async #endOf(ended: Ended, present: MergeRequest): Promise<Progress> {
    const { state, head } = ended.mergeRequest;
    const counterpart = this.#services.counterparts.named(present);
    if (state !== "merged") {
      return present.state === "merged"
        ? { stage: "dist-ended", how: "merged", counterpart }
        : { stage: "source-ended", how: "closed", counterpart };
    }
    if (present.state === "closed")
      return { stage: "dist-ended", how: "closed", counterpart, source: "merged" };
    const isMerged = present.state === "merged";
    if ((await this.#lacking(ended, present)) !== undefined)
      return { stage: "left-behind", counterpart, head, ...(isMerged && { dist: "merged" }) };
    return isMerged
      ? { stage: "both-merged", counterpart }
      : { stage: "source-ended", how: "merged", counterpart };
  }

  /**
   * The branch that Sluice made is of no use once it is merged, unless people went on with it; a closed one is kept, for it may
   * be reopened.
   */
  async #tidy(pair: Pair, merged: MergeRequest): Promise<void> {
    const { forges, pairs } = this.#services;
    const { repository, branch } = pair.distGit;
    const forge = forges.for(repository);
    const tip = await forge.findBranch(branchHome(pair), branch);
    if (tip === undefined || (tip !== merged.head && !(await pairs.isMirrored(pair, tip)))) return;
    await forge.removeBranch(branchHome(pair), branch);
  }
}
