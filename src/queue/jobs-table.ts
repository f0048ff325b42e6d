import type { Knex } from "knex";
import { isPostgres } from "../database/dialect.js";
import type { Clock } from "../domain/clock.js";
import type { Delivery, Job, JobCounts, NewJob } from "./queue.js";

/** A job that only the operator can help. */
export interface ParkedJob {
  readonly id: string;
  readonly kind: string;
  readonly key: string;
  /** Message and stack of what ended it. */
  readonly error: string;
}

/** A job that has not ended, for who looks. */
export interface LaneJob {
  readonly kind: string;
  readonly state: keyof JobCounts;
  readonly attempt: number;
  /** When it is due, where it waits. */
  readonly runAt: Date;
  /** Message and stack of what went wrong last. */
  readonly error: string | undefined;
}

/** When and why a job is tried again. */
export interface Retry {
  readonly at: Date;
  readonly error: string;
}

interface JobRow {
  /** Postgres answers with text where SQLite has a number. */
  readonly id: string | number;
  readonly kind: string;
  readonly key: string;
  readonly lane: string;
  readonly payload: string;
  readonly run_at: string | Date;
  readonly attempt: number;
  readonly state: keyof JobCounts;
  readonly last_error: string | null;
}

/** Any number that nothing else locks on the same Postgres database: claims are made one after the other. */
const claimLock = 7_305_812;

/** The only owner of the tables `jobs` and `deliveries`. */
export class JobsTable {
  readonly #database: Knex;
  readonly #clock: Clock;

