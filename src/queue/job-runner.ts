import type { Logger } from "pino";
import type { Clock } from "../domain/clock.js";
import type { Outcome } from "../domain/outcome.js";
import { describe, failureOf } from "./failure.js";
import type { JobsTable } from "./jobs-table.js";
import type { Job, Perform } from "./queue.js";

/** How a job ended, for who counts. */
export interface EndedJob {
  readonly kind: string;
  readonly outcome: Outcome["outcome"] | "retry" | "parked";
  readonly seconds: number;
}

export interface RunnerSettings {
  readonly jobs: JobsTable;
  readonly clock: Clock;
  readonly log: Logger;
  /** A job whose worker is silent for so long is taken over. */
  readonly leaseSeconds: number;
  readonly onEnd: (ended: EndedJob) => void;
}

/** Performs claimed jobs, holds on to them meanwhile, and records how they ended. */
export class JobRunner {
  readonly #settings: RunnerSettings;
  readonly #underWay = new Map<Job, Promise<void>>();

  constructor(settings: RunnerSettings) {
    this.#settings = settings;
  }

  /** The jobs that are under way here. */
  get ids(): readonly string[] {
    return [...this.#underWay.keys()].map(({ id }) => id);
  }

  get count(): number {
    return this.#underWay.size;
  }

  /** Never rejects: what cannot be recorded is found again when the lease runs out. */
  run(job: Job, perform: Perform): Promise<void> {
    const run = this.#run(job, perform).finally(() => this.#underWay.delete(job));
    this.#underWay.set(job, run);
    return run;
  }

  /** Everything that is under way now has ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#underWay.values());
  }

  /** What has not ended after so many milliseconds goes back into the queue; answers how many jobs that were. */
  async endWithin(milliseconds: number): Promise<number> {
    let impatience: NodeJS.Timeout | undefined;
    const tooLong = new Promise<void>((resolve) => (impatience = setTimeout(resolve, milliseconds)));
    await Promise.race([this.ended(), tooLong]);
    clearTimeout(impatience);
    const left = [...this.#underWay.keys()];
    await Promise.all(left.map((job) => this.#handBack(job)));
    return left.length;
  }

  async #handBack(job: Job): Promise<void> {
    const { jobs, clock, log } = this.#settings;
    try {
      await jobs.retry(job, { at: clock.now(), error: "its worker was stopped in the middle of it" });
      log.info({ job: job.key, attempt: job.attempt, outcome: "handed back" }, "job waits");
    } catch (error) {
      log.warn({ job: job.key, reason: describe(error) }, "a job cannot be handed back; its lease will end");
    }
  }

  async #run(job: Job, perform: Perform): Promise<void> {
    const { clock, leaseSeconds } = this.#settings;
    const log = this.#settings.log.child({ job: job.key, attempt: job.attempt });
    const renewal = setInterval(() => void this.#renew(job, log), (leaseSeconds * 1000) / 3).unref();
    const begun = clock.now().getTime();
    try {
      const end = await endOf(job, perform);
      const seconds = (clock.now().getTime() - begun) / 1000;
      const outcome = end.threw
        ? await this.#failed(job, end.error, { log, seconds })
        : await this.#succeeded(job, end.outcome, { log, seconds });
      this.#settings.onEnd({ kind: job.kind, outcome, seconds });
    } catch (error) {
      log.error({ reason: describe(error) }, "the end of a job cannot be recorded; it will run again");
    } finally {
      clearInterval(renewal);
    }
  }

  async #succeeded(job: Job, outcome: Outcome, { log, seconds }: Ending): Promise<EndedJob["outcome"]> {
    await this.#settings.jobs.finish(job);
    const reason = outcome.outcome === "done" ? outcome.summary : outcome.reason;
    log.info({ kind: job.kind, outcome: outcome.outcome, reason, seconds }, "job ended");
    return outcome.outcome;
  }

  async #failed(job: Job, error: unknown, { log, seconds }: Ending): Promise<EndedJob["outcome"]> {
    const { jobs, clock } = this.#settings;
    const { kind } = job;
    const failure = failureOf(error, { attempt: job.attempt, now: clock.now() });
    const { reason } = failure;
    if (failure.remedy === "retry") {
      await jobs.retry(job, { at: failure.at, error: describe(error) });
      log.info({ kind, outcome: "retry", reason, at: failure.at.toISOString(), seconds }, "job waits");
      return "retry";
    }
    await jobs.park(job, describe(error));
    log.error({ kind, outcome: "parked", reason, error: describe(error), seconds }, "job is parked");
    return "parked";
  }

  async #renew(job: Job, log: Logger): Promise<void> {
    try {
      const held = await this.#settings.jobs.renew(job, this.#settings.leaseSeconds);
      if (!held) log.warn("another worker took the job over");
    } catch (error) {
      log.warn({ reason: describe(error) }, "the lease of a job cannot be renewed");
    }
  }
}

interface Ending {
  readonly log: Logger;
  readonly seconds: number;
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
