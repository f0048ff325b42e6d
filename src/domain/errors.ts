import { repositoryName, type RepositoryRef } from "./refs.js";

/**
 * Errors by remedy: what decides is not what broke but what helps.
 *
 * `RetryLater`    time helps: the queue tries again.
 * `UserError`     the author of the merge request, or whoever typed the command, can help: they are told.
 * `OperatorError` only who runs Sluice can help: logged with its cause, the job is parked.
 *
 * Any other error is a bug and is treated as an `OperatorError`.
 */

/** Time helps: a forge that is down or out of budget, a lease lost, a store that is busy. */
export class RetryLater extends Error {
  override readonly name = "RetryLater";
  /** Not before this moment, where the forge said so. */
  readonly notBefore: Date | undefined;

  constructor(message: string, options: { cause?: unknown; notBefore?: Date | undefined } = {}) {
    super(message, { cause: options.cause });
    this.notBefore = options.notBefore;
  }
}

/**
 * The repository has another path by now, or another repository has its path: whoever catches it finds out where it is, and
 * asks there. Waiting does no harm.
 */
export class Moved extends RetryLater {
  /** As it was asked for. */
  readonly repository: RepositoryRef;
  /** The id of what the path leads to, where the forge says so. */
  readonly id: number | undefined;

  constructor(repository: RepositoryRef, { id }: { readonly id?: number } = {}) {
    super(`${repositoryName(repository)} is somewhere else by now`);
    this.repository = repository;
    this.id = id;
  }
}

/** What a person needs to go on: what is wrong, where, and the way out. */
export interface Complaint {
  /** One sentence: what is wrong. */
  readonly message: string;
  /** Where: a file with its line, a commit, a branch. */
  readonly where?: string | undefined;
  /** The way out, one sentence or two. */
  readonly remedy?: string | undefined;
}

/** What kind of complaint it is; command line tools turn it into their exit code. */
export type Complaining = "usage" | "invalid" | "unsupported" | "conflict" | "missing" | "refused";

/** Somebody outside can mend it and is told how; never retried by itself. */
export class UserError extends Error {
  override readonly name = "UserError";
  readonly kind: Complaining;
  readonly where: string | undefined;
  readonly remedy: string | undefined;

  constructor(kind: Complaining, complaint: Complaint, options: { cause?: unknown } = {}) {
    super(complaint.message, { cause: options.cause });
    this.kind = kind;
    this.where = complaint.where;
    this.remedy = complaint.remedy;
  }
}

/** Only the operator can help: a token without a right, an answer of unknown shape, a bug. */
export class OperatorError extends Error {
  override readonly name = "OperatorError";

  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, { cause: options.cause });
  }
}
