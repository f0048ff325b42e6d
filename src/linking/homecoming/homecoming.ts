import { isAncestor } from "../../conversion/ancestry.js";
import { OperatorError, UserError } from "../../domain/errors.js";
import type { MergeRequest } from "../../domain/merge-request.js";
import { done, type Outcome, skipped } from "../../domain/outcome.js";
import { type CommitId, repositoryName } from "../../domain/refs.js";
import { push } from "../../git/remotes.js";
import { findOrigins } from "./home-origins.js";
import type { HomeRoute } from "./home-routes.js";
import {
  type FoundTips,
  type HomeCloneServices,
  homeWork,
  type Stores,
  withBothSides,
} from "./homecoming-clones.js";
import { newsOf } from "./homecoming-news.js";
import { type HomePlan, type HomeWork, ownCommits, planHome } from "./homecoming-plan.js";
import type { HomeRequests } from "./homecoming-request.js";
import { emptyHomeMessage, type HomeNews } from "../wording/homecoming-wording.js";
import type { Homecoming, Homecomings, HomeState } from "./homecomings.js";
import type { Pairs } from "../pairs/pairs.js";

export interface HomeBringerServices extends HomeCloneServices {
  readonly homecomings: Homecomings;
  readonly pairs: Pairs;
  readonly requests: HomeRequests;
}

/** Has one merge request in source-git bring what a dist-git branch changed by itself. Every step may be repeated. */
export class HomeBringer {
  readonly #services: HomeBringerServices;

  constructor(services: HomeBringerServices) {
    this.#services = services;
  }

  async bring(route: HomeRoute): Promise<Outcome> {
    const { forges, homecomings } = this.#services;
    const { link, distGit, sourceGit } = route;
    if (link.entry.distChanges === "ignore") return skipped("the link leaves dist-git's own changes there");
    const dist = await forges.for(distGit.repository).findBranch(distGit.repository, distGit.branch);
    if (dist === undefined) return this.#isGone(route);
    const source = await forges.for(sourceGit.repository).findBranch(sourceGit.repository, sourceGit.branch);
    if (source === undefined) return skipped(`source-git has no branch ${sourceGit.branch}`);

    const tips = { dist, source };
    const present = await this.#follow(await homecomings.ensure(route));
    if (isDone(present, tips)) return skipped(`nothing moved since: ${present.homecoming.state}`);
    if (present.homecoming.state === "declined" && present.homecoming.seen.dist === dist) {
      return skipped("people closed what brings it home, and dist-git has not moved since");
    }
    const home = await this.#homeBranch(present);
    const wanted = { ...route, tips, home };
    return withBothSides(this.#services, wanted, (stores) =>
      this.#work({ route, tips, stores, home: home?.tip, homecoming: present.homecoming }),
    );
  }

