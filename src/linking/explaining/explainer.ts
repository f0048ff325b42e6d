import { RetryLater, UserError } from "../../domain/errors.js";
import type { MergeRequest } from "../../domain/merge-request.js";
import { mergeRequestName, type MergeRequestRef } from "../../domain/refs.js";
import type { ForgeRegistry } from "../../forges/registry.js";
import type { Carrier } from "../mirror/carry.js";
import { type Explanation, nextStep, type Previewed } from "./explanation.js";
import type { Links } from "../links/links.js";
import type { Narrowings } from "../links/narrowing.js";
import type { Pair, Pairs } from "../pairs/pairs.js";
import { progressStatus } from "../wording/progress-wording.js";
import { type Route, routeOf } from "../links/route.js";
import type { ToldRecords } from "../telling/told.js";
import type { TrustKeeper } from "../trust/trust-keeper.js";

export interface ExplainerServices {
  readonly forges: ForgeRegistry;
  readonly links: Links;
  readonly pairs: Pairs;
  readonly told: Pick<ToldRecords, "of">;
  readonly trust: TrustKeeper;
  readonly carrier: Pick<Carrier, "preview">;
  readonly narrowings: Pick<Narrowings, "know">;
}

/** Says what would be decided for a merge request and why; it changes nothing but our own copies of the repositories. */
export class Explainer {
  readonly #services: ExplainerServices;

  constructor(services: ExplainerServices) {
    this.#services = services;
  }

  /** By the address of a merge request of either side; throws `UserError` where it is of none. */
  async explain(address: string): Promise<Explanation> {
    const { links, narrowings, pairs, told, trust } = this.#services;
    const { asked, ref } = await this.#sourceOf(this.#refAt(address));
    const sourceGit = await this.#find(ref);
    await narrowings.know(ref.repository);
    const pair = await pairs.withSourceGit(ref);
    const route = routeOf(links.from(ref.repository), sourceGit);
    const isOpen = route !== undefined && sourceGit.state === "open";
    const question = isOpen ? { link: route.link, pair, mergeRequest: sourceGit } : undefined;
    const facts = {
      sourceGit,
      dist: pair && (await this.#distOf(pair)),
      route,
      pair,
      trust: question && (await trust.decide(question)),
      conversion: isOpen ? await this.#preview(route, sourceGit) : undefined,
    };
    const said = pair && (await told.of(pair));
    return {
      asked,
      ...facts,
      said: said?.progress && progressStatus(said.progress).description,
      notes: [...(said?.notes.values() ?? [])],
      next: nextStep(facts),
    };
  }

  #refAt(address: string): MergeRequestRef {
    const ref = this.#services.forges.mergeRequestAt(address);
    if (ref) return ref;
    throw new UserError("usage", {
      message: "not the address of a merge request on a forge of sluice.yml",
      where: address,
      remedy: "Give it as the browser shows it: https://…/-/merge_requests/7 or https://…/pull/7.",
    });
  }

  /** The source-git side of what was asked for. */
  async #sourceOf(
    ref: MergeRequestRef,
  ): Promise<Pick<Explanation, "asked"> & { readonly ref: MergeRequestRef }> {
    const { links, pairs } = this.#services;
    if (links.from(ref.repository).length > 0) return { asked: "source-git", ref };
    const pair = await pairs.withDistGit(ref);
    if (pair) return { asked: "dist-git", ref: pair.sourceGit };
    const isDist = links.to(ref.repository).length > 0;
    throw new UserError("missing", {
      message: isDist
        ? "Sluice did not open this dist-git merge request, so it has nothing to do with it"
        : "no link has this repository",
      where: mergeRequestName(ref),
      remedy: isDist
        ? "Ask about a merge request of source-git."
        : "Name the repository under links in sluice.yml.",
    });
  }

  async #find(ref: MergeRequestRef): Promise<MergeRequest> {
    const found = await this.#services.forges.for(ref.repository).findMergeRequest(ref);
    if (found) return found;
    throw new UserError("missing", {
      message: "there is no such merge request, or Sluice's account may not see it",
      where: mergeRequestName(ref),
    });
  }

  async #distOf({ distGit: { repository, number } }: Pair): Promise<MergeRequest | undefined> {
    if (number === undefined) return undefined;
    return this.#services.forges.for(repository).findMergeRequest({ repository, number });
  }

  async #preview(route: Route, mergeRequest: MergeRequest): Promise<Previewed> {
    try {
      return {
        outcome: "converted",
        preview: await this.#services.carrier.preview({ ...route, mergeRequest }),
      };
    } catch (error) {
      if (error instanceof UserError) {
        const { message, where, remedy } = error;
        return { outcome: "refused", complaint: { message, where, remedy } };
      }
      if (error instanceof RetryLater) return { outcome: "unavailable", reason: error.message };
      throw error;
    }
  }
}
