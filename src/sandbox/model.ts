/**
 * What a sandbox forge remembers, in no forge's dialect: `github/` and `gitlab/` say the same things in their own words.
 * Instants are ISO 8601 strings in UTC, as both dialects print them.
 */

export type Instant = string;
export type ForgeKind = "github" | "gitlab";

export interface SandboxUser {
  readonly id: number;
  readonly login: string;
  readonly name: string;
  readonly email: string;
  readonly bot: boolean;
}

export type SandboxAccess = "read" | "write" | "admin";

export interface SandboxRepository {
  readonly id: number;
  /** `owner/name`; GitLab allows deeper groups. */
  path: string;
  readonly owner: SandboxUser;
  defaultBranch: string;
  readonly private: boolean;
  /** The repository that it was forked from. */
  readonly forkOf: number | undefined;
  readonly createdAt: Instant;
  /** Direct members by user id; the owner is `admin` without an entry. */
  readonly members: Map<number, SandboxAccess>;
  readonly hooks: SandboxHook[];
  /** Bare repository on disk. */
  readonly gitDirectory: string;
  /** The next number for merge requests (GitHub shares it with issues, GitLab counts merge requests alone). */
  nextNumber: number;
}

export interface SandboxHook {
  readonly id: number;
  readonly url: string;
  readonly secret: string;
  /** GitLab 19's `whsec_…`; undefined where only the secret token is used. */
  readonly signingToken: string | undefined;
  /** The forge's own event names; GitLab's flags (`merge_requests_events`) count as names. */
  readonly events: readonly string[];
  /** GitLab sends nothing to one that failed too often, until an instant or "further notice". */
  disabledUntil?: string;
  readonly createdAt: Instant;
}

export interface SandboxMergeRequest {
  readonly id: number;
  readonly number: number;
  /** Target repository. */
  readonly repository: number;
  readonly sourceRepository: number | undefined;
  readonly sourceBranch: string;
  targetBranch: string;
  /** As the person typed it: on GitLab a `Draft:` prefix is part of it. */
  title: string;
  description: string;
  draft: boolean;
  state: "open" | "closed" | "merged";
  readonly author: SandboxUser;
  head: string;
  /** Every head that it had, oldest first. */
  readonly heads: string[];
  /** The tip of the target branch when it was last looked at. */
  base: string;
  labels: string[];
  readonly createdAt: Instant;
  updatedAt: Instant;
  closedAt: Instant | undefined;
  mergedAt: Instant | undefined;
  mergedBy: SandboxUser | undefined;
  mergeCommit: string | undefined;
  /** Computed some time after each change, as on the real forges; `unknown` until then. */
  mergeability: "unknown" | "mergeable" | "conflicting";
}

/** A thumb and the like, in the forge's own word: `+1` on GitHub, `thumbsup` on GitLab. */
export interface SandboxReaction {
  readonly id: number;
  readonly name: string;
  readonly user: SandboxUser;
  readonly at: Instant;
}

export interface SandboxComment {
  readonly id: number;
  readonly repository: number;
  /** Its number in that repository. */
  readonly mergeRequest: number;
  readonly author: SandboxUser;
  body: string;
  /** An answer to a mail; GitLab does not tell, GitHub only where GraphQL is asked. */
  /** How it was sent; an app may write in the name of somebody whose token it has. */
  readonly via: "page" | "mail" | "app";
  /** Written by the forge itself (GitLab's system notes). */
  readonly system: boolean;
  readonly reactions: SandboxReaction[];
  readonly createdAt: Instant;
  updatedAt: Instant;
}

/** What somebody thinks of a merge request: a review on GitHub, an approval on GitLab, which knows no other verdict. */
export interface SandboxReview {
  readonly id: number;
  readonly repository: number;
  /** Its number in that repository. */
  readonly mergeRequest: number;
  readonly author: SandboxUser;
  /** `withdrawn`: a GitHub review that was dismissed; GitLab forgets an approval that was taken back. */
  verdict: "approved" | "changes-requested" | "commented" | "withdrawn";
  readonly body: string;
  /** The head that was looked at. */
  readonly commit: string;
  readonly submittedAt: Instant;
}

