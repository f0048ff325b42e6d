import type { Knex } from "knex";
import { isPostgres } from "../database/dialect.js";
import type { Clock } from "../domain/clock.js";
import { type ClaimedRow, claimNext, lostJobs, waitingJobs } from "./claims.js";
import type { JobRow } from "./job-row.js";
import type { Job, NewJob } from "./queue.js";
import { giveTurns } from "./turns.js";

/** When and why a job is tried again. */
export interface Retry {
  readonly at: Date;
  readonly error: string;
}

/** A waiting job, and from when on it may run. */
export interface Waiting {
  readonly key: string;
  readonly lane: string;
  readonly runAt: Date;
  /** Its place among what is due. */
  readonly turn: Date;
}

/** What to look for: within one lane where it is named, and none of `except`, which are under way in this process. */
export interface Claiming {
  readonly leaseSeconds: number;
  readonly except: readonly string[];
  readonly lane?: string;
}

/** Which of the waiting jobs are meant. */
export interface Looked {
  readonly lane?: string;
  /** Kinds that are passed over. */
  readonly except?: readonly string[];
}

/** A job as it is added. */
type NewRow = Pick<JobRow, "kind" | "key" | "lane" | "share" | "payload" | "state"> & {
  run_at: string;
  turn: string;
  readonly created_at: string;
};

/** SQLite takes 500 rows in one statement. */
const mostAtOnce = 100;

/** The table `jobs`, as the queue changes it; `jobs-view.ts` shows it. */
export class JobsTable {
  readonly #database: Knex;
  readonly #clock: Clock;

