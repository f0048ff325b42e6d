import type { CheckRef } from "../domain/check-run.js";
import type { Comment, CommentRef, Reaction } from "../domain/comment.js";
import type { CommitResult, CommitStatus } from "../domain/commit-status.js";
import type {
  AccessLevel,
  Approval,
  MergeRequest,
  MergeRequestState,
  User,
} from "../domain/merge-request.js";
import type { CommitId, CommitRef, ForgeName, MergeRequestRef, RepositoryRef } from "../domain/refs.js";
import type { Secret } from "../domain/secret.js";

/**
 * A git hosting service, as far as Sluice needs one.
 *
 * `find…` answers `undefined` for what does not exist (or may not be seen: forges do not tell the two apart), `list…`
 * is lazy, `ensure…` may be repeated without a second effect. Every method throws `RetryLater` when the forge is down,
 * busy or out of budget, `Moved` when a repository is asked for by a path that it had before, and `OperatorError` when our identity lacks a right or the answer has an unknown shape; what
 * else it may throw stands at the method. No method retries by itself: that is the queue's part.
 */
export interface Forge {
  readonly name: ForgeName;
  readonly capabilities: Capabilities;

  /** Where we may make check runs: results with a page of their own and a button to run them again. */
  readonly checkRuns?: CheckRuns;

  /** Where the forge runs CI on commits of its own, too. */
  readonly testMerges?: TestMerges;

  /** Where the forge tells how the webhooks of repositories fare. */
  readonly hooks?: RepositoryHooks;

  /** Where the forge keeps webhooks that did not arrive. */
  readonly lostDeliveries?: LostDeliveries;

  /** Where one list tells what changed in all repositories of a group. */
  readonly groups?: RepositoryGroups;

  /** What is left of the requests that the forge lets us ask, as it last said; `undefined` where it does not say. */
  readonly budget: Budget | undefined;

  /** Who we are on this forge; throws `OperatorError` when the credentials are refused. */
  identity(): Promise<Identity>;

  /** Also by a path that it had before; it says itself how it is called now. */
  findRepository(repository: RepositoryRef): Promise<Repository | undefined>;

  /** However it is called by now. `near` is one where our identity has rights. */
  findRepositoryWithId(id: number, near: RepositoryRef): Promise<Repository | undefined>;

  /** Those that an owner has, or that lie right in a group, as far as we see them; none where there is no such place. */
  listRepositories(owner: string): AsyncIterable<RepositoryRef>;

  /** The commit at the tip of a branch. */
  findBranch(repository: RepositoryRef, branch: string): Promise<CommitId | undefined>;

  /** What `user` may do with `repository`, inherited and group rights included. */
  findAccess(repository: RepositoryRef, user: User): Promise<AccessLevel>;

  findMergeRequest(ref: MergeRequestRef): Promise<MergeRequest | undefined>;

  /** Oldest first; those updated since some moment, newest update first. */
  listMergeRequests(repository: RepositoryRef, filter: MergeRequestFilter): AsyncIterable<MergeRequest>;

  /**
   * Our own fork of the repository, made when there is none; throws `RetryLater` until git can push to it, and
   * `OperatorError` where we cannot have one.
   */
  ensureFork(repository: RepositoryRef): Promise<RepositoryRef>;

  /**
   * The open merge request from `sourceBranch` to `targetBranch`, made when there is none. An existing one is returned as
   * it is; its texts may be somebody's edits.
   */
  ensureMergeRequest(wanted: NewMergeRequest): Promise<MergeRequest>;

  /** Changes what is named and nothing else; throws `UserError` ("refused") when the forge does not allow it. */
  updateMergeRequest(ref: MergeRequestRef, change: MergeRequestChange): Promise<MergeRequest>;

  /**
   * Merges exactly this head; that the forge does not do it has a reason and is no error. Throws `RetryLater` while the forge
   * works out whether it may.
   */
  merge(ref: MergeRequestRef, head: CommitId): Promise<Merging>;

  /** The branch is gone, or never was there. */
  removeBranch(repository: RepositoryRef, branch: string): Promise<void>;

  /** The approvals that stand, one a person, whatever that person may do in the repository. */
  listApprovals(ref: MergeRequestRef): AsyncIterable<Approval>;