  /** Whatever people did with the merge request is taken note of first. */
  async #follow(homecoming: Homecoming): Promise<Present> {
    const { homecomings, requests } = this.#services;
    if (homecoming.number === undefined) return { homecoming, mergeRequest: undefined };
    const mergeRequest = await requests.find(homecoming);
    if (mergeRequest?.state === "open") return { homecoming, mergeRequest };
    const forgotten = { number: null, shown: null, giving: null, carriedTip: null } as const;
    if (mergeRequest?.state === "merged") {
      await requests.tidy(homecoming, mergeRequest.head);
      const settled = homecoming.carriedTip === undefined ? {} : { settledTip: homecoming.carriedTip };
      const merged = await homecomings.update(homecoming, { ...forgotten, ...settled, state: "in-step" });
      return { homecoming: merged, mergeRequest: undefined };
    }
    const state = homecoming.state === "in-step" ? "in-step" : "declined";
    return {
      homecoming: await homecomings.update(homecoming, { ...forgotten, state }),
      mergeRequest: undefined,
    };
  }

  async #homeBranch({ homecoming, mergeRequest }: Present) {
    const { homeBranch: branch, sourceGit } = homecoming;
    const forge = this.#services.forges.for(sourceGit.repository);
    const tip = mergeRequest?.head ?? (await forge.findBranch(sourceGit.repository, branch));
    return tip === undefined ? undefined : { branch, tip };
  }

  async #isGone({ distGit }: HomeRoute): Promise<Outcome> {
    const { homecomings, requests } = this.#services;
    for (const homecoming of await homecomings.from(distGit)) {
      // Before it is closed: what we close ourselves was not declined by people.
      const idle = await homecomings.update(homecoming, { state: "in-step", seen: nothingSeen });
      await requests.close(idle, "gone");
    }
    return skipped(`dist-git has no branch ${distGit.branch}`);
  }

  /** Where a repository cannot be read, there is nothing to show on a merge request: `sluice status` says it. */
  async #work(work: Work): Promise<Outcome> {
    try {
      return await this.#agree(work);
    } catch (error) {
      if (error instanceof UserError) return this.#blocked(work, error.message);
      throw error;
    }
  }

  async #agree(work: Work): Promise<Outcome> {
    const { route, tips, stores, home } = work;
    const asked = await this.#ask(work, tips.source);
    const own = await ownCommits(asked);
    if (own === undefined) return this.#blocked(work, "source-git and dist-git were never synchronised");
    const { dist } = stores;
    const { open, merged } = await findOrigins(this.#services, { dist, distGit: route.distGit, own });
    if (open) {
      const summary = `dist-git merged first what is open in source-git: ${open.webUrl}`;
      return this.#record(work, { state: "waiting", summary, home });
    }
    const plan = await planHome({ ...asked, fromSource: merged }, own);
    if (plan.outcome === "in-step") return this.#settle(work);
    if (home === undefined || (await this.#mayReplace(work, home))) return this.#push(work, plan);
    return this.#leave(work, { home, fromSource: merged });
  }

  /** People pushed to the branch: what is missing there is told, and nothing is overwritten. */
  async #leave(work: Work, { home, fromSource }: Theirs): Promise<Outcome> {
    const { homecoming, tips, stores } = work;
    const asked = await this.#ask(work, home);
    const beyond = await planHome({ ...asked, fromSource }, (await ownCommits(asked)) ?? []);
    const said = { homecoming, stores, tip: tips.dist, plan: beyond, theirs: true };
    await this.#services.requests.show(homecoming, await newsOf(this.#services, said));
    const complete = beyond.outcome === "in-step";
    if (!complete) return this.#record(work, { state: "theirs", summary: "people work on its branch", home });
    const summary = "people resolved it on its branch";
    return this.#record(work, { state: "open", summary, home, carriedTip: tips.dist });
  }

  async #ask({ route, tips, stores, homecoming }: Work, head: CommitId): Promise<HomeWork> {
    const bot = await this.#services.forges.for(route.sourceGit.repository).identity();
    const { settledTip: settled } = homecoming;
    return homeWork(stores, { link: route.link, head, tip: tips.dist, settled, bot });
  }

  /** What Sluice put there, and what source-git has anyway. */
  async #mayReplace({ homecoming, stores, tips }: Work, home: CommitId): Promise<boolean> {
    if (await this.#services.homecomings.isPushed(homecoming, home)) return true;
    return isAncestor(stores.source, home, tips.source);
  }

  async #push(work: Work, plan: Coming): Promise<Outcome> {
    const { homecoming, stores, home, tips } = work;
    const { homecomings, forges } = this.#services;
    const news = await newsOf(this.#services, { homecoming, stores, tip: tips.dist, plan, theirs: false });
    const { repository } = homecoming.sourceGit;
    const brought = plan.outcome === "home" ? plan : plan.brought;
    // A merge request without a commit cannot be opened.
    const commit = brought.head === tips.source ? await this.#emptyCommit(work, news) : brought.head;
    // Before the push: if we are killed in between, the commit on the branch is known as ours all the same.
    await homecomings.recordPushed(homecoming, commit);
    if (home !== commit) {
      const remote = await forges.for(repository).gitRemote(repository);
      const pushing = push(stores.source, { remote, commit, branch: homecoming.homeBranch, expecting: home });
      await pushing.catch((error: unknown) => this.#refused(work, error));
    }
    const { webUrl } = await this.#services.requests.show(homecoming, news);
    // After it is shown: one that was merged before the push has not brought what came with the push.
    const carriedTip = plan.outcome === "home" ? tips.dist : (brought.commits.at(-1)?.from ?? null);
    const state = plan.outcome === "home" ? "open" : "conflict";
    return this.#record(work, { state, summary: `${state}: ${webUrl}`, home: commit, carriedTip });
  }

  async #emptyCommit({ route, stores: { source, dist }, tips }: Work, news: HomeNews): Promise<CommitId> {
    const bot = await this.#services.forges.for(route.sourceGit.repository).identity();
    const { date } = (await dist.readCommit(tips.dist)).committer;
    const author = { name: bot.name, email: bot.email, date };
    const { tree } = await source.readCommit(tips.source);
    const message = emptyHomeMessage(news);
    return source.writeCommit({ tree, parents: [tips.source], author, committer: author, message });
  }

  /** Nobody in source-git could be told on a merge request that there is not. */
  async #refused({ homecoming }: Work, error: unknown): Promise<never> {
    if (!(error instanceof UserError)) throw error;
    await this.#services.homecomings.update(homecoming, { state: "blocked", problem: error.message });
    const where = `${repositoryName(homecoming.sourceGit.repository)}, branch ${homecoming.homeBranch}`;
    throw new OperatorError(`dist-git's changes cannot be brought home to ${where}: ${error.message}`, {
      cause: error,
    });
  }

  async #settle(work: Work): Promise<Outcome> {
    const { homecomings, requests } = this.#services;
    // Before it is closed: what we close ourselves was not declined by people.
    const idle = await homecomings.update(work.homecoming, { state: "in-step" });
    // With neither, no merge request was ever opened since the last one ended.
    if (idle.number !== undefined || work.home !== undefined) await requests.close(idle, "overtaken");
    if (work.home !== undefined) await requests.tidy(idle, work.home);
    return this.#record(work, { state: "in-step", summary: "source-git has all of dist-git" });
  }

  async #blocked(work: Work, problem: string): Promise<Outcome> {
    await this.#services.homecomings.update(work.homecoming, { problem });
    return this.#record(work, { state: "blocked", summary: problem, problem });
  }

  /** Last: only what was done counts as seen. */
  async #record(
    { homecoming, tips }: Work,
    { summary, home, problem, ...rest }: Recording,
  ): Promise<Outcome> {
    const seen = { ...tips, home };
    await this.#services.homecomings.update(homecoming, { ...rest, seen, problem: problem ?? null });
    const { state } = rest;
    return state === "blocked" || state === "waiting" ? skipped(summary) : done(summary);
  }
}

const nothingSeen = { dist: undefined, source: undefined, home: undefined };

type Coming = Extract<HomePlan, { readonly outcome: "home" | "conflict" }>;

interface Present {
  readonly homecoming: Homecoming;
  /** The open one. */
  readonly mergeRequest: MergeRequest | undefined;
}

interface Work {
  readonly route: HomeRoute;
  readonly homecoming: Homecoming;
  readonly tips: FoundTips;
  readonly stores: Stores;
  /** What Sluice's branch holds now. */
  readonly home: CommitId | undefined;
}

interface Theirs {
  readonly home: CommitId;
  readonly fromSource: ReadonlySet<CommitId>;
}

interface Recording {
  readonly state: HomeState;
  readonly summary: string;
  readonly home?: CommitId | undefined;
  readonly carriedTip?: CommitId | null;
  readonly problem?: string;
}

/** `waiting` ends with a merge request of source-git, wherever the branches are. */
function isDone({ homecoming, mergeRequest }: Present, { dist, source }: FoundTips): boolean {
  const { seen, state } = homecoming;
  if (state === "waiting" || seen.dist !== dist || seen.source !== source) return false;
  return mergeRequest === undefined ? state !== "open" : mergeRequest.head === seen.home;
}
