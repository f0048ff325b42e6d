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
  Forge,
  GitRemote,
  Identity,
  JobRef,
  Merging,
  MergeRequestChange,
  MergeRequestFilter,
  NewMergeRequest,
  Repository,
  RepositoryGroups,
  RepositoryHooks,
  RerunChoice,
  StatusTarget,
  TestedAs,
  TestMerges,
  TopicComment,
} from "../forge.js";
import { BudgetKeeper } from "../budget.js";
import type { SharedLimits } from "../limits.js";
import type { OnRequest } from "../request-metrics.js";
import { type ForgeMemory, shortMemory } from "../memory.js";
import { mergeRequestAt } from "../address.js";
import { findLogTail } from "../log-tail.js";
import { once } from "../once.js";
import { ensurePosted, unfinishedAt } from "../posted-statuses.js";
import { Serial } from "../serial.js";
import { commentBody, topicMarker } from "../text.js";
import { ensureTopicComment } from "../topic-comment.js";
import { checkToken } from "../token.js";
import { type GitLabAccount, GitLabClient } from "./client.js";
import { commentVerbs, ensureReaction, findComment, listOrders } from "./comments.js";
import { ensureFork } from "./forks.js";
import { listChanged, listRepositories } from "./groups.js";
import { findHookHealth } from "./hooks.js";
import { rerunJobs } from "./jobs.js";
import { merge, removeBranch } from "./merges.js";
import {
  ensureMergeRequest,
  findMergeRequest,
  listMergeRequests,
  updateMergeRequest,
} from "./merge-requests.js";
import { listApprovals } from "./approvals.js";
import { testedBy } from "./pipelines.js";
import { findAccess, findBranch, findRepository, findRepositoryWithId, identify } from "./repositories.js";
import { listResults } from "./results.js";
import { StatusRefs } from "./status-ref.js";
import { ensureCommitStatuses, statusDescriptionLength } from "./statuses.js";

export interface GitLabForgeSettings {
  readonly name: ForgeName;
  /** Address of the web pages, without a slash at its end; a server below a path is named with it. */
  readonly url: string;
  readonly token: Secret;
  /** Those of `groups` are not looked for in projects; `repositories` unless given. */
  readonly webhooks?: "repositories" | "groups";
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
  labelLength: 255,
  titleLength: 255,
  descriptionLength: 1_048_576,
  statusDescriptionLength,
  mergeRequestSigil: "!",
};

/** Longest comment, in characters. */
const commentLength = 1_000_000;

/** gitlab.com or a server of one's own, as the user of an access token. */
export function createGitLabForge(settings: GitLabForgeSettings): Forge {
  const { name, token, clock, onRequest, webhooks = "repositories" } = settings;
  checkToken(name, token);
  const { apiReserve: reserve = 0, limits: shared } = settings;
  const budget = new BudgetKeeper({ name, clock, reserve, shared });
  const account = { name, url: settings.url.replace(/\/+$/, ""), token, webhooks, clock, budget, onRequest };
  return new GitLabForge(account, new GitLabClient(account), settings.memory ?? shortMemory());
}

interface Place extends GitLabAccount {
  readonly webhooks: "repositories" | "groups";
}

class GitLabForge implements Forge {
  readonly name: ForgeName;
  readonly capabilities = capabilities;
  readonly #url: string;
  readonly #token: Secret;
  readonly #client: GitLabClient;
  readonly #memory: ForgeMemory;
  readonly #budget: BudgetKeeper;
  readonly #serial = new Serial();
  readonly #statusRefs: StatusRefs;

  readonly hooks?: RepositoryHooks;