/** A commit status set from outside through the API. */
export interface SandboxStatus {
  readonly id: number;
  readonly repository: number;
  readonly commit: string;
  readonly ref: string | undefined;
  /** GitLab puts it into a pipeline; GitHub knows none. */
  readonly pipeline: number | undefined;
  readonly context: string;
  /** In the forge's own words: GitHub's `failure` is GitLab's `failed`. */
  state: string;
  description: string | undefined;
  targetUrl: string | undefined;
  readonly author: SandboxUser;
  readonly createdAt: Instant;
  updatedAt: Instant;
}

/** States of the sandbox's CI, forge-neutral. */
export type CiState = "pending" | "running" | "manual" | "success" | "failure" | "canceled" | "skipped";

/** One run of the CI on one commit: a GitLab pipeline, a GitHub check suite with its workflow run. */
export interface SandboxPipeline {
  readonly id: number;
  readonly repository: number;
  readonly commit: string;
  readonly ref: string;
  /** `external` pipelines hold statuses set from outside (GitLab only). */
  readonly source: "push" | "merge-request" | "external" | "parent";
  /** The job that started it, for source `parent` (GitLab only). */
  readonly parent?: { readonly pipeline: number; readonly job: string };
  /** Its commit is the merge request as it would be once merged (GitLab only). */
  readonly onMerge?: boolean;
  /** Id of the merge request whose head is run. */
  readonly mergeRequest: number | undefined;
  state: CiState;
  readonly jobs: SandboxJob[];
  readonly createdAt: Instant;
  updatedAt: Instant;
}

/** A GitLab job, a GitHub check run. */
export interface SandboxJob {
  readonly id: number;
  readonly name: string;
  readonly stage: string;
  state: CiState;
  readonly allowFailure: boolean;
  log: string;
  startedAt: Instant | undefined;
  finishedAt: Instant | undefined;
}

export interface SandboxCheckAction {
  readonly label: string;
  readonly description: string;
  readonly identifier: string;
}

/** A check run made through the API by a GitHub App. */
export interface SandboxCheckRun {
  readonly id: number;
  readonly repository: number;
  readonly commit: string;
  name: string;
  status: "queued" | "in_progress" | "completed";
  conclusion: string | undefined;
  title: string;
  summary: string;
  /** More of the same, below the summary. */
  text: string;
  /** Further buttons on its page. */
  actions: readonly SandboxCheckAction[];
  detailsUrl: string | undefined;
  readonly externalId: string | undefined;
  readonly app: string;
  startedAt: Instant;
  completedAt: Instant | undefined;
}

/** What happened on the forge; a dialect turns it into the webhooks that its forge would send. */
export type Happening =
  | {
      readonly kind: "push";
      readonly repository: SandboxRepository;
      readonly branch: string;
      readonly before: string;
      readonly after: string;
      readonly by: SandboxUser;
    }
  | {
      readonly kind: "merge-request";
      readonly action: "opened" | "updated" | "pushed" | "closed" | "reopened" | "merged";
      readonly mergeRequest: SandboxMergeRequest;
      /** The head before, for `pushed`. */
      readonly before?: string;
      /** What `updated` changed, as it was before. */
      readonly previous?: Partial<
        Pick<SandboxMergeRequest, "title" | "description" | "targetBranch" | "draft" | "labels">
      >;
      readonly by: SandboxUser;
    }
  | {
      readonly kind: "comment";
      readonly action: "created" | "edited";
      readonly comment: SandboxComment;
      /** The text before, for `edited`. */
      readonly previousBody?: string;
      readonly by: SandboxUser;
    }
  | {
      readonly kind: "review";
      readonly action: "submitted" | "withdrawn";
      readonly mergeRequest: SandboxMergeRequest;
      readonly review: SandboxReview;
      readonly by: SandboxUser;
    }
  | {
      readonly kind: "repository";
      readonly action: "renamed" | "transferred" | "deleted";
      readonly repository: SandboxRepository;
      /** As it was called until now. */
      readonly previousPath: string;
      readonly by: SandboxUser;
    }
  | { readonly kind: "status"; readonly status: SandboxStatus }
  | { readonly kind: "pipeline"; readonly pipeline: SandboxPipeline }
  | { readonly kind: "job"; readonly pipeline: SandboxPipeline; readonly job: SandboxJob }
  | {
      readonly kind: "check-run";
      readonly action: "created" | "completed" | "rerequested";
      readonly checkRun: SandboxCheckRun;
      readonly by: SandboxUser;
    };
