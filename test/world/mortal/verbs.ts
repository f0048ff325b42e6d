import type { Forge } from "../../../src/forges/forge.js";

type Verbs<T> = {
  [Key in keyof T & string]-?: NonNullable<T[Key]> extends (...args: never[]) => unknown ? Key : never;
}[keyof T & string];

type VerbsOfParts<T> = {
  [Key in keyof T & string]-?: NonNullable<T[Key]> extends (...args: never[]) => unknown
    ? never
    : NonNullable<T[Key]> extends object
      ? `${Key}.${Verbs<NonNullable<T[Key]>>}`
      : never;
}[keyof T & string];

export type LifeName = "dist-git on GitHub" | "dist-git on GitLab";

/**
 * All that the interface of forges has: of a verb that is new there it has to be told here that it only reads, or which life
 * is to be cut off after it.
 */
export const verbs: Readonly<Record<Verbs<Forge> | VerbsOfParts<Forge>, LifeName | "both" | "reads">> = {
  identity: "reads",
  findRepository: "reads",
  findRepositoryWithId: "reads",
  listRepositories: "reads",
  findBranch: "reads",
  findAccess: "reads",
  findMergeRequest: "reads",
  listMergeRequests: "reads",
  ensureFork: "dist-git on GitLab",
  ensureMergeRequest: "both",
  updateMergeRequest: "both",
  merge: "both",
  removeBranch: "both",
  listApprovals: "reads",
  ensureComment: "both",
  listOrders: "reads",
  findComment: "reads",
  ensureReaction: "both",
  ensureCommitStatuses: "both",
  listCommitStatuses: "reads",
  findJobLog: "reads",
  rerunJobs: "both",
  gitRemote: "reads",
  mergeRequestHeadRef: "reads",
  mergeRequestAt: "reads",
  commitUrl: "reads",
  "checkRuns.ensure": "dist-git on GitLab",
  "checkRuns.rerequested": "reads",
  "testMerges.parents": "reads",
  "hooks.look": "reads",
  "lostDeliveries.redeliver": "dist-git on GitHub",
  "groups.listChanged": "reads",
};

/** Which life is to be cut off in a job of each kind. */
export const kinds: Readonly<Record<string, LifeName | "both">> = {
  "mirror-merge-request": "both",
  "follow-dist-git": "both",
  "relay-commit-statuses": "both",
  "rerun-check": "dist-git on GitLab",
  "obey-comment": "both",
  "edit-comments": "both",
  "follow-branch": "both",
  "bring-home": "both",
  "mirror-again": "dist-git on GitHub",
  "follow-repository": "both",
  sweep: "dist-git on GitHub",
  reconcile: "dist-git on GitHub",
  discover: "dist-git on GitHub",
  "redeliver-webhooks": "dist-git on GitHub",
  "unreadable-delivery": "dist-git on GitLab",
};
