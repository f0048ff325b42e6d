import type { Knex } from "knex";
import { JobsTable, type LaneJob, type ParkedJob } from "./jobs-table.js";
import type { Delivery, JobCounts, NewJob, Perform, Queue } from "./queue.js";
import { Worker, type WorkerSettings } from "./worker.js";

export interface SqlQueueSettings extends Omit<WorkerSettings, "jobs"> {
  readonly database: Knex;
}

/** The embedded queue: one table in SQLite or Postgres, and a worker in this process. */
export class SqlQueue implements Queue {
  readonly #jobs: JobsTable;
  readonly #worker: Worker;

  constructor({ database, ...settings }: SqlQueueSettings) {
    this.#jobs = new JobsTable(database, settings.clock);
    this.#worker = new Worker({ ...settings, jobs: this.#jobs });
  }

  async accept(delivery: Delivery, jobs: readonly NewJob[]): Promise<"accepted" | "duplicate"> {
    const answer = await this.#jobs.accept(delivery, jobs);
    if (answer === "accepted") this.#worker.wake();
    return answer;
  }

  async add(jobs: readonly NewJob[]): Promise<void> {
    await this.#jobs.add(jobs);
    this.#worker.wake();
  }

  start(perform: Perform): void {
    this.#worker.start(perform);
  }

  stop(): Promise<void> {
    return this.#worker.stop();
  }

  counts(): Promise<JobCounts> {
    return this.#jobs.counts();
  }

  /** The jobs that wait for the operator. */
  parked(): Promise<readonly ParkedJob[]> {
    return this.#jobs.parked();
  }

  /** The jobs of a lane that have not ended. */
  inLane(lane: string): Promise<readonly LaneJob[]> {
    return this.#jobs.inLane(lane);
  }

  /** When the next waiting job is due: what a test moves its clock to. */
  nextDueAt(): Promise<Date | undefined> {
    return this.#jobs.nextDueAt();
  }

  /** Of a started queue: resolves when nothing is under way and nothing is due. */
  idle(): Promise<void> {
    return this.#worker.idle();
  }

  /** Of a queue that was not started: performs everything that is due, one after the other. */
  runDue(perform: Perform): Promise<void> {
    return this.#worker.runDue(perform);
  }
}
