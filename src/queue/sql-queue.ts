import type { Knex } from "knex";
import type { Logger } from "pino";
import { isPostgres } from "../database/dialect.js";
import type { Clock } from "../domain/clock.js";
import { DeliveriesTable } from "./deliveries-table.js";
import type { Dispatcher } from "./dispatcher.js";
import { Graphile } from "./graphile.js";
import { Inbox } from "./inbox.js";
import { type EndedJob, JobRunner } from "./job-runner.js";
import { JobsTable, type Waiting } from "./jobs-table.js";
import { JobsView, type LaneJob, type ParkedJob } from "./jobs-view.js";
import { Polling } from "./polling.js";
import type { Accepted, Delivery, JobCounts, NewJob, Perform, Queue } from "./queue.js";

export interface SqlQueueSettings {
  readonly database: Knex;
  readonly clock: Clock;
  readonly log: Logger;
  /** So many jobs at a time; 4 unless told. */
  readonly concurrency?: number;
  /** A job whose worker is silent for so long is taken over; 30 unless told. */
  readonly leaseSeconds?: number;
  /** How often the table is looked at when nobody wakes the worker; 1 unless told. */
  readonly pollSeconds?: number;
  /** A job that takes longer hangs: it is tried once more, and parked if it hangs again; 3600 unless told. */
  readonly longestSeconds?: number;
  /** Told of each job that ended. */
  readonly onEnd?: (ended: EndedJob) => void;
}

const noEnd = 2 ** 31 - 1;

/** Seconds: workers may be at long work, all of them, but not for so long. */
const longestWork = 1800;

/** The queue: one table in SQLite or Postgres, and workers in this process or in many. */
export class SqlQueue implements Queue {
  readonly deliveries: DeliveriesTable;
  readonly view: JobsView;
  readonly #database: Knex;
  readonly #inbox: Inbox;
  readonly #jobs: JobsTable;
  readonly #runner: JobRunner;
  readonly #dispatcher: Dispatcher;
  readonly #leaseSeconds: number;
  readonly #clock: Clock;

  constructor({ database, clock, log, ...settings }: SqlQueueSettings) {
    this.#database = database;
    this.#clock = clock;
    this.#leaseSeconds = settings.leaseSeconds ?? 30;
    this.deliveries = new DeliveriesTable(database, clock);
    this.#inbox = new Inbox({
      ...{ database, clock, deliveries: this.deliveries },
      addJobs: (added, transaction) => this.#add(added, transaction),
    });
    this.view = new JobsView(database);
    const jobs = new JobsTable(database, clock);
    const leaseSeconds = this.#leaseSeconds;
    const runner = new JobRunner({
      jobs,
      clock,
      log,
      leaseSeconds,
      longestSeconds: settings.longestSeconds ?? 3600,
      onEnd: settings.onEnd ?? (() => undefined),
    });
    const { concurrency = 4, pollSeconds = 1 } = settings;
    const dispatching = { database, jobs, runner, clock, log, concurrency, leaseSeconds, pollSeconds };
    this.#jobs = jobs;
    this.#runner = runner;
    this.#dispatcher = isPostgres(database) ? new Graphile(dispatching) : new Polling(dispatching);
  }

  async accept(delivery: Delivery, jobs: readonly NewJob[]): Promise<Accepted> {
    const answer = await this.#inbox.accept(delivery, jobs);
    if (answer !== "duplicate") this.#dispatcher.wake();
    return answer;
  }

  hasReceived(delivery: Pick<Delivery, "forge" | "id">): Promise<boolean> {
    return this.deliveries.has(delivery);
  }

  async add(jobs: readonly NewJob[]): Promise<void> {
    await this.#database.transaction((transaction) => this.#add(jobs, transaction));
    this.#dispatcher.wake();
  }

  start(perform: Perform): void {
    this.#dispatcher.start(perform);
  }

  async stop(graceMilliseconds = noEnd): Promise<number> {
    await this.#dispatcher.stop();
    const handedBack = await this.#runner.endWithin(graceMilliseconds);
    await this.#dispatcher.end();
    return handedBack;
  }

  counts(): Promise<JobCounts> {
    return this.view.counts();
  }

  /** The jobs that wait for the operator. */
  parked(): Promise<readonly ParkedJob[]> {
    return this.view.parked();
  }

  /** Whether this work waits for its turn: of work that is under way, whether it was asked for anew. */
  isDue(key: string): Promise<boolean> {
    return this.view.isDue(key, this.#clock.now());
  }

  /** The jobs of a lane that have not ended. */
  inLane(lane: string): Promise<readonly LaneJob[]> {
    return this.view.inLane(lane);
  }

  /** A parked job gets another try, one that waits for its moment gets it now; `false` when there is no such job. */
  async revive(id: string): Promise<boolean> {
    const revived = await this.#database.transaction(async (transaction) => {
      const waiting = await this.#jobs.revive(id, transaction);
      if (waiting) await this.#dispatcher.announce([waiting], transaction);
      return waiting !== undefined;
    });
    this.#dispatcher.wake();
    return revived;
  }

  /** A job that is not running is given up; `false` when there is none. */
  forget(id: string): Promise<boolean> {
    return this.#jobs.forget(id);
  }

  /** Whether deliveries can be stored; where the last could not be, it is tried. */
  takesDeliveries(): Promise<boolean> {
    return this.#inbox.takesDeliveries();
  }

  /**
   * For how many seconds something may run and nobody works, or nobody has begun anything for so long that all who work must
   * hang: 0 while all is well.
   */
  async stuckSeconds(): Promise<number> {
    const now = this.#clock.now();
    const [first] = await this.#jobs.overdue({ seconds: 0, limit: 1 });
    if (first === undefined) return 0;
    const begun = await this.view.lastBegun(now);
    const seconds = (now.getTime() - Math.max(first.runAt.getTime(), begun?.getTime() ?? 0)) / 1000;
    return begun === undefined || seconds >= longestWork ? seconds : 0;
  }

  /** Forgets deliveries that were received longer ago than so many milliseconds, and what engines leave behind. */
  async tidy(keepDeliveries: number): Promise<void> {
    await this.deliveries.forgetOlderThan(keepDeliveries);
    await this.#dispatcher.tidy();
  }

  /** When the next waiting job is due, but of these kinds: what a test moves its clock to. */
  async nextDueAt(except: readonly string[] = []): Promise<Date | undefined> {
    return (await this.#jobs.nextWaiting({ except }))?.runAt;
  }

  /** Of a started queue: resolves when nothing is under way and nothing is due. */
  idle(): Promise<void> {
    return this.#dispatcher.idle();
  }

  /** Of a queue that was not started: performs everything that is due, one after the other. */
  async runDue(perform: Perform): Promise<void> {
    const claiming = { leaseSeconds: this.#leaseSeconds, except: [] };
    for (let job = await this.#jobs.claim(claiming); job; job = await this.#jobs.claim(claiming)) {
      await this.#runner.run(job, perform);
    }
  }

  async #add(jobs: readonly NewJob[], transaction: Knex.Transaction): Promise<void> {
    const added: readonly Waiting[] = await this.#jobs.add(jobs, transaction);
    await this.#dispatcher.announce(added, transaction);
  }
}
