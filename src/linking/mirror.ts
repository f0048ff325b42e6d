import { RetryLater, UserError } from "../domain/errors.js";
import type { MergeRequest } from "../domain/merge-request.js";
import { done, type Outcome, skipped } from "../domain/outcome.js";
import type { ForgeRegistry } from "../forges/registry.js";
import type { Carried, Carrier } from "./carry.js";
import { distBranch, type Link } from "./links.js";
import type { Pair, Pairs } from "./pairs.js";
import type { Counterpart } from "./progress.js";
import type { Reporter } from "./report.js";
import { isTrusted } from "./trust.js";
import { mirrorBranch, mirrorDescription, mirrorTitle } from "./wording.js";

export interface MirrorServices {
  readonly forges: ForgeRegistry;
  readonly pairs: Pairs;
  readonly carrier: Carrier;
  readonly report: Reporter;
}

/** A link that carries the merge request's target branch, and the dist-git branch it goes to. */
interface Route {
  readonly link: Link;
  readonly targetBranch: string;
}

/** Makes the dist-git side of a pair agree with its source-git merge request. Every step may be repeated. */
export class Mirror {
  readonly #services: MirrorServices;

  constructor(services: MirrorServices) {
    this.#services = services;
  }

  /** An open source-git merge request has an open counterpart that stands for its head. */
  async open(links: readonly Link[], mergeRequest: MergeRequest): Promise<Outcome> {
    const route = routeOf(links, mergeRequest);
    if (!route) {
      await this.#services.report.tell(mergeRequest, {
        stage: "not-linked",
        branch: mergeRequest.targetBranch,
      });
      return skipped(`branch ${mergeRequest.targetBranch} is not linked`);
    }
    const pair = await this.#services.pairs.withSourceGit(mergeRequest.ref);
    if (pair && isMirrored(pair, mergeRequest)) return skipped("head is already mirrored");
    return this.#telling(mergeRequest, () => this.#agree(route, mergeRequest));
  }

  /** The source-git merge request ended: its counterpart is closed with it, or left to dist-git's maintainers. */
  async end(pair: Pair, mergeRequest: MergeRequest): Promise<Outcome> {
    const { report, pairs, forges } = this.#services;
    const how = mergeRequest.state === "merged" ? "merged" : "closed";
    if (pair.state === how) return skipped("its end was already carried over");
    const counterpart = await this.#findCounterpart(pair);
    if (counterpart?.state === "open" && how === "closed") {
      await forges.for(pair.distGit.repository).updateMergeRequest(counterpart.ref, { state: "closed" });
    }
    if (counterpart) {
      const ended =
        counterpart.state === "merged" ? { stage: "dist-ended" as const, how: "merged" as const } : undefined;
      const progress = ended ?? { stage: "source-ended" as const, how };
      await report.tell(mergeRequest, { ...progress, counterpart: this.#named(counterpart) });
    }
    await pairs.update(pair, { state: how });
    return done(`${how} in source-git`);
  }

  async #agree(route: Route, mergeRequest: MergeRequest): Promise<Outcome> {
    const { forges, pairs, report, carrier } = this.#services;
    if (!(await isTrusted(route.link, mergeRequest, forges.for(mergeRequest.ref.repository)))) {
      await report.tell(mergeRequest, { stage: "waiting-for-maintainer", author: mergeRequest.author.login });
      return skipped("waiting for a maintainer");
    }
    await report.tell(mergeRequest, { stage: "mirroring" });
    const distGit = { repository: route.link.distGit, branch: mirrorBranch(mergeRequest.ref) };
    const pair = await pairs.ensure({ sourceGit: mergeRequest.ref, distGit });
    const ended = await this.#endedInDistGit(pair, mergeRequest);
    if (ended) return ended;

    const carried = await carrier.carry({ ...route, pair, mergeRequest });
    return carried.outcome === "unchanged"
      ? this.#nothingToMirror({ route, pair, mergeRequest })
      : this.#show({ route, pair, mergeRequest }, carried);
  }

  /** People closed or merged the counterpart: they are not overruled, and the contributor hears of it. */
  async #endedInDistGit(pair: Pair, mergeRequest: MergeRequest): Promise<Outcome | undefined> {
    const counterpart = await this.#findCounterpart(pair);
    if (!counterpart || counterpart.state === "open") return undefined;
    if (counterpart.state === "closed" && pair.state === "closed") {
      // Sluice closed it together with the source-git side, which is open again.
      const forge = this.#services.forges.for(pair.distGit.repository);
      await forge.updateMergeRequest(counterpart.ref, { state: "open" });
      return undefined;
    }
    await this.#services.pairs.update(pair, { state: "stopped" });
    await this.#services.report.tell(mergeRequest, {
      stage: "dist-ended",
      how: counterpart.state,
      counterpart: this.#named(counterpart),
    });
    return skipped(`the counterpart was ${counterpart.state} in dist-git`);
  }

  async #nothingToMirror({ route, pair, mergeRequest }: Mirroring): Promise<Outcome> {
    const { forges, pairs, report } = this.#services;
    const counterpart = await this.#findCounterpart(pair);
    if (counterpart) {
      await forges.for(route.link.distGit).updateMergeRequest(counterpart.ref, { state: "closed" });
      await pairs.update(pair, { state: "closed" });
    }
    const { link, targetBranch } = route;
    await report.tell(mergeRequest, {
      stage: "nothing-to-mirror",
      distGit: link.distGit,
      branch: targetBranch,
    });
    await pairs.update(pair, { mirroredHead: mergeRequest.head });
    return done("nothing to mirror");
  }

  /** The pushed commit has its open merge request, and the contributor knows of it. */
  async #show(mirroring: Mirroring, carried: Carried & { outcome: "carried" }): Promise<Outcome> {
    const { forges, pairs, report } = this.#services;
    const { route, pair, mergeRequest } = mirroring;
    const counterpart = await forges.for(route.link.distGit).ensureMergeRequest({
      repository: route.link.distGit,
      sourceBranch: pair.distGit.branch,
      targetBranch: route.targetBranch,
      title: mirrorTitle(mergeRequest),
      description: mirrorDescription(mergeRequest),
      draft: mergeRequest.draft,
    });
    await pairs.update(pair, { distNumber: counterpart.ref.number, pushedCommit: carried.commit });
    const { warnings } = carried;
    await report.tell(mergeRequest, { stage: "mirrored", counterpart: this.#named(counterpart), warnings });
    // Last: only a head that was carried over and told of counts as mirrored.
    await pairs.update(pair, { state: "open", mirroredHead: mergeRequest.head });
    return done(`mirrored as ${counterpart.webUrl}`);
  }

  /** Whatever goes wrong on the way is said where the contributor looks, before it goes its way by its remedy. */
  async #telling(mergeRequest: MergeRequest, work: () => Promise<Outcome>): Promise<Outcome> {
    const { report } = this.#services;
    try {
      return await work();
    } catch (error) {
      if (error instanceof UserError) {
        await report.tell(mergeRequest, { stage: "failed", complaint: error });
        return done(`told the author: ${error.message}`);
      }
      await report.tryToTell(mergeRequest, {
        stage: error instanceof RetryLater ? "waiting-for-forge" : "broken",
      });
      throw error;
    }
  }

  async #findCounterpart({ distGit }: Pair): Promise<MergeRequest | undefined> {
    if (distGit.number === undefined) return undefined;
    const forge = this.#services.forges.for(distGit.repository);
    return forge.findMergeRequest({ repository: distGit.repository, number: distGit.number });
  }

  #named({ ref, webUrl }: MergeRequest): Counterpart {
    const { mergeRequestSigil } = this.#services.forges.for(ref.repository).capabilities;
    return { ref, webUrl, sigil: mergeRequestSigil };
  }
}

interface Mirroring {
  readonly route: Route;
  readonly pair: Pair;
  readonly mergeRequest: MergeRequest;
}

function routeOf(links: readonly Link[], { targetBranch }: MergeRequest): Route | undefined {
  for (const link of links) {
    const branch = distBranch(link, targetBranch);
    if (branch !== undefined) return { link, targetBranch: branch };
  }
  return undefined;
}

function isMirrored(pair: Pair, { head }: MergeRequest): boolean {
  return pair.mirroredHead === head && (pair.state === "open" || pair.state === "opening");
}