  /**
   * Our one comment of this topic on the merge request says `text`: made, edited in place, or left as it is; nothing is said
   * where the forge lets nobody like us speak.
   */
  ensureComment(on: MergeRequestRef, comment: TopicComment): Promise<void>;

  /** The comments since then that may hold an order. */
  listOrders(on: MergeRequestRef, since: Date): AsyncIterable<CommentRef>;

  findComment(ref: CommentRef): Promise<Comment | undefined>;

  /** Our reaction stands at the comment. */
  ensureReaction(to: CommentRef, reaction: Reaction): Promise<void>;

  /**
   * The statuses of the commit are as wanted; an equal one is not posted again. Answers `refused` where our identity may
   * not set a status on that commit (a contributor's fork on GitLab, or a protected branch). One that the forge does not take keeps no others
   * back; `UserError` ("refused") is thrown after them.
   */
  ensureCommitStatuses(on: StatusTarget, statuses: readonly CommitStatus[]): Promise<"set" | "refused">;

  /**
   * Every present result of the commit in its latest run: commit statuses, check runs, jobs and pipelines under one
   * vocabulary, each context once. With its merge request also what ran on that commit as it would be merged.
   */
  listCommitStatuses(commit: CommitRef, as?: TestedAs): AsyncIterable<CommitResult>;

  /** The end of a job's log, at most `bytes` of it; `undefined` where there is none to read. */
  findJobLog(job: JobRef, bytes: number): Promise<string | undefined>;

  /**
   * Runs jobs of a commit's CI again, and answers their names; none when nothing fits or they are still running. `commit`
   * is one of the merge request, which need not be its head any more.
   */
  rerunJobs(of: StatusTarget, choice: RerunChoice): Promise<readonly string[]>;

  /** Where and with what credentials git fetches from and pushes to the repository. */
  gitRemote(repository: RepositoryRef): Promise<GitRemote>;

  /** The ref of the repository under which the head of its merge request `number` can be fetched. */
  mergeRequestHeadRef(number: number): string;

  /** The merge request whose page this is, or a page below it; `undefined` for every other address. */
  mergeRequestAt(url: string): MergeRequestRef | undefined;

  /** The page of one commit, for links in texts. */
  commitUrl(commit: CommitRef): string;
}

/** Differences of degree between forges. */
export interface Capabilities {
  /** Longest title and description of a merge request, in characters. */
  readonly titleLength: number;
  readonly descriptionLength: number;
  /** Longest name of a label, in characters. */
  readonly labelLength: number;
  /** Longest description of a commit status, in characters. */
  readonly statusDescriptionLength: number;
  /** What people on this forge write before a merge request's number: `#` or `!`. */
  readonly mergeRequestSigil: "#" | "!";
}

/** Of several, the one of which least is left. */
export interface Budget {
  readonly limit: number;
  readonly remaining: number;
  readonly resetAt: Date;
}

/** Our own account. */
export interface Identity extends User {
  /** How it signs the commits that it makes. */
  readonly name: string;
  readonly email: string;
}

export interface Repository {
  readonly ref: RepositoryRef;
  /** The forge's own id, which survives renames and transfers. */
  readonly id: number;
  readonly defaultBranch: string;
  readonly webUrl: string;
}

export interface MergeRequestFilter {
  readonly state?: MergeRequestState;
  readonly sourceBranch?: string;
  readonly targetBranch?: string;
  readonly updatedSince?: Date;
}

/** A merge request between two branches of one repository, or from a fork of it. */
export interface NewMergeRequest {
  readonly repository: RepositoryRef;
  /** The fork that has the source branch, where it is not in `repository`. */
  readonly fork?: RepositoryRef | undefined;
  readonly sourceBranch: string;
  readonly targetBranch: string;
  readonly title: string;
  readonly description: string;
  readonly draft: boolean;
}

export interface MergeRequestChange {
  readonly title?: string;
  readonly description?: string;
  readonly state?: "open" | "closed";
  readonly targetBranch?: string;
  readonly draft?: boolean;
  /** Beside those that are there; the forge makes those that it does not know. */
  readonly addLabels?: readonly string[];
  /** As the forge shows them; those that are not there are gone already. */
  readonly removeLabels?: readonly string[];
}

