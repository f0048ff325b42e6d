import type { CommandSettings } from "../domain/command.js";
import type { ForgeName } from "../domain/refs.js";
import type { Secret } from "../domain/secret.js";

/** What `sluice.yml` and the environment say together, checked. */
export interface Configuration {
  /** Path of the links file, as it was given. */
  readonly file: string;
  readonly forges: readonly ForgeSettings[];
  readonly links: readonly LinkEntry[];
  readonly commands: CommandSettings;
  /** People who have an account on more than one forge. */
  readonly users: readonly Person[];
  readonly limits: Limits;
  /** How long received deliveries are kept, in milliseconds. */
  readonly keepDeliveries: number;
  /** How long the history of pairs that have ended is kept, in milliseconds. */
  readonly keepEnded: number;
  /** Milliseconds from one comparison with the forges to the next; `undefined`: there are none. */
  readonly reconcile: number | undefined;
  /** The part of a forge's API budget, in percent, that is left to people: sweeps wait when it is reached. */
  readonly apiReserve: number;
  /** How large the copies of repositories may be together, in bytes. */
  readonly gitCache: number;
}

/** Somebody's login on each forge where they have one. */
export type Person = ReadonlyMap<ForgeName, string>;

/** How much one merge request may be of, before it is refused. */
export interface Limits {
  readonly commits: number;
  /** What its commits change, as patches. */
  readonly patchBytes: number;
  /** Files that it changes. */
  readonly files: number;
}

export type ForgeSettings = GitHubSettings | GitLabSettings;

export interface GitHubSettings {
  readonly kind: "github";
  readonly name: ForgeName;
  /** Address of the web pages, without a slash at its end. */
  readonly url: string;
  readonly authentication: GitHubAuthentication;
  readonly webhookSecret: Secret;
  readonly webhooks: WebhookPlace;
  /** Other accounts and Apps that act where a link says so. */
  readonly identities: readonly GitHubIdentity[];
}

export interface GitHubIdentity {
  readonly id: string;
  readonly authentication: GitHubAuthentication;
  /** An App of its own signs its webhooks with its own secret. */
  readonly webhookSecret?: Secret;
}

/** Where the webhooks of a forge are set up, which is where they may be missing; an App has its own in any case. */
export type WebhookPlace = "repositories" | "groups";

export type GitHubAuthentication =
  | { readonly kind: "app"; readonly appId: string; readonly privateKey: Secret }
  | { readonly kind: "token"; readonly token: Secret };

/** At least one of `webhookSecret` and `signingToken` is there: an unsigned webhook is never taken. */
export interface GitLabSettings {
  readonly kind: "gitlab";
  readonly name: ForgeName;
  /** Address of the web pages, without a slash at its end. */
  readonly url: string;
  readonly token: Secret;
  /** Sent by GitLab as it is, in `X-Gitlab-Token`. */
  readonly webhookSecret?: Secret;
  /** Signs each webhook (GitLab 19 and newer): `whsec_` and the base64 of 32 bytes. */
  readonly signingToken?: Secret;
  readonly webhooks: WebhookPlace;
  /** Other accounts that act where a link says so. */
  readonly identities: readonly { readonly id: string; readonly token: Secret }[];
}

/** How dist-git stores source changes; `conversion/layout.ts` says what each means. */
export type LinkLayout = "rpm" | "quilt" | "plain";

/** Whose merge requests are mirrored at once: those of people with write access, or all. */
export type Trust = "members" | "everyone";

/** Repositories that belong together; `{name}` in both paths stands for one path component. */
export interface LinkEntry extends LinkPolicy {
  readonly sourceGit: RepositoryPattern;
  readonly distGit: RepositoryPattern;
  readonly layout: LinkLayout;
  /** Where it begins in the links file. */
  readonly line?: number;
  /** Where the source-git repository itself says so: of the linked branches, those that one of these patterns names. */
  readonly onlyBranches?: readonly string[];
}

/** What a link does, by its own keys, by `defaults`, or as it is unless somebody says otherwise. */
export interface LinkPolicy {
  /** Source-git branch and dist-git branch in the order of the file; `*` stands for any characters on both sides. */
  readonly branches: readonly (readonly [source: string, dist: string])[];
  readonly trust: Trust;
  /** Logins whose merge requests from forks of their own are mirrored as members' are. */
  readonly trusted: readonly string[];
  /** Whether one word for a merge request holds for what is pushed to it later. */
  readonly trustLaterPushes: boolean;
  /** Whether an approving review is a word for the commit that it approves. */
  readonly trustByReview: boolean;
  /** Globs of what takes a word each time that somebody without write access changes it. */
  readonly sensitivePaths: readonly string[];
  /** How the labels begin that dist-git's merge request takes over. */
  readonly labels: readonly string[];
  readonly results: ResultDetail;
  /** Names of results without which dist-git's CI has not passed, however green the others are. */
  readonly requiredResults: readonly string[];
  /** Whether the end of a failed job's log is shown in source-git. */
  readonly logExcerpts: boolean;
  readonly distChanges: DistChanges;
  readonly via: Via;
  readonly afterSourceMerge: AfterSourceMerge;
  /** Milliseconds after which `merge-when-green` merges where dist-git's CI said nothing at all. */
  readonly mergeWithoutCi: number | "never";
  readonly afterDistMerge: AfterDistMerge;
  /** Whether people whom the users file knows are mentioned on the other forge. */
  readonly mentions: boolean;
  /** Which of a forge's identities acts on which side; unless given, the forge's first. */
  readonly identities: { readonly sourceGit?: string; readonly distGit?: string };
}

/** What dist-git's CI shows in source-git: a status for each job, for each pipeline, or one for all. */
export type ResultDetail = "jobs" | "pipelines" | "one";

/** Where Sluice pushes in dist-git: a branch of the repository, or of its own fork of it. */
export type Via = "branch" | "fork";

/** What becomes of dist-git's own changes: a merge request in source-git brings them home, or they stay there. */
export type DistChanges = "merge-request" | "ignore";

/** What becomes of the dist-git side when the source-git side is merged. */
export type AfterSourceMerge = "keep" | "merge-when-green" | "merge";

/** What becomes of the source-git side when the dist-git side is merged: a word, or its end. */
export type AfterDistMerge = "comment" | "merge" | "close";

export interface RepositoryPattern {
  readonly forge: ForgeName;
  /** `group/sub/{name}` or a full path. */
  readonly path: string;
}
