import type { ForgeName } from "../domain/refs.js";
import type { Secret } from "../domain/secret.js";

/** What `sluice.yml` and the environment say together, checked. */
export interface Configuration {
  /** Path of the links file, as it was given. */
  readonly file: string;
  readonly forges: readonly ForgeSettings[];
  readonly links: readonly LinkEntry[];
}

export type ForgeSettings = GitHubSettings | GitLabSettings;

export interface GitHubSettings {
  readonly kind: "github";
  readonly name: ForgeName;
  /** Address of the web pages, without a slash at its end. */
  readonly url: string;
  readonly authentication: GitHubAuthentication;
  readonly webhookSecret: Secret;
}

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
}

/** How dist-git stores source changes; `conversion/layout.ts` says what each means. */
export type LinkLayout = "rpm" | "quilt" | "plain";

/** Whose merge requests are mirrored at once: those of people with write access, or all. */
export type Trust = "members" | "everyone";

/** Repositories that belong together; `{name}` in both paths stands for one path component. */
export interface LinkEntry {
  readonly sourceGit: RepositoryPattern;
  readonly distGit: RepositoryPattern;
  readonly layout: LinkLayout;
  /** Source-git branch and dist-git branch in the order of the file; `*` stands for any characters on both sides. */
  readonly branches: readonly (readonly [source: string, dist: string])[];
  readonly trust: Trust;
  readonly afterSourceMerge: AfterSourceMerge;
  readonly afterDistMerge: AfterDistMerge;
}

/** What becomes of the dist-git side when the source-git side is merged. */
export type AfterSourceMerge = "keep" | "merge-when-green" | "merge";

/** What becomes of the source-git side when the dist-git side is merged: a word, or its end. */
export type AfterDistMerge = "comment" | "merge" | "close";

export interface RepositoryPattern {
  readonly forge: ForgeName;
  /** `group/sub/{name}` or a full path. */
  readonly path: string;
}
