import type { CommandName } from "../../domain/command.js";
import type { CommentRef, Reaction } from "../../domain/comment.js";
import type { CommitId, MergeRequestRef, RepositoryRef } from "../../domain/refs.js";

/** What a repository was last compared with. */
export interface Swept {
  /** When the last sweep began; `undefined` before the first. */
  readonly at: Date | undefined;
  /** The same of the last one that looked at everything that is open. */
  readonly wholeAt: Date | undefined;
  /** The tips of linked branches that no homecoming speaks of. */
  readonly tips: ReadonlyMap<string, CommitId>;
  /** When its webhook was last looked at. */
  readonly lookedAt: Date | undefined;
}

/** When a repository was last looked at, and for what. */
export type SweptTimes = Pick<Swept, "at" | "wholeAt" | "lookedAt">;

export interface SweepRecord {
  readonly at?: Date;
  readonly wholeAt?: Date;
  readonly tips?: ReadonlyMap<string, CommitId>;
  readonly lookedAt?: Date;
  /** `null`: all is well. */
  readonly trouble?: string | null;
}

/** A repository whose webhooks do not come, and why. */
export interface HookTrouble {
  readonly repository: RepositoryRef;
  readonly trouble: string;
}

/** Keeps how far repositories were compared with what is recorded of them. */
export interface Sweeps {
  /** A repository of a link was heard of. */
  know(repository: RepositoryRef): Promise<void>;
  known(): Promise<readonly RepositoryRef[]>;
  of(repository: RepositoryRef): Promise<Swept>;
  /** Of all that are known, by name in lower case. */
  times(): Promise<ReadonlyMap<string, SweptTimes>>;
  record(repository: RepositoryRef, record: SweepRecord): Promise<void>;
  /** It is gone; it comes back when it is heard of again. */
  forget(repository: RepositoryRef): Promise<void>;
  troubles(): Promise<readonly HookTrouble[]>;
}

/** A comment that gives orders. */
export interface OrderingComment {
  readonly ref: CommentRef;
  readonly saidAt: Date;
}

/** What came of the orders in a comment. */
export interface Settled {
  /** Markdown; `undefined` where a reaction says enough. */
  readonly answer: string | undefined;
  readonly reaction: Reaction;
  /** Those that were carried out; the others were refused, and count for nothing. */
  readonly orders: readonly CommandName[];
}

/** Comments whose orders were carried out. */
export interface ObeyedComments {
  /** Whether all that it orders was done. */
  has(comment: CommentRef): Promise<boolean>;
  /** Recorded before anything is done: whoever comes upon it `again` follows one who was cut off. */
  begin(comment: OrderingComment): Promise<"first" | "again">;
  /** It is told, and what follows from it is seen to. */
  finish(comment: CommentRef): Promise<void>;
  /** All is carried out, and only to be told; the answers on a merge request share a comment, so each is remembered. */
  settle(comment: CommentRef, settled: Settled): Promise<void>;
  settled(comment: CommentRef): Promise<Settled | undefined>;
  /** So many answers on this merge request; first the one to the newest comment. */
  answers(on: MergeRequestRef, most: number): Promise<readonly string[]>;
  /** What was ordered later on one of these merge requests, as far as it was carried out before. */
  later(comment: OrderingComment, on: readonly MergeRequestRef[]): Promise<ReadonlySet<CommandName>>;
}
