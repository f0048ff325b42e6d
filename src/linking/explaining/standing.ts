import type { ForgeRegistry } from "../../forges/registry.js";
import { standingText } from "../wording/command-wording.js";
import type { Links } from "../links/links.js";
import type { Pair } from "../pairs/pairs.js";
import { progressStatus } from "../wording/progress-wording.js";
import { routeOf } from "../links/route.js";
import type { ToldRecords } from "../telling/told.js";
import type { TrustKeeper } from "../trust/trust-keeper.js";
import { trustLine } from "../wording/trust-wording.js";

export interface StandingServices {
  readonly forges: ForgeRegistry;
  readonly links: Links;
  readonly told: Pick<ToldRecords, "of">;
  readonly trust: TrustKeeper;
}

/** Says where a pair stands: its state, whether its head is trusted, what went wrong last, what dist-git alone changed. */
export class Standing {
  readonly #services: StandingServices;

  constructor(services: StandingServices) {
    this.#services = services;
  }

  async of(pair: Pair): Promise<string> {
    const told = await this.#services.told.of(pair);
    const progress = told?.progress && progressStatus(told.progress).description;
    return standingText(pair, {
      progress,
      trust: await this.#trust(pair),
      notes: [...(told?.notes.values() ?? [])],
    });
  }

  async #trust(pair: Pair): Promise<string | undefined> {
    const { forges, links, trust } = this.#services;
    const mergeRequest = await forges.for(pair.sourceGit.repository).findMergeRequest(pair.sourceGit);
    if (mergeRequest?.state !== "open") return undefined;
    const route = routeOf(links.from(pair.sourceGit.repository), mergeRequest);
    if (!route) return undefined;
    return trustLine((await trust.decide({ link: route.link, pair, mergeRequest })).decision);
  }
}