  readonly groups: RepositoryGroups = {
    listChanged: (group, since) => listChanged(this.#client, group, since),
  };

  readonly testMerges: TestMerges = {
    parents: (commit) => testedBy(this.#client, commit, this.#memory),
  };

  constructor({ name, url, token, webhooks, budget }: Place, client: GitLabClient, memory: ForgeMemory) {
    this.name = name;
    if (webhooks === "repositories")
      this.hooks = { look: (repository) => findHookHealth(client, repository) };
    this.#url = url;
    this.#token = token;
    this.#client = client;
    this.#memory = memory;
    this.#statusRefs = new StatusRefs(client, memory);
    this.#budget = budget;
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

  findRepositoryWithId(id: number): Promise<Repository | undefined> {
    return findRepositoryWithId(this.#client, id);
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
    return findMergeRequest(this.#client, ref, (payload) => this.#statusRefs.see(ref, payload));
  }

  listMergeRequests(repository: RepositoryRef, filter: MergeRequestFilter): AsyncIterable<MergeRequest> {
    return listMergeRequests(this.#client, repository, filter);
  }

  async ensureFork(repository: RepositoryRef): Promise<RepositoryRef> {
    return ensureFork(this.#client, repository, (await this.identity()).login);
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
    const body = commentBody(comment, commentLength);
    const name = mergeRequestName(on);
    const told = { memory: this.#memory, key: `comment ${name} ${comment.topic}`, body };
    await this.#serial.run(name, () =>
      ensureTopicComment(told, commentVerbs(this.#client, on, { author, marker })),
    );
  }

  async ensureCommitStatuses(
    on: StatusTarget,
    statuses: readonly CommitStatus[],
  ): Promise<"set" | "refused"> {
    const author = await this.identity();
    // GitLab takes one status of a commit at a time and refuses the others after 10 s.
    return this.#serial.run(on.commit, async () => {
      const memory = this.#memory;
      const ref = await this.#statusRefs.of(on);
      const post = (at: string, wanted: readonly CommitStatus[]) =>
        ensurePosted({ memory, key: `${statusesKey(on)} ${at}` }, wanted, (due, held) =>
          ensureCommitStatuses(this.#client, on, { author, statuses: due, held, ref: at }),
        );
      // What was begun before the merge request had a pipeline of its own ends where it began, too.
      const { branch } = on.mergeRequest.source;
      const begun =
        ref === branch ? [] : await unfinishedAt({ memory, key: `${statusesKey(on)} ${branch}` }, statuses);
      if (begun.length > 0) await post(branch, begun);
      return post(ref, statuses);
    });
  }

  listOrders(on: MergeRequestRef, since: Date): AsyncIterable<CommentRef> {
    return listOrders(this.#client, on, since);
  }

  findComment(ref: CommentRef): Promise<Comment | undefined> {
    return findComment(this.#client, ref);
  }

  ensureReaction(to: CommentRef, reaction: Reaction): Promise<void> {
    return ensureReaction(this.#client, to, reaction);
  }

  rerunJobs(of: StatusTarget, choice: RerunChoice): Promise<readonly string[]> {
    return rerunJobs(this.#client, { of, memory: this.#memory }, choice);
  }

  listCommitStatuses(commit: CommitRef, as?: TestedAs): AsyncIterable<CommitResult> {
    return listResults(this.#client, { commit, as }, this.#memory);
  }

  findJobLog({ repository: { path }, job }: JobRef, bytes: number): Promise<string | undefined> {
    const url = `${this.#url}/api/v4/projects/${encodeURIComponent(path)}/jobs/${job}/trace`;
    return findLogTail(url, { token: this.#token.reveal(), bytes });
  }

  gitRemote(repository: RepositoryRef): Promise<GitRemote> {
    return Promise.resolve({
      url: `${this.#url}/${repository.path}.git`,
      // GitLab takes any name beside a token.
      credentials: { username: "oauth2", password: this.#token },
    });
  }

  mergeRequestHeadRef(number: number): string {
    return `refs/merge-requests/${number}/head`;
  }

  mergeRequestAt(address: string): MergeRequestRef | undefined {
    return mergeRequestAt({ forge: this.name, url: this.#url, between: "/-/merge_requests/" }, address);
  }

  commitUrl({ repository, commit }: CommitRef): string {
    return `${this.#url}/${repository.path}/-/commit/${commit}`;
  }
}

/** Keys of what is remembered hold the forge's own name, since a memory serves all forges. */
function statusesKey({ mergeRequest, commit }: StatusTarget): string {
  return `statuses ${repositoryName(mergeRequest.ref.repository)}@${commit}`;
}
