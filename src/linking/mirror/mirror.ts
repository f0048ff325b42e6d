import { RetryLater, UserError } from "../../domain/errors.js";
import type { MergeRequest } from "../../domain/merge-request.js";
import { done, type Outcome, skipped } from "../../domain/outcome.js";
import { type CommitId, repositoryName, sameRepository } from "../../domain/refs.js";
import type { ForgeRegistry } from "../../forges/registry.js";
import type { Carried, Carrier } from "./carry.js";
import type { Counterparts, Mirroring } from "../pairs/counterparts.js";
import type { Ending } from "./ending.js";
import type { Drift } from "../homecoming/home-drift.js";
import type { Link } from "../links/links.js";
import type { NewPair, Pair, Pairs } from "../pairs/pairs.js";
import type { Overtaking } from "./overtaking.js";
import { saysOtherwise, waitsToMerge } from "../telling/progress.js";
import type { Reporter } from "../telling/report.js";
import type { ResultBoard } from "../results/result-board.js";
import { type Route, routeOf } from "../links/route.js";
import { areCarried, carryTexts, type Saying, type Telling } from "./texts.js";
import type { Stranding } from "../whereabouts/stranding.js";
import type { TrustKeeper } from "../trust/trust-keeper.js";
import { waitingOf } from "./waiting.js";
import { mirrorBranch, missingDistGit, refusedLabels } from "../wording/wording.js";

