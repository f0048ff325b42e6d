import type { Logger } from "pino";
import type { Clock } from "../../domain/clock.js";
import type { Comment, CommentRef, Reaction } from "../../domain/comment.js";
import type { CommitResult, CommitStatus } from "../../domain/commit-status.js";
import type { AccessLevel, Approval, MergeRequest, User } from "../../domain/merge-request.js";
import type { CommitId, CommitRef, ForgeName, MergeRequestRef, RepositoryRef } from "../../domain/refs.js";
import { mergeRequestName, repositoryName } from "../../domain/refs.js";
import type { Secret } from "../../domain/secret.js";
import type {
  Budget,
  Capabilities,
  CheckRuns,
  Forge,
  GitRemote,
  Identity,
  JobRef,
  LostDeliveries,
  Merging,
  MergeRequestChange,
  MergeRequestFilter,
  NewMergeRequest,
  Repository,
  RepositoryHooks,
  RerunChoice,
  StatusTarget,
  TopicComment,
} from "../forge.js";
import { BudgetKeeper } from "../budget.js";
import type { SharedLimits } from "../limits.js";
import type { OnRequest } from "../request-metrics.js";
import { conditionalFetch } from "../conditional.js";
import { type ForgeMemory, shortMemory } from "../memory.js";
import { mergeRequestAt } from "../address.js";
import { findLogTail } from "../log-tail.js";
import { once } from "../once.js";
import { ensurePosted } from "../posted-statuses.js";
import { Serial } from "../serial.js";
import { commentBody, topicMarker } from "../text.js";
import { ensureTopicComment } from "../topic-comment.js";
import { throttledFetch } from "../throttle.js";
import { checkToken } from "../token.js";
import { AppAuthentication, asUser } from "./authentication.js";
import { createCheckRuns } from "./checks.js";
import { GitHubClient } from "./client.js";
import { commentVerbs, ensureReaction, findComment, listOrders, unlessLocked } from "./comments.js";
import { ensureFork } from "./forks.js";
import { hooksOfApp, hooksOfRepositories } from "./hooks.js";
import { rerunJobs } from "./jobs.js";
import { lostDeliveries } from "./lost-deliveries.js";
import { merge, removeBranch } from "./merges.js";
import {
  ensureMergeRequest,
  findMergeRequest,
  listMergeRequests,
  updateMergeRequest,
} from "./merge-requests.js";
import { listApprovals } from "./approvals.js";
import { listRepositories } from "./owners.js";
import { findAccess, findBranch, findRepository, findRepositoryWithId, identify } from "./repositories.js";
import { listResults } from "./results.js";
import { ensureCommitStatuses } from "./statuses.js";

export interface GitHubForgeSettings {
  readonly name: ForgeName;
  /** Address of the web pages, without a slash at its end. */
  readonly url: string;
  /** Address of the REST API; by default GitHub's own, or that of GitHub Enterprise at `url`. */
  readonly apiUrl?: string;
  readonly authentication:
    | { readonly kind: "app"; readonly appId: string; readonly privateKey: Secret }
    | { readonly kind: "token"; readonly token: Secret };
  /** Those of `groups` are not looked for in repositories; `repositories` unless given. */
  readonly webhooks?: "repositories" | "groups";
  readonly log?: Logger;
  readonly clock: Clock;
  /** Of this process alone unless given. */
  readonly memory?: ForgeMemory;
  /** The part of the budget, in percent, that is left to people; none unless given. */
  readonly apiReserve?: number;
  /** Of this process alone unless given. */
  readonly limits?: SharedLimits;
  readonly onRequest?: OnRequest | undefined;
}

const capabilities: Capabilities = {
  labelLength: 50,
  titleLength: 256,
  descriptionLength: 65_536,
  statusDescriptionLength: 140,
  mergeRequestSigil: "#",
};

const publicApi = "https://api.github.com";

