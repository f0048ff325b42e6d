import type { LinkEntry } from "../../config/configuration.js";
import { type AccessLevel, allows, type MergeRequest } from "../../domain/merge-request.js";
import { type CommitId, sameRepository } from "../../domain/refs.js";

/**
 * Whether a merge request may be mirrored. Dist-git's CI may hold secrets and runs what a merge request brings, so it takes
 * somebody who could have pushed to source-git, or the word of such a person for this very commit.
 */

/** Where a merge request's branch is: in the repository itself, in a fork of its author's own, or in another one. */
export type Origin = "repository" | "own-fork" | "other-fork";

/** Somebody with the right to say so looked at a commit. */
export interface Word {
  readonly commit: CommitId;
  readonly by: string;
}

/** What speaks for a merge request's head, and against it. */
export interface TrustFacts {
  readonly policy: Pick<LinkEntry, "trust" | "trusted" | "trustLaterPushes">;
  readonly head: CommitId;
  /** Who opened it. */
  readonly author: string;
  readonly origin: Origin;
  /** What the author may do in source-git; `undefined` where nothing depends on it. */
  readonly access: AccessLevel | undefined;
  /** Those for this merge request, oldest first. */
  readonly words: readonly Word[];
  /** The paths that it changes and that the link calls sensitive. */
  readonly sensitive: readonly string[];
}

/** Why a head is mirrored. */
export type Ground =
  | { readonly kind: "word"; readonly by: string }
  | { readonly kind: "branch" }
  | { readonly kind: "member"; readonly login: string }
  | { readonly kind: "listed"; readonly login: string }
  | { readonly kind: "everyone" }
  | { readonly kind: "earlier-word"; readonly by: string; readonly commit: CommitId };

/** Why it waits for somebody's word. */
export type Doubt =
  | { readonly kind: "stranger"; readonly login: string }
  /** Others than its author may push to the fork, after somebody has looked. */
  | { readonly kind: "other-fork" }
  | { readonly kind: "sensitive-paths"; readonly paths: readonly string[] };

export type TrustDecision =
  { readonly trusted: true; readonly because: Ground } | { readonly trusted: false; readonly because: Doubt };

/** Decides by the facts alone; the order of its sentences is the policy. */
export function decideTrust(facts: TrustFacts): TrustDecision {
  const { policy, head, author: login, origin, access, words, sensitive } = facts;
  const word = words.find(({ commit }) => commit === head);
  if (word) return trusted({ kind: "word", by: word.by });
  // Who could say the word for others need not say it for themselves.
  if (origin === "repository") return trusted({ kind: "branch" });
  const isOwn = origin === "own-fork";
  if (isOwn && access !== undefined && allows(access, "write")) return trusted({ kind: "member", login });

  if (sensitive.length > 0) return doubted({ kind: "sensitive-paths", paths: sensitive });
  if (policy.trust === "everyone") return trusted({ kind: "everyone" });
  if (isOwn && isListed(login, policy.trusted)) return trusted({ kind: "listed", login });
  const earlier = words.at(-1);
  if (policy.trustLaterPushes && earlier) return trusted({ kind: "earlier-word", ...earlier });
  return doubted(isOwn ? { kind: "stranger", login } : { kind: "other-fork" });
}

/** A fork has to be its author's own: to another one, others push after the author opened it. */
export function originOf({ author, ref, source }: MergeRequest): Origin {
  if (source.repository && sameRepository(source.repository, ref.repository)) return "repository";
  const [owner, ...rest] = source.repository?.path.split("/") ?? [];
  const isOwn = rest.length === 1 && owner?.toLowerCase() === author.login.toLowerCase();
  return isOwn ? "own-fork" : "other-fork";
}

/** Forges compare logins without regard to case. */
function isListed(login: string, listed: readonly string[]): boolean {
  return listed.some((each) => each.toLowerCase() === login.toLowerCase());
}

function trusted(because: Ground): TrustDecision {
  return { trusted: true, because };
}

function doubted(because: Doubt): TrustDecision {
  return { trusted: false, because };
}
