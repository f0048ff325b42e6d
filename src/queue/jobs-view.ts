import type { Knex } from "knex";
import type { JobRow } from "./job-row.js";
import type { JobCounts } from "./queue.js";

export type JobState = keyof JobCounts;

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
  readonly state: JobState;
  readonly attempt: number;
  /** When it is due, where it waits. */
  readonly runAt: Date;
  /** Message and stack of what went wrong last. */
  readonly error: string | undefined;
}

/** Everything about a job that has not ended. */
export interface ListedJob extends LaneJob {
  readonly id: string;
  readonly key: string;
  readonly lane: string;
  readonly payload: unknown;
  readonly createdAt: Date;
}

export interface JobFilter {
  readonly state?: JobState;
  readonly kind?: string;
  readonly limit: number;
}

/** How much there is to do of one kind. */
export interface Load {
  readonly kind: string;
  readonly state: JobState;
  readonly count: number;
  /** When the first of them was due. */
  readonly since: Date;
}

/** What the table `jobs` holds, for people, pages and metrics. */
export class JobsView {
  readonly #database: Knex;

  constructor(database: Knex) {
    this.#database = database;
  }

  /** Oldest first. */
  async list({ limit, ...where }: JobFilter): Promise<readonly ListedJob[]> {
    return (await this.#database<JobRow>("jobs").where(where).orderBy("id").limit(limit)).map(listed);
  }

  async find(id: string): Promise<ListedJob | undefined> {
    const row = /^\d{1,15}$/.test(id)
      ? await this.#database<JobRow>("jobs").where({ id }).first()
      : undefined;
    return row && listed(row);
  }

  async counts(): Promise<JobCounts> {
    const rows = await this.#database("jobs")
      .select("state")
      .count({ count: "*" })
      .groupBy("state")
      .then((found) => found as { state: JobState; count: string | number }[]);
    const counts = { waiting: 0, running: 0, parked: 0 };
    for (const { state, count } of rows) counts[state] = Number(count);
    return counts;
  }

  async loads(): Promise<readonly Load[]> {
    const rows = await this.#database("jobs")
      .select("kind", "state")
      .count({ count: "*" })
      .min({ since: "run_at" })
      .groupBy("kind", "state")
      .then(
        (found) => found as unknown as (Omit<Load, "since" | "count"> & Record<"count" | "since", string>)[],
      );
    return rows.map((row) => ({ ...row, count: Number(row.count), since: new Date(row.since) }));
  }

  /** When the last of the jobs that workers hold now was begun; `undefined` where they hold none. */
  async lastBegun(now: Date): Promise<Date | undefined> {
    const held = this.#database<JobRow>("jobs")
      .where("state", "running")
      .where("locked_until", ">", now.toISOString());
    const times = (await held.pluck("begun_at")) as readonly JobRow["begun_at"][];
    // What was claimed before that was written down was claimed just now, as far as anybody knows.
    const begun = times.map((at) => (at === null ? now : new Date(at)).getTime());
    return begun.length === 0 ? undefined : new Date(Math.max(...begun));
  }

  /** Whether this work waits and may begin. */
  async isDue(key: string, now: Date): Promise<boolean> {
    const due = this.#database("jobs")
      .where({ key, state: "waiting" })
      .where("run_at", "<=", now.toISOString());
    return (await due.first("id")) !== undefined;
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

  /** The jobs of a lane in their order, with what went wrong last. */
  async inLane(lane: string): Promise<readonly LaneJob[]> {
    const rows = await this.#database<JobRow>("jobs").where({ lane }).orderBy("id");
    return rows.map(({ kind, state, attempt, run_at: at, last_error: error }) => ({
      ...{ kind, state, attempt, runAt: new Date(at) },
      error: error ?? undefined,
    }));
  }
}

function listed(row: JobRow): ListedJob {
  const { kind, key, lane, state, attempt } = row;
  const payload: unknown = JSON.parse(row.payload);
  return {
    ...{ id: String(row.id), kind, key, lane, state, attempt, payload },
    runAt: new Date(row.run_at),
    createdAt: new Date(row.created_at),
    error: row.last_error ?? undefined,
  };
}