  constructor(database: Knex, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** Adds jobs as part of a transaction; answers those that now wait, or wait for an earlier moment than before. */
  async add(jobs: readonly NewJob[], transaction: Knex.Transaction): Promise<readonly Waiting[]> {
    const rows = this.#rowsOf(jobs);
    await giveTurns(rows, { transaction, now: this.#now() });
    const added: Waiting[] = [];
    for (let from = 0; from < rows.length; from += mostAtOnce) {
      const stored = await transaction("jobs")
        .insert(rows.slice(from, from + mostAtOnce))
        .onConflict(transaction.raw("(key) where state = 'waiting'") as never)
        // A first try comes at the earlier of both times; a retry keeps the pause that it was given.
        .merge({ run_at: transaction.raw("excluded.run_at"), turn: transaction.raw("excluded.turn") })
        .whereRaw("jobs.attempt = 0 and excluded.run_at < jobs.run_at")
        .returning<JobRow[]>(waitingColumns);
      added.push(...stored.map(waitingFrom));
    }
    return added;
  }

  /** The next job that is due, leased for so many seconds. */
  async claim({ leaseSeconds, except, lane }: Claiming): Promise<Job | undefined> {
    const looking = { now: this.#now(), except, lane };
    return jobFrom(await claimNext(this.#database, looking, this.#in(leaseSeconds)));
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
    const held = this.#claimed(job).select("id");
    await this.#claimed(job)
      .orWhere((parked) => void parked.where({ key: job.key, state: "parked" }).whereExists(held))
      .delete();
  }

  /** Back to its place in its lane, where it is held still. The same work may have been added meanwhile: this one stands for both. */
  async retry(job: Job, { at, error }: Retry): Promise<boolean> {
    return this.#database.transaction(async (transaction) => {
      // Lost to another worker, it is that one's to decide; a waiting one is then work that nobody else stands for.
      if ((await this.#claimed(job, transaction).first("id")) === undefined) return false;
      await transaction("jobs").where({ key: job.key, state: "waiting" }).delete();
      await this.#claimed(job, transaction).update({
        state: "waiting",
        run_at: at.toISOString(),
        turn: at.toISOString(),
        last_error: error,
        locked_until: null,
      });
      return true;
    });
  }

  /** In the place of what was parked before under the same key: sweeps try the same work for as long as it fails. */
  async park(job: Job, error: string): Promise<boolean> {
    const { id, key } = job;
    return this.#database.transaction(async (transaction) => {
      const parked = { state: "parked", last_error: error, locked_until: null } as const;
      if ((await this.#claimed(job, transaction).update(parked)) === 0) return false;
      await transaction("jobs").where({ key, state: "parked" }).whereNot({ id }).delete();
      return true;
    });
  }

  /**
   * One that hung, which `error` says, gets another try at that moment. If the same work hung before, it is parked, and stands
   * for what was added meanwhile, which would hang as well.
   */
  async giveUp(job: Job, { at, error }: Retry): Promise<"retry" | "parked" | "lost"> {
    const { key } = job;
    const hung = this.#database("jobs").where({ key, last_error: error }).whereNot({ state: "waiting" });
    if ((await hung.first("id")) === undefined)
      return (await this.retry(job, { at, error })) ? "retry" : "lost";
    if (!(await this.park(job, error))) return "lost";
    await this.#database("jobs").where({ key, state: "waiting" }).delete();
    return "parked";
  }

  /** As part of a transaction: a parked or waiting job is due now; where its work waits already, that stands for both. */
  async revive(id: string, transaction: Knex.Transaction): Promise<Waiting | undefined> {
    const row = await transaction<JobRow>("jobs").where({ id }).whereNot({ state: "running" }).first();
    if (!row) return undefined;
    const same = transaction("jobs").where({ key: row.key, state: "waiting" }).whereNot({ id });
    const now = { run_at: this.#now(), turn: this.#now() };
    const [other] = await same.update(now).returning<JobRow[]>(["id"]);
    if (other) await transaction("jobs").where({ id }).delete();
    else
      await transaction("jobs")
        .where({ id })
        .update({ state: "waiting", attempt: 0, last_error: null, ...now });
    return waitingFrom({ ...row, ...now });
  }

  async forget(id: string): Promise<boolean> {
    return (await this.#database("jobs").where({ id }).whereNot({ state: "running" }).delete()) > 0;
  }

  /** The waiting job that is due next, of those that no retry before them in their lane holds up; of one lane or of all. */
  async nextWaiting(looked: Looked = {}): Promise<Waiting | undefined> {
    const row = await this.next(looked).first();
    return row && waitingFrom(row);
  }

  /** The same as part of a statement. */
  next({ lane, except = [] }: Looked): Knex.QueryBuilder<JobRow, JobRow[]> {
    const retryBefore = this.#database("jobs as other")
      .select(this.#database.raw("1"))
      .whereRaw(
        "other.lane = jobs.lane and other.id < jobs.id and other.state = 'waiting' and other.attempt > 0",
      );
    return this.#database<JobRow>("jobs")
      .where({ state: "waiting", ...(lane !== undefined && { lane }) })
      .whereNotIn("kind", [...except])
      .whereNotExists(retryBefore)
      .orderBy(["run_at", "id"])
      .limit(1);
  }

  /** Jobs that may run and have been due for so many seconds, in their order; the lost ones of dead workers come first. */
  async overdue({ seconds, limit }: { readonly seconds: number; readonly limit: number }) {
    const looking = { now: this.#in(-seconds), except: [], lane: undefined };
    const lost = await lostJobs(this.#database, looking).limit(limit);
    const waiting = await waitingJobs(this.#database, looking).limit(limit);
    return [...lost, ...waiting].slice(0, limit).map(waitingFrom);
  }

  /**
   * Each key once, at its earliest time: no statement may meet the same row twice. By lane, in which the order stays:
   * processes that add the same jobs then wait for one another in the same order.
   */
  #rowsOf(jobs: readonly NewJob[]) {
    const rows = new Map<string, NewRow>();
    for (const job of jobs) {
      const [row, same] = [this.#rowOf(job), rows.get(job.key)];
      if (!same) rows.set(job.key, row);
      else if (row.run_at < same.run_at) [same.run_at, same.turn] = [row.run_at, row.turn];
    }
    return [...rows.values()].sort(
      (one, other) => Number(one.lane > other.lane) - Number(one.lane < other.lane),
    );
  }

  #rowOf({ kind, key, lane, share = lane, payload, runAt, yieldsFor = 0 }: NewJob): NewRow {
    const now = this.#now();
    const due = runAt?.toISOString() ?? now;
    const turn = new Date(Date.parse(due) + yieldsFor * 1000).toISOString();
    return {
      ...{ kind, key, lane, share },
      payload: JSON.stringify(payload),
      ...{ run_at: due, turn },
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

const waitingColumns = ["key", "lane", "run_at", "turn"] as const satisfies readonly (keyof JobRow)[];

function waitingFrom({ key, lane, ...row }: Pick<JobRow, (typeof waitingColumns)[number]>): Waiting {
  return { key, lane, runAt: new Date(row.run_at), turn: new Date(row.turn) };
}

function jobFrom(row: ClaimedRow | undefined): Job | undefined {
  if (row === undefined) return undefined;
  const { kind, key, lane, attempt } = row;
  const payload: unknown = JSON.parse(row.payload);
  const moments = { runAt: new Date(row.run_at), addedAt: new Date(row.created_at) };
  return { id: String(row.id), kind, key, lane, payload, attempt, ...moments };
}