export type Merging =
  | { readonly outcome: "merged" }
  /** Its CI has to pass first, and goes on. */
  | { readonly outcome: "too-early"; readonly reason: string }
  | { readonly outcome: "blocked"; readonly reason: string };

/** One comment per topic, edited in place; the adapter marks it so that it is found again. */
export interface TopicComment {
  /** Lower-case words joined by `-`. */
  readonly topic: string;
  readonly text: string;
}

/** A commit of a merge request: forges differ on whether the fork or the target repository takes its statuses. */
export interface StatusTarget {
  readonly mergeRequest: MergeRequest;
  readonly commit: CommitId;
}

export interface RepositoryHooks {
  look(repository: RepositoryRef): Promise<HookHealth>;
}

/** `unseen`: our identity may not see them. */
export type HookHealth =
  { readonly health: "works" | "unseen" } | { readonly health: "trouble"; readonly trouble: string };

export interface RepositoryGroups {
  /**
   * What was updated since then in the group and the groups below it, newest update first; `undefined` where there is no such
   * group, or it is hidden from us.
   */
  listChanged(group: string, since: Date): Promise<AsyncIterable<ChangedMergeRequest> | undefined>;
}

/** A merge request in a list of many, most of which are of no interest. */
export interface ChangedMergeRequest {
  readonly ref: MergeRequestRef;
  /** All of it; may take a request where it comes from a fork. */
  read(): Promise<MergeRequest>;
}

export interface LostDeliveries {
  /**
   * Has webhooks sent again that failed since then, each once, and none that came another way; answers how many.
   * `hasArrived` is asked by the forge's own id.
   */
  redeliver(since: Date, hasArrived: (delivery: string) => Promise<boolean>): Promise<number>;
}

/** Our check runs. */
export interface CheckRuns {
  /** Those of the commit are as wanted; an equal one is not written again. */
  ensure(on: StatusTarget, checks: readonly Check[]): Promise<void>;
  /**
   * Our own check run that somebody wants anew; `undefined` for others' and gone ones. It is written again when next it
   * is wanted, equal or not: the forge shows its suite as waiting from then on.
   */
  rerequested(ref: CheckRef): Promise<FoundCheck | undefined>;
}

/** A result as a check run. */
export interface Check extends CommitStatus {
  /** Ours alone, kept beside it: what has to be known when somebody wants it anew. */
  readonly key: string;
  /** Markdown; what it says follows from the result, so that it is compared no more than that. */
  readonly summary: string;
  /** More Markdown, made when it is written. */
  readonly details?: () => Promise<string | undefined>;
  /** Buttons on its page, three at most. */
  readonly actions?: readonly CheckAction[];
}

export interface CheckAction {
  /** At most 20 characters, as `label` is; `description` takes 40. */
  readonly id: string;
  readonly label: string;
  readonly description: string;
}

export interface FoundCheck {
  readonly key: string;
  readonly context: string;
  readonly commit: CommitId;
}

/** Commits that a forge makes to test a merge request as it would be once merged. */
export interface TestMerges {
  /** What such a commit merges, or was squashed or rebased from for that; none of one that is gone. */
  parents(commit: CommitRef): Promise<readonly CommitId[]>;
}

/** How a commit was tested. */
export interface TestedAs {
  readonly mergeRequest: MergeRequestRef;
  /** The commit that CI ran on, where it is another. */
  readonly ran?: CommitId;
}

export interface JobRef {
  readonly repository: RepositoryRef;
  readonly job: number;
}

/** Which jobs of a commit are run again. */
export type RerunChoice =
  | { readonly which: "failed" }
  | { readonly which: "all" }
  /** By the name of its result; of a job that started other jobs, those. */
  | { readonly which: "job"; readonly name: string }
  /** By the id that its results tell. */
  | { readonly which: "group"; readonly id: string };

export interface GitRemote {
  readonly url: string;
  /** HTTP basic credentials, kept apart from the address so that they are never printed with it. */
  readonly credentials: { readonly username: string; readonly password: Secret } | undefined;
}
