import type { Logger } from "pino";
import type { Clock } from "../domain/clock.js";
import type { Outcome } from "../domain/outcome.js";
import { describe, failureOf } from "./failure.js";
import type { JobsTable } from "./jobs-table.js";
import type { Job, Perform } from "./queue.js";

export interface WorkerSettings {
  readonly jobs: JobsTable;
  readonly clock: Clock;
  readonly log: Logger;
  /** So many jobs at a time; 4 unless told. */
  readonly concurrency?: number;
  /** A job whose worker is silent for so long is taken over; 30 unless told. */
  readonly leaseSeconds?: number;
  /** How often the table is looked at when nobody wakes the worker; 1 unless told. */
  readonly pollSeconds?: number;
}

/** Claims jobs, performs them, and records how they ended. */
export class Worker {
  readonly #jobs: JobsTable;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #concurrency: number;
  readonly #leaseSeconds: number;
  readonly #pollSeconds: number;
  readonly #underWay = new Map<string, Promise<void>>();
  #perform: Perform | undefined;
  #poll: NodeJS.Timeout | undefined;
  #filling: Promise<void> = Promise.resolve();

  constructor({ jobs, clock, log, ...settings }: WorkerSettings) {
    this.#jobs = jobs;
    this.#clock = clock;
    this.#log = log;
    this.#concurrency = settings.concurrency ?? 4;
    this.#leaseSeconds = settings.leaseSeconds ?? 30;
    this.#pollSeconds = settings.pollSeconds ?? 1;
  }

  start(perform: Perform): void {
    this.#perform = perform;
    this.#filling = this.#filling.then(() => this.#releaseForgotten());
    this.#poll = setInterval(() => this.wake(), this.#pollSeconds * 1000).unref();
    this.wake();
  }

  async stop(): Promise<void> {
    this.#perform = undefined;
    clearInterval(this.#poll);
    await this.#filling;
    await Promise.all(this.#underWay.values());
  }

  /** Looks for work; wakes that come together look one after the other, and the later ones find little to do. */
  wake(): void {
    this.#filling = this.#filling.then(() => this.#fill());
  }

  /** Resolves when nothing is under way and nothing is due. */
  async idle(): Promise<void> {
    do {
      await Promise.all(this.#underWay.values());
      this.wake();
      await this.#filling;
    } while (this.#underWay.size > 0);
  }

  /** Performs everything that is due, one after the other, without being started. */
  async runDue(perform: Perform): Promise<void> {
    for (let job = await this.#claim(); job !== undefined; job = await this.#claim()) {
      await this.#run(job, perform);
    }
  }

  async #releaseForgotten(): Promise<void> {
    try {
      await this.#jobs.releaseForgotten();
    } catch (error) {
      this.#log.error({ reason: describe(error) }, "jobs of a killed process wait until their leases end");
    }
  }

  async #fill(): Promise<void> {
    try {
      while (this.#perform !== undefined && this.#underWay.size < this.#concurrency) {
        const job = await this.#claim();
        if (job === undefined) return;
        this.#begin(job, this.#perform);
      }
    } catch (error) {
      this.#log.error({ reason: describe(error) }, "the queue cannot be read; it is tried again");
    }
  }

  #begin(job: Job, perform: Perform): void {
    const run = this.#run(job, perform).finally(() => {
      this.#underWay.delete(job.id);
      this.wake();
    });
    this.#underWay.set(job.id, run);
  }

  #claim(): Promise<Job | undefined> {
    return this.#jobs.claim(this.#leaseSeconds, [...this.#underWay.keys()]);
  }

  /** Never rejects: what cannot be recorded is found again when the lease runs out. */
  async #run(job: Job, perform: Perform): Promise<void> {
    const log = this.#log.child({ job: job.key, attempt: job.attempt });
    const renewal = setInterval(() => void this.#renew(job, log), (this.#leaseSeconds * 1000) / 3).unref();
    try {
      const end = await endOf(job, perform);
      await (end.threw ? this.#failed(job, end.error, log) : this.#succeeded(job, end.outcome, log));
    } catch (error) {
      log.error({ reason: describe(error) }, "the end of a job cannot be recorded; it will run again");
    } finally {
      clearInterval(renewal);
    }
  }

  async #succeeded(job: Job, outcome: Outcome, log: Logger): Promise<void> {
    await this.#jobs.finish(job);
    const reason = outcome.outcome === "done" ? outcome.summary : outcome.reason;
    log.info({ outcome: outcome.outcome, reason }, "job ended");
  }

  async #failed(job: Job, error: unknown, log: Logger): Promise<void> {
    const failure = failureOf(error, { attempt: job.attempt, now: this.#clock.now() });
    if (failure.remedy === "retry") {
      await this.#jobs.retry(job, { at: failure.at, error: describe(error) });
      log.info({ outcome: "retry", reason: failure.reason, at: failure.at.toISOString() }, "job waits");
    } else {
      await this.#jobs.park(job, describe(error));
      log.error({ outcome: "parked", reason: failure.reason, error: describe(error) }, "job is parked");
    }
  }

  async #renew(job: Job, log: Logger): Promise<void> {
    try {
      const held = await this.#jobs.renew(job, this.#leaseSeconds);
      if (!held) log.warn("another worker took the job over");
    } catch (error) {
      log.warn({ reason: describe(error) }, "the lease of a job cannot be renewed");
    }
  }
}

type End =
  { readonly threw: false; readonly outcome: Outcome } | { readonly threw: true; readonly error: unknown };

/** Keeps what the job threw apart from what recording its end may throw. */
async function endOf(job: Job, perform: Perform): Promise<End> {
  try {
    return { threw: false, outcome: await perform(job) };
  } catch (error) {
    return { threw: true, error };
  }
}
