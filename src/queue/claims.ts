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

/** Named one by one: what is claimed most often is not to be planned anew each time (`database/statements.ts`). */
const claimedColumns = [
  "id",
  "kind",
  "key",
  "lane",
  "payload",
  "attempt",
  "run_at",
  "created_at",
] as const satisfies readonly (keyof JobRow)[];

export type ClaimedRow = Pick<JobRow, (typeof claimedColumns)[number]>;

/** Looked at again where Postgres had to wait for another worker, who may have failed with it already. */
const stillDue = "state = 'waiting' and run_at <= :now or state = 'running' and locked_until <= :now";

/** What Postgres says where a unique index forbids a row. */
const uniqueViolation = "23505";

/**
 * Takes what is next, until `lease`; what a dead worker left comes before all else. In one statement, which is all that
 * SQLite's one writer needs. On Postgres, of two workers that mean the same job the later one finds it taken; and of two
 * that mean different jobs of one lane, because they began at different moments, the later one meets the index that lets
 * one of them run.
 */
export async function claimNext(
  database: Knex,
  looking: Looking,
  lease: string,
): Promise<ClaimedRow | undefined> {
  const next = [lostJobs, waitingJobs].map((jobs) => jobs(database, looking).select("id").limit(1));
  try {
    const [claimed] = await database<JobRow>("jobs")
      .whereRaw("id = coalesce((?), (?))", next)
      .whereRaw(`(${stillDue})`, { now: looking.now })
      .update({
        ...{ state: "running", attempt: database.raw("attempt + 1"), locked_until: lease },
        begun_at: looking.now,
      })
      .returning<ClaimedRow[]>(claimedColumns);
    return claimed;
  } catch (error) {
    if (!isPostgres(database) || (error as { readonly code?: unknown }).code !== uniqueViolation) throw error;
    return undefined;
  }
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