/** github.com or a GitHub Enterprise Server, as a GitHub App or a machine user. */
export function createGitHubForge(settings: GitHubForgeSettings): Forge {
  const url = settings.url.replace(/\/+$/, "");
  const apiUrl = settings.apiUrl ?? (url === "https://github.com" ? publicApi : `${url}/api/v3`);
  // GitHub allows 80 writes a minute and asks for a second between them; an Enterprise Server has no such limit.
  const pauseBetweenWrites = apiUrl === publicApi ? 1000 : 0;
  const { authentication, clock, log, name, onRequest, webhooks = "repositories" } = settings;
  const { apiReserve: reserve = 0, limits: shared } = settings;
  const budget = new BudgetKeeper({ name, clock, reserve, shared });
  const fetch = conditionalFetch(throttledFetch({ concurrency: 10, pauseBetweenWrites, budget, onRequest }));
  const account = { apiUrl, fetch, clock, log, budget };
  if (authentication.kind === "token") checkToken(name, authentication.token);
  const authenticated =
    authentication.kind === "app"
      ? new AppAuthentication(authentication, account)
      : asUser(authentication.token, account);
  const client = new GitHubClient(name, authenticated, clock);
  const memory = settings.memory ?? shortMemory();
  const appId = authentication.kind === "app" ? Number(authentication.appId) : undefined;
  return new GitHubForge({ name, url, apiUrl, appId, webhooks, budget }, client, memory);
}

interface Place {
  readonly name: ForgeName;
  readonly url: string;
  readonly apiUrl: string;
  /** `undefined` for a user, who makes no check runs. */
  readonly appId: number | undefined;
  readonly webhooks: "repositories" | "groups";
  readonly budget: BudgetKeeper;
}

class GitHubForge implements Forge {
  readonly name: ForgeName;
  readonly capabilities = capabilities;
  readonly checkRuns?: CheckRuns;
  readonly lostDeliveries?: LostDeliveries;
  readonly hooks?: RepositoryHooks;
  readonly #url: string;
  readonly #apiUrl: string;
  readonly #client: GitHubClient;
  readonly #memory: ForgeMemory;
  readonly #budget: BudgetKeeper;
  readonly #serial = new Serial();

