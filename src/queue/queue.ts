import type { Outcome } from "../domain/outcome.js";

/** Durable work. Its payload is a reference, never a state: the handler asks the forge what holds when it runs. */
export interface NewJob {
  /** Which handler performs it. */
  readonly kind: string;
  /** A waiting job with the same key is the same work: adding it again coalesces. */
  readonly key: string;
  /** Jobs of one lane run one at a time, in the order in which they were added. */
  readonly lane: string;
  /** Whose work it is; shares take turns, so that one with much to do keeps nobody waiting. Its lane unless told. */
  readonly share?: string;
  /** For so many seconds from when it is due, it lets others go before. */
  readonly yieldsFor?: number;
  readonly payload: unknown;
  /** Not before this moment. */
  readonly runAt?: Date;
}

/** A job as its worker gets it. */
export interface Job extends NewJob {
  readonly id: string;
  /** 1 for the first try. */
  readonly attempt: number;
  /** When it was wanted first. */
  readonly addedAt?: Date;
}

/** Performs one job; what it throws decides between retry and parking (see `domain/errors.ts`). */
export type Perform = (job: Job) => Promise<Outcome>;

/** A webhook as it came, once its signature was found good. */
export interface Delivery {
  readonly forge: string;
  /** The forge's own id for it, equal when it is delivered again. */
  readonly id: string;
  readonly event: string;
  readonly body: string;
  readonly receivedAt: Date;
}

/**
 * What became of a delivery: new, or come again after a while (what follows from it is done again), or the same one come
 * twice at once.
 */
export type Accepted = "accepted" | "repeated" | "duplicate";

export interface JobCounts {
  readonly waiting: number;
  readonly running: number;
  readonly parked: number;
}

/** A queue engine; callers know nothing of the database under it. */
export interface Queue {
  /** Stores a delivery with the jobs that follow from it, at once or not at all; a duplicate's jobs are not added. */
  accept(delivery: Delivery, jobs: readonly NewJob[]): Promise<Accepted>;
  /** Whether a delivery was stored, and is not forgotten yet. */
  hasReceived(delivery: Pick<Delivery, "forge" | "id">): Promise<boolean>;
  add(jobs: readonly NewJob[]): Promise<void>;
  /** Performs jobs until stopped. */
  start(perform: Perform): void;
  /**
   * Takes no new work and resolves when the work under way has ended. What has not after so many milliseconds is handed
   * back, for whoever comes next; how many jobs that were is the answer.
   */
  stop(graceMilliseconds?: number): Promise<number>;
  counts(): Promise<JobCounts>;
}