  constructor(database: Knex, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  async accept(delivery: Delivery, jobs: readonly NewJob[]): Promise<"accepted" | "duplicate"> {
    return this.#database.transaction(async (transaction) => {
      const { receivedAt, ...columns } = delivery;
      const stored = await transaction("deliveries")
        .insert({ ...columns, received_at: receivedAt.toISOString() })
        .onConflict(["forge", "id"])
        .ignore()
        .returning<unknown[]>("id");
      if (stored.length === 0) return "duplicate";

      await this.#insert(jobs, transaction);
      return "accepted";
    });
  }

  async add(jobs: readonly NewJob[]): Promise<void> {
    await this.#database.transaction((transaction) => this.#insert(jobs, transaction));
  }

  /** The next job that is due, leased for so many seconds; none of `except`, which are under way in this process. */
  async claim(leaseSeconds: number, except: readonly string[]): Promise<Job | undefined> {
    const row = await this.#database.transaction(async (transaction) => {
      if (isPostgres(transaction)) await transaction.raw("select pg_advisory_xact_lock(?)", [claimLock]);
      const next = await nextDue(transaction, this.#now(), except);
      if (!next) return undefined;
      const claimed = { state: "running", attempt: next.attempt + 1, locked_until: this.#in(leaseSeconds) };
      await transaction("jobs").where({ id: next.id }).update(claimed);
      return { ...next, attempt: claimed.attempt };
    });
    return row && jobFrom(row);
  }

  /** Holds on to a claimed job for so many seconds more; `false` when it was lost to another worker. */
  async renew(job: Job, leaseSeconds: number): Promise<boolean> {
    const renewed = await this.#claimed(job).update({ locked_until: this.#in(leaseSeconds) });
    return renewed > 0;
  }

  /**
   * To be called before the first claim. An SQLite file has one process, so what is claimed in it was claimed by one that
   * was killed, and need not wait for its lease to end. On Postgres it may be under way on another machine.
   */
  async releaseForgotten(): Promise<void> {
    if (isPostgres(this.#database)) return;
    await this.#database("jobs").where({ state: "running" }).update({ locked_until: this.#now() });
  }

  /** A job that is done takes with it what was parked before under the same key: it was the same work. */
  async finish(job: Job): Promise<void> {
    await this.#claimed(job).delete();
    await this.#database("jobs").where({ key: job.key, state: "parked" }).delete();
  }

  /** Back to its place in its lane. The same work may have been added meanwhile: this one stands for both. */
  async retry(job: Job, { at, error }: Retry): Promise<void> {
    await this.#database.transaction(async (transaction) => {
      await transaction("jobs").where({ key: job.key, state: "waiting" }).delete();
      await this.#claimed(job, transaction).update({
        state: "waiting",
        run_at: at.toISOString(),
        last_error: error,
        locked_until: null,
      });
    });
  }

  async park(job: Job, error: string): Promise<void> {
    await this.#claimed(job).update({ state: "parked", last_error: error, locked_until: null });
  }

  /** The jobs of a lane in their order, with what went wrong last. */
  async inLane(lane: string): Promise<readonly LaneJob[]> {
    const rows = await this.#database<JobRow>("jobs").where({ lane }).orderBy("id");
    return rows.map(({ kind, state, attempt, run_at: at, last_error: error }) => ({
      ...{ kind, state, attempt, runAt: new Date(at) },
      error: error ?? undefined,
    }));
  }

  async counts(): Promise<JobCounts> {
    const rows = await this.#database("jobs")
      .select("state")
      .count({ count: "*" })
      .groupBy("state")
      .then((found) => found as { state: keyof JobCounts; count: string | number }[]);
    const counts = { waiting: 0, running: 0, parked: 0 };
    for (const { state, count } of rows) counts[state] = Number(count);
    return counts;
  }

  async parked(): Promise<readonly ParkedJob[]> {
    const rows = await this.#database<JobRow>("jobs").where({ state: "parked" }).orderBy("id");
    return rows.map(({ id, kind, key, last_error: error }) => ({
      id: String(id),
      kind,
      key,
      error: error ?? "",
    }));
  }

  /** When the next waiting job is due that no retry before it in its lane holds up. */
  async nextDueAt(): Promise<Date | undefined> {
    const retryBefore = this.#database("jobs as other")
      .select(this.#database.raw("1"))
      .whereRaw(
        "other.lane = jobs.lane and other.id < jobs.id and other.state = 'waiting' and other.attempt > 0",
      );
    const row = await this.#database<JobRow>("jobs")
      .where({ state: "waiting" })
      .whereNotExists(retryBefore)
      .orderBy("run_at")
      .first();
    return row && new Date(row.run_at);
  }

  async #insert(jobs: readonly NewJob[], transaction: Knex.Transaction): Promise<void> {
    for (const job of jobs) {
      await transaction("jobs")
        .insert(this.#rowOf(job))
        .onConflict(transaction.raw("(key) where state = 'waiting'") as never)
        // A first try comes at the earlier of both times; a retry keeps the pause that it was given.
        .merge({ run_at: transaction.raw("excluded.run_at") })
        .whereRaw("jobs.attempt = 0 and excluded.run_at < jobs.run_at");
    }
  }

  #rowOf({ kind, key, lane, payload, runAt }: NewJob) {
    const now = this.#now();
    return {
      kind,
      key,
      lane,
      payload: JSON.stringify(payload),
      run_at: runAt?.toISOString() ?? now,
      state: "waiting",
      created_at: now,
    };
  }

  /** The row of a claimed job as long as the claim holds: a later claim counts `attempt` up. */
  #claimed({ id, attempt }: Job, database: Knex = this.#database) {
    return database("jobs").where({ id, attempt, state: "running" });
  }

  #now(): string {
    return this.#clock.now().toISOString();
  }

  #in(seconds: number): string {
    return new Date(this.#clock.now().getTime() + seconds * 1000).toISOString();
  }
}

/**
 * Lanes are strictly first in, first out: whoever is running, due, or waiting for its retry stops those behind it. A job
 * that is only scheduled for later stops nobody. A running job whose lease ran out still holds its lane, so it goes on.
 */
async function nextDue(database: Knex, now: string, except: readonly string[]): Promise<JobRow | undefined> {
  const stopped = database("jobs as other")
    .select(database.raw("1"))
    .whereRaw("other.lane = jobs.lane and other.id <> jobs.id")
    .whereRaw(
      "(other.state = 'running' or (other.state = 'waiting' and other.id < jobs.id" +
        " and (other.attempt > 0 or other.run_at <= ?)))",
      [now],
    );
  const lost = database("jobs").select("id").where("state", "running").where("locked_until", "<=", now);
  const waiting = database("jobs").select("id").where("state", "waiting").where("run_at", "<=", now);
  return database<JobRow>("jobs")
    .whereIn("id", lost.whereNotIn("id", except))
    .orWhereIn("id", waiting.whereNotExists(stopped))
    .orderBy([{ column: "run_at" }, { column: "id" }])
    .first<JobRow | undefined>();
}

function jobFrom(row: JobRow): Job {
  const { kind, key, lane, attempt } = row;
  const payload: unknown = JSON.parse(row.payload);
  return { id: String(row.id), kind, key, lane, payload, attempt, runAt: new Date(row.run_at) };
}
