import { UserError } from "../../domain/errors.js";
import type { MergeRequest } from "../../domain/merge-request.js";
import type { ForgeRegistry } from "../../forges/registry.js";
import type { Via } from "../../config/configuration.js";
import type { DistBranches } from "./dist-branches.js";
import { branchHome, type Pair, type Pairs } from "./pairs.js";
import type { Whereabouts } from "../whereabouts/whereabouts.js";
import { namedInDistGit } from "../links/people.js";
import type { Counterpart } from "../telling/progress.js";
import type { Reporter } from "../telling/report.js";
import type { Route } from "../links/route.js";
import { mirrorDescription, mirrorTitle, notReopened } from "../wording/wording.js";

export interface CounterpartServices {
  readonly forges: ForgeRegistry;
  readonly pairs: Pairs;
  readonly branches: DistBranches;
  readonly whereabouts: Pick<Whereabouts, "confirm">;
  readonly report: Pick<Reporter, "leave">;
}

/** A source-git merge request, where it goes, and the pair that it belongs to. */
export interface Mirroring {
  readonly route: Route;
  readonly pair: Pair;
  readonly mergeRequest: MergeRequest;
}

/** What there is of a counterpart once it was tried to open it again. */
export interface Reopened {
  readonly pair: Pair;
  /** `undefined`: a new one has to be made. */
  readonly counterpart: MergeRequest | undefined;
  readonly warnings: readonly string[];
}

/** The dist-git merge requests of pairs. */
export class Counterparts {
  readonly #services: CounterpartServices;

  constructor(services: CounterpartServices) {
    this.#services = services;
  }

  async find({ distGit: { repository, number } }: Pair): Promise<MergeRequest | undefined> {
    if (number === undefined) return undefined;
    const found = await this.#services.forges.for(repository).findMergeRequest({ repository, number });
    if (found) await this.#services.whereabouts.confirm(repository, found.repositoryId);
    return found;
  }

  /** The same for a pair that ends: Sluice may have been cut off before it recorded what it had made. */
  async findLast(pair: Pair): Promise<MergeRequest | undefined> {
    return pair.distGit.number === undefined ? this.#leftOver(pair) : this.find(pair);
  }

  /** One that is open is recorded now; a branch without one is of no use to anybody. */
  async #leftOver(pair: Pair): Promise<MergeRequest | undefined> {
    const { forges, pairs, branches } = this.#services;
    if (!(await branches.holdsOurs(pair))) return undefined;
    const { repository, branch: sourceBranch } = pair.distGit;
    const forge = forges.for(repository);
    for await (const found of forge.listMergeRequests(repository, { state: "open", sourceBranch })) {
      if (!(await pairs.isMirrored(pair, found.head))) continue;
      await pairs.update(pair, { distNumber: found.ref.number });
      return found;
    }
    await forge.removeBranch(branchHome(pair), sourceBranch);
    return undefined;
  }

  /** Its branch has its place, in dist-git or in our fork of it. */
  placed(pair: Pair, via: Via): Promise<Pair> {
    return this.#services.branches.placed(pair, via);
  }

  /** `present`, or a new one where there is none; with a target branch that people in dist-git chose, if they did. */
  async ensure(
    { route, pair, mergeRequest }: Mirroring,
    present: MergeRequest | undefined,
  ): Promise<MergeRequest> {
    const forge = this.#services.forges.for(route.link.distGit);
    const { targetBranch } = route;
    if (present) {
      const isMeant = present.targetBranch === targetBranch || pair.distGit.targetBranch === targetBranch;
      return isMeant ? present : forge.updateMergeRequest(present.ref, { targetBranch });
    }
    const made = await forge.ensureMergeRequest({
      repository: route.link.distGit,
      fork: pair.distGit.fork,
      sourceBranch: pair.distGit.branch,
      targetBranch,
      title: mirrorTitle(mergeRequest),
      description: mirrorDescription(mergeRequest, {
        limit: forge.capabilities.descriptionLength,
        author: namedInDistGit(route.link, mergeRequest.author.login),
      }),
      draft: mergeRequest.draft,
    });
    await this.#services.whereabouts.confirm(route.link.distGit, made.repositoryId);
    return made;
  }

  /** Opens again what Sluice closed; where the forge does not do it for good, the pair forgets it. */
  async reopen(pair: Pair, closed: MergeRequest): Promise<Reopened> {
    const { pairs, branches } = this.#services;
    const first = await this.#tryToReopen(closed);
    if (first.counterpart) return { pair, counterpart: first.counterpart, warnings: [] };
    // GitHub opens none again whose branch is gone; it must be the same commit, and before anything new is pushed.
    await branches.restore(pair, closed);
    const { counterpart, reason } = await this.#tryToReopen(closed);
    if (counterpart) return { pair, counterpart, warnings: [] };
    await this.#services.report.leave(pair);
    const forgotten = await pairs.update(pair, { state: "opening", distNumber: null, shown: null });
    return { pair: forgotten, counterpart, warnings: [notReopened(this.named(closed), reason)] };
  }

  async #tryToReopen({
    ref,
  }: MergeRequest): Promise<
    | { readonly counterpart: MergeRequest; readonly reason?: undefined }
    | { readonly counterpart?: undefined; readonly reason: string }
  > {
    const forge = this.#services.forges.for(ref.repository);
    try {
      return { counterpart: await forge.updateMergeRequest(ref, { state: "open" }) };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { reason: error.message };
    }
  }

  /** Closes the present one, and lets the pair begin anew; a branch that people pushed to stays theirs. */
  async abandon(pair: Pair): Promise<Pair> {
    const { pairs, branches, report } = this.#services;
    const present = await this.find(pair);
    if (present?.state === "open") await pairs.update(pair, { state: "closing" });
    await this.close(present);
    await report.leave(pair);
    const anew = { state: "opening", distNumber: null, mirroredHead: null, shown: null } as const;
    const distBranch = await branches.fresh(pair);
    const pushed = distBranch === pair.distGit.branch ? {} : { pushedCommit: null };
    return pairs.update(pair, { ...anew, ...pushed, distBranch });
  }

  /** What is not open any more stays as it is: the answer, which people may have merged meanwhile. */
  async close(counterpart: MergeRequest | undefined): Promise<MergeRequest | undefined> {
    if (counterpart?.state !== "open") return counterpart;
    const forge = this.#services.forges.for(counterpart.ref.repository);
    try {
      return await forge.updateMergeRequest(counterpart.ref, { state: "closed" });
    } catch (error) {
      const present = error instanceof UserError ? await forge.findMergeRequest(counterpart.ref) : undefined;
      if (present === undefined || present.state === "open") throw error;
      return present;
    }
  }

  /** As texts name it. */
  named({ ref, webUrl }: MergeRequest): Counterpart {
    const { mergeRequestSigil } = this.#services.forges.for(ref.repository).capabilities;
    return { ref, webUrl, sigil: mergeRequestSigil };
  }
}
