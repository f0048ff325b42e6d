import type { Knex } from "knex";
import { isPostgres } from "../database/dialect.js";
import type { JobRow } from "./job-row.js";

export interface Looking {
  /** As ISO text. */
  readonly now: string;
  /** Jobs that are under way in this process, by id. */
  readonly except: readonly string[];
  /** Only in this lane, where it is named. */
  readonly lane: string | undefined;
}

/** Any number that nothing else locks on the same Postgres database. */
const claimLock = 7_305_812;

/** Claims on Postgres are made one after the other: those of one lane where they look at one only. */
export async function lockClaims(transaction: Knex.Transaction, lane: string | undefined): Promise<void> {
  if (!isPostgres(transaction)) return;
  if (lane === undefined) await transaction.raw("select pg_advisory_xact_lock(?)", [claimLock]);
  else await transaction.raw("select pg_advisory_xact_lock(?, hashtext(?))", [claimLock, lane]);
}

/** Takes what is next, until `lease`; what a dead worker left comes before all else. */
export async function claimNext(
  database: Knex,
  looking: Looking,
  lease: string,
): Promise<JobRow | undefined> {
  const next = [lostJobs, waitingJobs].map((jobs) => jobs(database, looking).select("id").limit(1));
  const [claimed] = await database<JobRow>("jobs")
    .whereRaw("id = coalesce((?), (?))", next)
    .update({ state: "running", attempt: database.raw("attempt + 1"), locked_until: lease })
    .returning("*");
  return claimed;
}

/** Running jobs whose lease ran out, in their order. Each still holds its lane, so it goes on. */
export function lostJobs(database: Knex, { now, except, lane }: Looking) {
  return database<JobRow>("jobs")
    .where({ state: "running", ...(lane !== undefined && { lane }) })
    .where("locked_until", "<=", now)
    .whereNotIn("id", [...except])
    .orderBy(["turn", "id"]);
}

/**
 * Jobs that are due, in their order. Lanes are strictly first in, first out: whoever is running, due, or waiting for its
 * retry stops those behind it. A job that is only scheduled for later stops nobody.
 */
export function waitingJobs(database: Knex, { now, lane }: Looking) {
  const stopped = database("jobs as other")
    .select(database.raw("1"))
    .whereRaw("other.lane = jobs.lane and other.id <> jobs.id")
    .whereRaw(
      "(other.state = 'running' or (other.state = 'waiting' and other.id < jobs.id" +
        " and (other.attempt > 0 or other.run_at <= ?)))",
      [now],
    );
  return database<JobRow>("jobs")
    .where({ state: "waiting", ...(lane !== undefined && { lane }) })
    .whereRaw(whereDue(database), [now])
    .whereNotExists(stopped)
    .orderBy(["turn", "id"]);
}

/** SQLite is kept from its index on run_at: it would fetch all that is due and sort it, where the first are enough. */
export function whereDue(database: Knex): string {
  return isPostgres(database) ? "run_at <= ?" : "+run_at <= ?";
}
