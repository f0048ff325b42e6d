import { allows, type Approval, type MergeRequest } from "../../domain/merge-request.js";
import type { ForgeRegistry } from "../../forges/registry.js";
import type { Clones } from "../pairs/clones.js";
import type { Link } from "../links/links.js";
import type { Pair, Pairs } from "../pairs/pairs.js";
import { touchedPaths } from "./sensitive-paths.js";
import { fetchSourceHead } from "../pairs/source-head.js";
import { decideTrust, originOf, type TrustDecision, type TrustFacts, type Word } from "./trust.js";

export interface TrustKeeperServices {
  readonly forges: ForgeRegistry;
  readonly pairs: Pairs;
  readonly clones: Clones;
}

/** A merge request under its link, and its pair once there is one. */
export interface TrustQuestion {
  readonly link: Link;
  readonly pair: Pair | undefined;
  readonly mergeRequest: MergeRequest;
}

export interface TrustAnswer {
  readonly decision: TrustDecision;
  readonly facts: TrustFacts;
}

/** So many approvals are looked into; each asks the forge what its author may do. */
const mostApprovals = 20;

/** Gathers what the decision takes and asks no forge for what it does not. */
export class TrustKeeper {
  readonly #services: TrustKeeperServices;

  constructor(services: TrustKeeperServices) {
    this.#services = services;
  }

  /** Changes nothing. */
  async decide(question: TrustQuestion): Promise<TrustAnswer> {
    const { entry } = question.link;
    const first = answerFor(await this.#firstFacts(question));
    const second =
      entry.sensitivePaths.length > 0 && dependsOnPaths(first.decision)
        ? answerFor({ ...first.facts, sensitive: await this.#touched(question) })
        : first;
    if (second.decision.trusted || !entry.trustByReview) return second;
    const words = [...second.facts.words, ...(await this.#reviews(question))];
    return answerFor({ ...second.facts, words });
  }

  /** What a review said holds on, whatever becomes of the review. */
  async remember(pair: Pair, { facts: { words } }: TrustAnswer): Promise<void> {
    const known = await this.#services.pairs.words(pair);
    for (const { commit, by } of words) {
      if (known.some((word) => word.commit === commit)) continue;
      await this.#services.pairs.trust(pair, { commit, by });
    }
  }

  async #firstFacts({ link, pair, mergeRequest }: TrustQuestion): Promise<TrustFacts> {
    const { forges, pairs } = this.#services;
    const { author, head, ref } = mergeRequest;
    const origin = originOf(mergeRequest);
    const facts = {
      policy: link.entry,
      head,
      author: author.login,
      origin,
      access: undefined,
      sensitive: [],
    };
    const known = { ...facts, words: pair === undefined ? [] : await pairs.words(pair) };
    const decision = decideTrust(known);
    const mayBeMember = origin === "own-fork" && !(decision.trusted && decision.because.kind === "word");
    if (!mayBeMember || (decision.trusted && link.entry.sensitivePaths.length === 0)) return known;
    return { ...known, access: await forges.for(ref.repository).findAccess(ref.repository, author) };
  }

  async #touched({ link, mergeRequest }: TrustQuestion): Promise<readonly string[]> {
    const { forges, clones } = this.#services;
    const { repository } = mergeRequest.ref;
    return clones.with(repository, async (clone) => {
      const source = await fetchSourceHead(forges.for(repository), clone, mergeRequest);
      return touchedPaths(clone.store, source, link.entry.sensitivePaths);
    });
  }

  async #reviews({ pair, mergeRequest }: TrustQuestion): Promise<readonly Word[]> {
    const { repository } = mergeRequest.ref;
    const forge = this.#services.forges.for(repository);
    const words: Word[] = [];
    let left = mostApprovals;
    for await (const approval of forge.listApprovals(mergeRequest.ref)) {
      if (left-- === 0) break;
      if (approval.byBot) continue;
      const { head: commit } = mergeRequest;
      if (!isFor(approval, { commit, waiting: pair?.waiting })) continue;
      if (!allows(await forge.findAccess(repository, approval.user), "write")) continue;
      words.push({ commit, by: approval.user.login });
    }
    return words;
  }
}

function answerFor(facts: TrustFacts): TrustAnswer {
  return { facts, decision: decideTrust(facts) };
}

/** Those who may write, and those who looked at this very commit, are not asked what they change. */
function dependsOnPaths({ trusted, because }: TrustDecision): boolean {
  return trusted && !["word", "branch", "member"].includes(because.kind);
}

/**
 * An approval is for a commit. Where the forge does not say which, it is the head that had been shown as waiting before it
 * was given: a push between the look and the word is not what was looked at.
 */
function isFor(
  { commit, at }: Approval,
  head: { readonly commit: string; readonly waiting: Pair["waiting"] },
): boolean {
  if (commit !== undefined) return commit === head.commit;
  return at !== undefined && head.waiting?.head === head.commit && head.waiting.since < at;
}
