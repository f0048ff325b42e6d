import type { MergeRequest } from "../../domain/merge-request.js";
import { type CommitId, sameRepository } from "../../domain/refs.js";
import type { Forge, MergeRequestChange } from "../../forges/forge.js";
import type { ForgeRegistry } from "../../forges/registry.js";
import { type Homecoming, homeMergeRequest, type Homecomings, type HomeTexts } from "./homecomings.js";
import {
  homeClosings,
  homeDescription,
  type HomeNews,
  homeStatuses,
  homeTitle,
} from "../wording/homecoming-wording.js";
import { ownPart, withOwnPart } from "../wording/wording.js";

export interface HomeRequestServices {
  readonly forges: ForgeRegistry;
  readonly homecomings: Homecomings;
}

/** The topic of Sluice's comment on a merge request that brings dist-git's changes home. */
const topic = "home";

/** The merge requests in source-git that bring dist-git's own changes home. */
export class HomeRequests {
  readonly #services: HomeRequestServices;

  constructor(services: HomeRequestServices) {
    this.#services = services;
  }

  /** What became of the merge request; `undefined` where there was none. */
  async find(homecoming: Homecoming): Promise<MergeRequest | undefined> {
    const ref = homeMergeRequest(homecoming);
    return ref && this.#forgeOf(homecoming).findMergeRequest(ref);
  }

  /** One open merge request from the pushed branch says what it brings; what people wrote there stays. */
  async show(homecoming: Homecoming, news: HomeNews): Promise<MergeRequest> {
    const forge = this.#forgeOf(homecoming);
    const draft = news.trouble !== undefined;
    const description = `${ownPart.begin}\n${homeDescription(news)}\n${ownPart.end}`;
    const title = homeTitle(news);
    const opened = await forge.ensureMergeRequest({
      repository: homecoming.sourceGit.repository,
      sourceBranch: homecoming.homeBranch,
      targetBranch: homecoming.sourceGit.branch,
      ...{ title, description, draft },
    });
    const { homecomings } = this.#services;
    // Another number than before means another merge request, of which Sluice gave all texts.
    const isKnown = homecoming.number === opened.ref.number;
    const given = isKnown ? [homecoming.shown, homecoming.giving].filter((each) => each !== undefined) : [];
    const [before, change] = [
      heldTexts(opened, given),
      dueChange(opened, { title, description, draft, given }),
    ];
    await homecomings.update(homecoming, {
      ...{ number: opened.ref.number, shown: before, giving: { title, draft } },
    });
    const told =
      Object.keys(change).length === 0 ? opened : await forge.updateMergeRequest(opened.ref, change);
    const shown = {
      title: told.title === title ? title : before.title,
      draft: told.draft === draft ? draft : before.draft,
    };
    await homecomings.update(homecoming, { shown, giving: null });
    await this.#setStatuses(forge, told, news);
    return told;
  }

  /** There is nothing to bring home any more; the branch goes with it unless people pushed to it. */
  async close(homecoming: Homecoming, why: keyof typeof homeClosings): Promise<void> {
    const mergeRequest = (await this.find(homecoming)) ?? (await this.#unrecorded(homecoming));
    if (mergeRequest?.state !== "open") return;
    const forge = this.#forgeOf(homecoming);
    const text = homeClosings[why](homecoming.distGit.branch);
    await forge.ensureComment(mergeRequest.ref, { topic, text });
    await forge.updateMergeRequest(mergeRequest.ref, { state: "closed" });
    await this.tidy(homecoming, mergeRequest.head);
  }

  /** The branch that Sluice made is of no use any more, unless somebody else's commit is on it. */
  async tidy(homecoming: Homecoming, expected: CommitId): Promise<void> {
    const { repository } = homecoming.sourceGit;
    const forge = this.#forgeOf(homecoming);
    const tip = await forge.findBranch(repository, homecoming.homeBranch);
    if (tip === undefined || tip !== expected) return;
    if (await this.#services.homecomings.isPushed(homecoming, tip)) {
      await forge.removeBranch(repository, homecoming.homeBranch);
    }
  }

  /** One that a killed process opened and did not live to record. */
  async #unrecorded({ sourceGit, homeBranch, ...homecoming }: Homecoming): Promise<MergeRequest | undefined> {
    if (homecoming.number !== undefined) return undefined;
    const { repository, branch: targetBranch } = sourceGit;
    const filter = { state: "open", sourceBranch: homeBranch, targetBranch } as const;
    for await (const found of this.#services.forges.for(repository).listMergeRequests(repository, filter)) {
      // A fork may have a branch of that name.
      if (found.source.repository && sameRepository(found.source.repository, repository)) return found;
    }
    return undefined;
  }

  async #setStatuses(forge: Forge, mergeRequest: MergeRequest, news: HomeNews): Promise<void> {
    const statuses = homeStatuses(news).map((status) => ({ ...status, targetUrl: mergeRequest.webUrl }));
    await forge.ensureCommitStatuses({ mergeRequest, commit: mergeRequest.head }, statuses);
  }

  #forgeOf({ sourceGit }: Homecoming): Forge {
    return this.#services.forges.for(sourceGit.repository);
  }
}

interface Wanted {
  readonly title: string;
  readonly description: string;
  readonly draft: boolean;
  /** What Sluice gave it, or was about to; nothing where it has all from its opening. */
  readonly given: readonly HomeTexts[];
}

/** A title or draft that is not the one Sluice gave is somebody's; of the description only the marked part is Sluice's. */
function dueChange(present: MergeRequest, { title, description, draft, given }: Wanted): MergeRequestChange {
  const said = withOwnPart(present.description, description);
  const held = heldTexts(present, given);
  return {
    ...(held.title === present.title && present.title !== title ? { title } : {}),
    ...(said === present.description ? {} : { description: said }),
    ...(held.draft === present.draft && present.draft !== draft ? { draft } : {}),
  };
}

/** What of Sluice's it has: what it shows if that was given, else what was last given. */
function heldTexts({ title, draft }: MergeRequest, given: readonly HomeTexts[]): HomeTexts {
  const [first] = given;
  if (first === undefined) return { title, draft };
  return {
    title: given.some((texts) => texts.title === title) ? title : first.title,
    draft: given.some((texts) => texts.draft === draft) ? draft : first.draft,
  };
}
