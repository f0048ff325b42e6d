import type {
  ForgeKind,
  SandboxAccess,
  SandboxCheckRun,
  SandboxComment,
  SandboxHook,
  SandboxJob,
  SandboxMergeRequest,
  SandboxPipeline,
  SandboxRepository,
  SandboxReview,
  SandboxStatus,
  SandboxUser,
} from "./model.js";

/** What both dialects may do with a sandbox forge. Every verb changes the state and tells the webhooks of it. */
export interface SandboxStore {
  readonly name: string;
  readonly kind: ForgeKind;
  /** `http://127.0.0.1:PORT`, without a final slash. */
  readonly url: string;
  now(): string;

  userByToken(token: string): SandboxUser | undefined;
  userById(id: number): SandboxUser | undefined;
  userByLogin(login: string): SandboxUser | undefined;
  users(): readonly SandboxUser[];

  repositoryByPath(path: string): SandboxRepository | undefined;
  repositoryById(id: number): SandboxRepository | undefined;
  repositories(): readonly SandboxRepository[];
  /** `undefined`: may not even see it. Everybody reads public repositories. */
  access(user: SandboxUser | undefined, repository: SandboxRepository): SandboxAccess | undefined;
  createRepository(wanted: NewRepository): Promise<SandboxRepository>;
  fork(repository: SandboxRepository, by: SandboxUser, name?: string): Promise<SandboxRepository>;
  /** Another name, another owner, or both. The old path leads to it until another repository takes it. */
  renameRepository(repository: SandboxRepository, path: string, by: SandboxUser): void;
  /** Nothing of it is found any more. */
  deleteRepository(repository: SandboxRepository, by: SandboxUser): void;
  /** The repository that had this path before. */
  repositoryOnceAt(path: string): SandboxRepository | undefined;
  setMember(repository: SandboxRepository, user: SandboxUser, access: SandboxAccess): void;
  addHook(repository: SandboxRepository, hook: Omit<SandboxHook, "id" | "createdAt">): SandboxHook;

  /** Tip of a branch. */
  branch(repository: SandboxRepository, branch: string): Promise<string | undefined>;
  branches(
    repository: SandboxRepository,
  ): Promise<readonly { readonly name: string; readonly commit: string }[]>;
  commit(repository: SandboxRepository, revision: string): Promise<SandboxCommit | undefined>;
  /** Commits of `from..to`, newest first, at most `limit`. */
  commits(
    repository: SandboxRepository,
    range: { from?: string; to: string; limit: number },
  ): Promise<readonly SandboxCommit[]>;
  /** Whether a branch of the repository contains the commit, and which first. */
  branchContaining(repository: SandboxRepository, commit: string): Promise<string | undefined>;
  file(repository: SandboxRepository, at: { revision: string; path: string }): Promise<Buffer | undefined>;
  /** Makes the branch, or moves it where it exists already. */
  createBranch(
    repository: SandboxRepository,
    branch: { name: string; commit: string; by: SandboxUser },
  ): Promise<void>;
  deleteBranch(repository: SandboxRepository, branch: { name: string; by: SandboxUser }): Promise<void>;

  mergeRequests(repository: SandboxRepository): readonly SandboxMergeRequest[];
  mergeRequest(repository: SandboxRepository, number: number): SandboxMergeRequest | undefined;
  /** Refusals (no such branch, a duplicate, nothing to merge) are told by value, so that each dialect words its own. */
  openMergeRequest(
    wanted: NewSandboxMergeRequest,
  ): Promise<
    | { readonly outcome: "opened"; readonly mergeRequest: SandboxMergeRequest }
    | { readonly outcome: "duplicate"; readonly mergeRequest: SandboxMergeRequest }
    | { readonly outcome: "no-source-branch" | "no-target-branch" | "no-commits" | "same-branch" }
  >;
  editMergeRequest(
    mergeRequest: SandboxMergeRequest,
    change: {
      title?: string;
      description?: string;
      targetBranch?: string;
      draft?: boolean;
      labels?: string[];
    },
    by: SandboxUser,
  ): Promise<void>;
  closeMergeRequest(mergeRequest: SandboxMergeRequest, by: SandboxUser): Promise<void>;
  reopenMergeRequest(mergeRequest: SandboxMergeRequest, by: SandboxUser): Promise<void>;
  merge(
    mergeRequest: SandboxMergeRequest,
    how: { expectedHead?: string; squash: boolean; message?: string },
    by: SandboxUser,
  ): Promise<"merged" | "conflict" | "head-moved" | "draft" | "not-open">;
  /** Commits and unified diff as the forge shows them. */
  mergeRequestCommits(mergeRequest: SandboxMergeRequest): Promise<readonly SandboxCommit[]>;

