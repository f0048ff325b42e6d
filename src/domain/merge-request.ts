import type { CommitId, MergeRequestRef, RepositoryRef } from "./refs.js";

export type MergeRequestState = "open" | "closed" | "merged";

/** A user of a forge, as far as we need one. */
export interface User {
  /** The forge's own id, which survives a rename. */
  readonly id: number;
  readonly login: string;
}

/** What a forge says of a merge request at this moment. */
export interface MergeRequest {
  readonly ref: MergeRequestRef;
  /** The forge's own id of the repository, which survives renames. */
  readonly repositoryId?: number;
  readonly state: MergeRequestState;
  /** Without a draft prefix: a draft is `draft`, whatever way the forge stores it. */
  readonly title: string;
  readonly description: string;
  readonly draft: boolean;
  readonly author: User;
  readonly source: {
    /** `undefined` once the fork is gone. */
    readonly repository: RepositoryRef | undefined;
    readonly branch: string;
  };
  readonly targetBranch: string;
  readonly head: CommitId;
  readonly labels: readonly string[];
  readonly webUrl: string;
}

/** Somebody's approval of a merge request, which still stands. */
export interface Approval {
  readonly user: User;
  /** The commit that was approved; `undefined` where the forge does not say it. */
  readonly commit: CommitId | undefined;
  /** `undefined` where the forge does not say it. */
  readonly at: Date | undefined;
  /** Given by a program, as far as the forge tells. */
  readonly byBot: boolean;
}

/** What a user may do with a repository, in rising order. */
export type AccessLevel = "none" | "read" | "write" | "admin";

const ranks: Record<AccessLevel, number> = { none: 0, read: 1, write: 2, admin: 3 };

/** Whether `level` is enough where `needed` is asked for. */
export function allows(level: AccessLevel, needed: AccessLevel): boolean {
  return ranks[level] >= ranks[needed];
}