export interface MirrorServices {
  readonly forges: ForgeRegistry;
  readonly pairs: Pairs;
  readonly carrier: Carrier;
  readonly report: Reporter;
  readonly counterparts: Counterparts;
  readonly ending: Ending;
  readonly trust: TrustKeeper;
  readonly board: Pick<ResultBoard, "begin" | "renew" | "expect" | "settle" | "leave" | "release">;
  readonly stranding: Pick<Stranding, "of" | "stop">;
  readonly drift: Pick<Drift, "remind">;
  readonly overtaking: Pick<Overtaking, "isOvertaken">;
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
    const pair = await this.#services.pairs.withSourceGit(mergeRequest.ref);
    if (!route) return this.#leave(pair, mergeRequest);
    const renamed = await this.#services.stranding.of(route.link, pair);
    if (renamed) return this.#services.stranding.stop(renamed, pair, mergeRequest);
    if (pair && (await this.#isMirrored({ route, pair, mergeRequest })))
      return this.#retell({ link: route.link, pair, mergeRequest });
    return this.#services.report.telling(mergeRequest, () => this.#agree(route, mergeRequest));
  }

  /** Everything that follows from the head was done, and is what people read; what was told of since is told anew. */
  async #isMirrored({ route, pair, mergeRequest }: Mirroring): Promise<boolean> {
    const { repository, targetBranch } = pair.distGit;
    const isPlaced = sameRepository(repository, route.link.distGit) && targetBranch === route.targetBranch;
    const isCurrent = pair.mirroredHead === mergeRequest.head && isPlaced;
    const mayGoOn = ["opening", "open", "empty"].includes(pair.state) && pair.pausedBy === undefined;
    return isCurrent && mayGoOn && !saysOtherwise(await this.#services.report.stands(pair));
  }

  /** dist-git stands for the head already; the title, description, draft or labels may have changed since. */
  async #retell(saying: Saying): Promise<Outcome> {
    const { pair, mergeRequest } = saying;
    if (pair.state === "empty" || areCarried(saying)) return skipped("head is already mirrored");
    return this.#services.report.telling(mergeRequest, async () => {
      const counterpart = await this.#services.counterparts.find(pair);
      if (counterpart?.state !== "open") return skipped("the counterpart is not open");
      await this.#carryTexts({ ...saying, counterpart });
      return done("title, description, draft and labels carried over");
    });
  }

  async #carryTexts(telling: Telling): Promise<MergeRequest> {
    const { forges, pairs, report } = this.#services;
    const forge = forges.for(telling.counterpart.ref.repository);
    const noteLabels = (reason: string | undefined) =>
      report.note(telling.pair, "labels", reason === undefined ? undefined : refusedLabels(reason));
    return carryTexts({ pairs, forge, noteLabels }, telling);
  }

  /** The source-git merge request ended: its counterpart follows as the link's policy wants it. */
  async end(links: readonly Link[], pair: Pair, mergeRequest: MergeRequest): Promise<Outcome> {
    const link = routeOf(links, mergeRequest)?.link;
    const outcome = await this.#services.ending.ofSource({ link, pair, mergeRequest });
    // A head that was begun and never carried over is waited for in vain; one that waits for trust was not begun.
    if (pair.waiting === undefined) await this.#services.board.leave(pair, mergeRequest);
    await this.#services.board.release(pair, mergeRequest);
    return outcome;
  }

  /** Its target branch is carried nowhere, or not any more. */
  async #leave(pair: Pair | undefined, mergeRequest: MergeRequest): Promise<Outcome> {
    const { targetBranch: branch } = mergeRequest;
    const counterpart = pair && (await this.#withdraw(pair, "closed"));
    const withdrawn =
      counterpart && counterpart.state !== "merged"
        ? this.#services.counterparts.named(counterpart)
        : undefined;
    await this.#services.report.tell(mergeRequest, { stage: "not-linked", branch, withdrawn });
    if (pair) await this.#services.board.settle(pair, mergeRequest, "its target branch is not linked");
    return skipped(`branch ${branch} is not linked`);
  }

  /** Closes the counterpart, if it is open, so that Sluice may open it again; what people closed stays theirs. */
  async #withdraw(pair: Pair, state: "closed" | "empty"): Promise<MergeRequest | undefined> {
    const counterpart = await this.#services.counterparts.findLast(pair);
    if (counterpart?.state !== "open") return counterpart;
    const { counterparts, pairs } = this.#services;
    await pairs.update(pair, { state: "closing" });
    const closed = await counterparts.close(counterpart);
    await pairs.update(pair, { state });
    return closed;
  }

  /** Another target branch, or another `sluice.yml`, may lead to another dist-git: nothing is left behind in the old one. */
  async #placed(pair: Pair, distGit: NewPair["distGit"]): Promise<Pair> {
    if (sameRepository(pair.distGit.repository, distGit.repository)) return pair;
    const { repository } = distGit;
    // A source-git that was renamed leads to a dist-git that nobody renamed yet: what is there stays until there is another.
    if (!(await this.#services.forges.for(repository).findRepository(repository)))
      throw new UserError("missing", missingDistGit(repositoryName(repository)));
    await this.#withdraw(pair, "closed");
    await this.#services.report.leave(pair);
    return this.#services.pairs.move(pair, distGit);
  }

  async #agree(route: Route, mergeRequest: MergeRequest): Promise<Outcome> {
    const { pairs, report, counterparts } = this.#services;
    const { link, targetBranch } = route;
    const distGit = { repository: link.distGit, branch: mirrorBranch(mergeRequest.ref), targetBranch };
    const recorded = await pairs.ensure({ sourceGit: mergeRequest.ref, distGit });
    const waits = await waitingOf(this.#services, { route, pair: recorded, mergeRequest });
    if (waits) {
      await report.tell(mergeRequest, waits);
      return skipped(waits.stage);
    }
    await this.#begin(recorded, mergeRequest);
    const pair = await this.#placed(recorded, distGit);
    await this.#services.drift.remind(pair, { repository: link.distGit, branch: targetBranch });
    const counterpart = await counterparts.find(pair);
    const left = counterpart && (await this.#leftToPeople({ route, pair, mergeRequest }, counterpart));
    if (!left) return this.#carryOver({ route, pair, mergeRequest }, counterpart);
    await this.#services.board.leave(pair, mergeRequest);
    return left;
  }

  /**
   * From the first second the head is not green. On a head that is pushed to a pair the status of dist-git's CI says so by
   * itself, which spares a request for each push; whatever keeps Sluice from carrying it over is told as it happens. One that
   * waits to be merged stays green: its forge may wait for just that.
   */
  async #begin(pair: Pair, mergeRequest: MergeRequest): Promise<void> {
    const { report, board } = this.#services;
    const isFresh = (await report.remembered(pair))?.head !== mergeRequest.head;
    if (pair.state === "open" && isFresh) await report.remember(pair, mergeRequest);
    else if (isFresh || !waitsToMerge(await report.stands(pair)))
      await report.tell(mergeRequest, { stage: "mirroring" });
    await board.begin(pair, mergeRequest);
  }

  async #carryOver(mirroring: Mirroring, found: MergeRequest | undefined): Promise<Outcome> {
    const { counterparts } = this.#services;
    const { route, mergeRequest } = mirroring;
    const reopened =
      found && found.state !== "open" ? await counterparts.reopen(mirroring.pair, found) : undefined;
    const { counterpart, warnings, ...known } = reopened ?? {
      pair: mirroring.pair,
      counterpart: found,
      warnings: [],
    };
    const pair = await counterparts.placed(known.pair, route.link.entry.via);
    const carried = await this.#carryOrTell({ route, pair, mergeRequest }, counterpart);
    switch (carried.outcome) {
      case "overtaken":
        await this.#services.board.settle(pair, mergeRequest, "another push took its place");
        return skipped("another head took its place meanwhile");
      case "unchanged":
        return this.#nothingToMirror({ route, pair, mergeRequest });
      case "foreign":
        return this.#stop({ pair, mergeRequest, counterpart }, carried.tip);
      case "carried": {
        const shown = { ...carried, warnings: [...warnings, ...carried.warnings] };
        return this.#show({ route, pair, mergeRequest }, { carried: shown, counterpart });
      }
    }
  }

  /** What cannot be carried over keeps back the commits, not what people say of them. */
  async #carryOrTell(mirroring: Mirroring, counterpart: MergeRequest | undefined): Promise<Carried> {
    const { route, pair, mergeRequest } = mirroring;
    try {
      return await this.#carry(mirroring);
    } catch (error) {
      const saying = { link: route.link, pair, mergeRequest };
      if (error instanceof UserError && counterpart && !areCarried(saying))
        await this.#carryTexts({ ...saying, counterpart }).catch(leaveForLater);
      throw error;
    }
  }

  /** Of a storm of pushes only the last head goes to dist-git: one that was pushed over meanwhile is left to the next job. */
  async #carry({ route, pair, mergeRequest }: Mirroring): Promise<Carried> {
    const { board, carrier, overtaking } = this.#services;
    const isOvertaken = () => overtaking.isOvertaken(pair, mergeRequest);
    const announce = async (commit: CommitId) => {
      if (await isOvertaken()) return "overtaken";
      await board.renew({ pair, mergeRequest, detail: route.link.entry.results }, commit);
      return "push";
    };
    try {
      return await carrier.carry({ ...route, pair, mergeRequest, announce });
    } catch (error) {
      // A head that was pushed over by force cannot be fetched any more.
      if (error instanceof RetryLater && (await isOvertaken())) return { outcome: "overtaken" };
      throw error;
    }
  }

  /** People closed or merged the counterpart, or pushed to it: they are not overruled. */
  async #leftToPeople(
    { route: { link }, pair, mergeRequest }: Mirroring,
    counterpart: MergeRequest,
  ): Promise<Outcome | undefined> {
    const { pairs, ending } = this.#services;
    const { state, head } = counterpart;
    if (state === "open") {
      const isOurs = await pairs.isMirrored(pair, head);
      return isOurs ? undefined : this.#stop({ pair, mergeRequest, counterpart }, head);
    }
    // It was Sluice that closed it, and the reason is gone.
    if (state === "closed" && ["closing", "closed", "empty"].includes(pair.state)) return undefined;
    return ending.ofDist({ link, pair, mergeRequest }, counterpart);
  }

  /** Somebody else pushed to the branch that Sluice made. */
  async #stop({ pair, mergeRequest, counterpart }: Stopping, tip: CommitId): Promise<Outcome> {
    const { pairs, report, counterparts } = this.#services;
    const { repository, branch } = pair.distGit;
    await report.tell(mergeRequest, {
      stage: "foreign-push",
      counterpart: counterpart && counterparts.named(counterpart),
      branch,
      commit: { repository, commit: tip },
    });
    await pairs.update(pair, { state: "stopped" });
    return skipped("somebody else pushed to the dist-git branch");
  }

  async #nothingToMirror({ route, pair, mergeRequest }: Mirroring): Promise<Outcome> {
    const { pairs, report } = this.#services;
    const { link, targetBranch } = route;
    await this.#withdraw(pair, "empty");
    await report.tell(mergeRequest, {
      stage: "nothing-to-mirror",
      distGit: link.distGit,
      branch: targetBranch,
    });
    await this.#services.board.settle(pair, mergeRequest, "dist-git would hold nothing of it");
    await pairs.update(pair, { state: "empty", mirroredHead: mergeRequest.head, targetBranch });
    return done("nothing to mirror");
  }

  /** The pushed commit has its open merge request, and the contributor knows of it. */
  async #show(mirroring: Mirroring, { carried, counterpart: present }: Carrying): Promise<Outcome> {
    const { pairs, report, counterparts, board } = this.#services;
    const { pair, mergeRequest } = mirroring;
    const { link, targetBranch } = mirroring.route;
    const opened = await counterparts.ensure(mirroring, present);
    const counterpart = await this.#carryTexts({ link, pair, mergeRequest, counterpart: opened });
    const { number: distNumber } = counterpart.ref;
    await pairs.update(pair, { distNumber, targetBranch, pushedCommit: carried.commit });
    await report.tell(mergeRequest, {
      stage: "mirrored",
      counterpart: counterparts.named(counterpart),
      branch: targetBranch,
      head: mergeRequest.head,
      warnings: carried.warnings,
    });
    await report.tellReplaced(pair, { mergeRequest, by: counterparts.named(counterpart) });
    await board.expect(pair, { repository: counterpart.ref.repository, commit: carried.commit });
    // Last: only a head that was carried over and told of counts as mirrored.
    await pairs.update(pair, { state: "open", mirroredHead: mergeRequest.head });
    return done(`mirrored as ${counterpart.webUrl}`);
  }
}

/** What dist-git does not take of the texts is told once nothing graver is: they are tried again each time. */
function leaveForLater(error: unknown): void {
  if (!(error instanceof UserError)) throw error;
}

type Stopping = Pick<Mirroring, "pair" | "mergeRequest"> & { readonly counterpart: MergeRequest | undefined };

interface Carrying {
  readonly carried: Extract<Carried, { readonly outcome: "carried" }>;
  readonly counterpart: MergeRequest | undefined;
}