  constructor(
    { name, url, apiUrl, appId, webhooks, budget }: Place,
    client: GitHubClient,
    memory: ForgeMemory,
  ) {
    this.name = name;
    this.#url = url;
    this.#apiUrl = apiUrl;
    this.#client = client;
    this.#memory = memory;
    this.#budget = budget;
    if (appId === undefined) {
      if (webhooks === "repositories") this.hooks = hooksOfRepositories(client);
    } else {
      this.hooks = hooksOfApp(client);
      this.lostDeliveries = lostDeliveries(client);
      this.checkRuns = createCheckRuns({ client, memory, serial: this.#serial, appId });
    }
  }

  get budget(): Budget | undefined {
    return this.#budget.lowest;
  }

  readonly identity = once((): Promise<Identity> => {
    return identify(this.#client, `users.noreply.${new URL(this.#url).hostname}`);
  });

  findRepository(repository: RepositoryRef): Promise<Repository | undefined> {
    return findRepository(this.#client, repository);
  }

  findRepositoryWithId(id: number, near: RepositoryRef): Promise<Repository | undefined> {
    return findRepositoryWithId(this.#client, id, near);
  }

  listRepositories(owner: string): AsyncIterable<RepositoryRef> {
    return listRepositories(this.#client, owner);
  }

  findBranch(repository: RepositoryRef, branch: string): Promise<CommitId | undefined> {
    return findBranch(this.#client, repository, branch);
  }

  findAccess(repository: RepositoryRef, user: User): Promise<AccessLevel> {
    return findAccess(this.#client, repository, user);
  }

  findMergeRequest(ref: MergeRequestRef): Promise<MergeRequest | undefined> {
    return findMergeRequest(this.#client, ref);
  }

  listMergeRequests(repository: RepositoryRef, filter: MergeRequestFilter): AsyncIterable<MergeRequest> {
    return listMergeRequests(this.#client, repository, filter);
  }

  ensureFork(repository: RepositoryRef): Promise<RepositoryRef> {
    return ensureFork(this.#client, repository);
  }

  ensureMergeRequest(wanted: NewMergeRequest): Promise<MergeRequest> {
    return ensureMergeRequest(this.#client, wanted, capabilities);
  }

  updateMergeRequest(ref: MergeRequestRef, change: MergeRequestChange): Promise<MergeRequest> {
    return updateMergeRequest(this.#client, { ref, change }, capabilities);
  }

  merge(ref: MergeRequestRef, head: CommitId): Promise<Merging> {
    return merge(this.#client, ref, head);
  }

  removeBranch(repository: RepositoryRef, branch: string): Promise<void> {
    return removeBranch(this.#client, repository, branch);
  }

  listApprovals(ref: MergeRequestRef): AsyncIterable<Approval> {
    return listApprovals(this.#client, ref);
  }

  async ensureComment(on: MergeRequestRef, comment: TopicComment): Promise<void> {
    const author = await this.identity();
    const marker = topicMarker(comment.topic);
    const body = commentBody(comment, capabilities.descriptionLength);
    const name = mergeRequestName(on);
    const told = { memory: this.#memory, key: `comment ${name} ${comment.topic}`, body };
    await this.#serial.run(name, () =>
      unlessLocked(ensureTopicComment(told, commentVerbs(this.#client, on, { author, marker }))),
    );
  }

  ensureCommitStatuses(on: StatusTarget, statuses: readonly CommitStatus[]): Promise<"set" | "refused"> {
    const { statusDescriptionLength: descriptionLength } = capabilities;
    return this.#serial.run(on.commit, () =>
      ensurePosted({ memory: this.#memory, key: statusesKey(on) }, statuses, (due, held) =>
        ensureCommitStatuses(this.#client, on, { statuses: due, descriptionLength, held }),
      ),
    );
  }

  listOrders(on: MergeRequestRef, since: Date): AsyncIterable<CommentRef> {
    return listOrders(this.#client, on, since);
  }

  findComment(ref: CommentRef): Promise<Comment | undefined> {
    return findComment(this.#client, ref);
  }

  ensureReaction(to: CommentRef, reaction: Reaction): Promise<void> {
    return unlessLocked(ensureReaction(this.#client, to, reaction));
  }

  rerunJobs(of: StatusTarget, choice: RerunChoice): Promise<readonly string[]> {
    return rerunJobs(this.#client, { repository: of.mergeRequest.ref.repository, commit: of.commit }, choice);
  }

  listCommitStatuses(commit: CommitRef): AsyncIterable<CommitResult> {
    return listResults(this.#client, commit);
  }

  async findJobLog({ repository, job }: JobRef, bytes: number): Promise<string | undefined> {
    const token = (await this.#client.tokenFor(repository)).reveal();
    return findLogTail(`${this.#apiUrl}/repos/${repository.path}/actions/jobs/${job}/logs`, { token, bytes });
  }

  async gitRemote(repository: RepositoryRef): Promise<GitRemote> {
    const password = await this.#client.tokenFor(repository);
    return {
      url: `${this.#url}/${repository.path}.git`,
      credentials: { username: "x-access-token", password },
    };
  }

  mergeRequestHeadRef(number: number): string {
    return `refs/pull/${number}/head`;
  }

  mergeRequestAt(address: string): MergeRequestRef | undefined {
    return mergeRequestAt({ forge: this.name, url: this.#url, between: "/pull/" }, address);
  }

  commitUrl({ repository, commit }: CommitRef): string {
    return `${this.#url}/${repository.path}/commit/${commit}`;
  }
}

/** Keys of what is remembered hold the forge's own name, since a memory serves all forges. */
function statusesKey({ mergeRequest, commit }: StatusTarget): string {
  return `statuses ${repositoryName(mergeRequest.ref.repository)}@${commit}`;
}
