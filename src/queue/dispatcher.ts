import type { Knex } from "knex";
import type { Logger } from "pino";
import type { Clock } from "../domain/clock.js";
import type { JobRunner } from "./job-runner.js";
import type { JobsTable, Waiting } from "./jobs-table.js";
import type { Perform } from "./queue.js";

export interface DispatcherSettings {
  readonly database: Knex;
  readonly jobs: JobsTable;
  readonly runner: JobRunner;
  readonly clock: Clock;
  readonly log: Logger;
  /** So many jobs at a time. */
  readonly concurrency: number;
  readonly leaseSeconds: number;
  /** How often the table is looked at for what nobody told of. */
  readonly pollSeconds: number;
}

/** What differs between the engines: how a waiting job finds a worker. What a job is, they share. */
export interface Dispatcher {
  /** Tells the workers, as part of the transaction that adds the jobs. */
  announce(added: readonly Waiting[], transaction: Knex.Transaction): Promise<void>;
  /** Jobs were added, and the transaction is over. */
  wake(): void;
  start(perform: Perform): void;
  /** Takes no new work. */
  stop(): Promise<void>;
  /** After it: lets go of everything, of work as well that has not ended and was handed back. */
  end(): Promise<void>;
  /** Clears away what the engine leaves behind over time. */
  tidy(): Promise<void>;
  /** Resolves when nothing is under way here and nothing is due. */
  idle(): Promise<void>;
}