  comments(mergeRequest: SandboxMergeRequest): readonly SandboxComment[];
  comment(repository: SandboxRepository, id: number): SandboxComment | undefined;
  addComment(mergeRequest: SandboxMergeRequest, body: string, by: SandboxUser): SandboxComment;
  /** The same, sent as an answer to a mail. */
  mailComment(mergeRequest: SandboxMergeRequest, body: string, by: SandboxUser): SandboxComment;
  /** The same, written by an app with a token of that user. */
  appComment(mergeRequest: SandboxMergeRequest, body: string, by: SandboxUser): SandboxComment;
  editComment(comment: SandboxComment, body: string, by: SandboxUser): void;
  deleteComment(comment: SandboxComment): void;

  /** Oldest first. */
  reviews(mergeRequest: SandboxMergeRequest): readonly SandboxReview[];
  /** A review of the head. */
  addReview(
    mergeRequest: SandboxMergeRequest,
    review: Pick<SandboxReview, "verdict" | "body">,
    by: SandboxUser,
  ): SandboxReview;
  withdrawReview(mergeRequest: SandboxMergeRequest, review: SandboxReview, by: SandboxUser): void;

  statuses(repository: SandboxRepository, commit: string): readonly SandboxStatus[];
  /** Adds a record, newest last; GitLab's state machine is its dialect's business. */
  addStatus(status: Omit<SandboxStatus, "id" | "createdAt" | "updatedAt">): SandboxStatus;
  updateStatus(
    status: SandboxStatus,
    change: { state: string; description?: string; targetUrl?: string },
  ): void;

  pipelines(repository: SandboxRepository, commit?: string): readonly SandboxPipeline[];
  pipeline(id: number): SandboxPipeline | undefined;
  addPipeline(pipeline: Omit<SandboxPipeline, "id" | "createdAt" | "updatedAt">): SandboxPipeline;
  /** Runs the CI on a commit once more; `undefined` where the repository has none. */
  startPipeline(
    repository: SandboxRepository,
    head: Pick<SandboxPipeline, "commit" | "ref" | "source" | "mergeRequest">,
  ): SandboxPipeline | undefined;
  job(id: number): { readonly pipeline: SandboxPipeline; readonly job: SandboxJob } | undefined;
  retryPipeline(pipeline: SandboxPipeline): void;
  retryJob(pipeline: SandboxPipeline, job: SandboxJob): SandboxJob;
  /** Starts a job that waits for somebody. */
  playJob(pipeline: SandboxPipeline, job: SandboxJob): void;
  /** Ends what is under way; what has ended stays as it is. */
  cancelPipeline(pipeline: SandboxPipeline): void;
  cancelJob(pipeline: SandboxPipeline, job: SandboxJob): void;

  checkRuns(repository: SandboxRepository, commit: string): readonly SandboxCheckRun[];
  checkRun(id: number): SandboxCheckRun | undefined;
  addCheckRun(checkRun: Omit<SandboxCheckRun, "id">): SandboxCheckRun;
  updateCheckRun(checkRun: SandboxCheckRun, change: Partial<SandboxCheckRun>): void;
  /** Somebody pressed *Re-run*: the check run is queued again and its app is told. */
  rerequestCheckRun(checkRun: SandboxCheckRun, by: SandboxUser): void;

  /** The GitHub App installed on every repository of this forge; only GitHub has one. */
  readonly app: SandboxApp | undefined;
  /** A token that acts as the app's bot user for an hour. */
  createInstallationToken(): { readonly token: string; readonly expiresAt: string };
}

export interface SandboxApp {
  readonly id: number;
  readonly slug: string;
  readonly installationId: number;
  /** PEM, public half of the key that the bot signs its JWTs with. */
  readonly publicKey: string;
  readonly bot: SandboxUser;
  readonly webhookUrl: string | undefined;
  readonly webhookSecret: string;
  /** The app's own webhooks, oldest first, and another try of one. */
  readonly webhooks: AppWebhooks;
}

export interface AppWebhooks {
  list(): readonly AppDelivery[];
  redeliver(id: number): void;
}

export interface AppDelivery {
  readonly id: number;
  readonly hook: number;
  readonly guid: string;
  readonly event: string;
  readonly sentAt: string;
  readonly again: boolean;
  /** `undefined` where nobody answered. */
  readonly status: number | undefined;
  readonly seconds: number;
}

export interface SandboxCommit {
  readonly id: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: SandboxSignature;
  readonly committer: SandboxSignature;
}

export interface SandboxSignature {
  readonly name: string;
  readonly email: string;
  readonly date: string;
}

export interface NewRepository {
  readonly path: string;
  readonly owner: SandboxUser;
  readonly private: boolean;
  readonly defaultBranch?: string;
}

export interface NewSandboxMergeRequest {
  readonly repository: SandboxRepository;
  readonly sourceRepository: SandboxRepository;
  readonly sourceBranch: string;
  readonly targetBranch: string;
  readonly title: string;
  readonly description: string;
  readonly draft: boolean;
  readonly author: SandboxUser;
}
