import type { Logger } from "pino";
import type { Clock } from "../domain/clock.js";
import { withLease } from "../domain/lease.js";
import type { Outcome } from "../domain/outcome.js";
import { within } from "../domain/within.js";
import { describe, failureOf } from "./failure.js";
import { Lease } from "./lease.js";
import type { JobsTable } from "./jobs-table.js";
import type { Job, Perform } from "./queue.js";

/** How a job ended, for who counts. */
export interface EndedJob {
  readonly kind: string;
  readonly outcome: Outcome["outcome"] | "retry" | "parked" | "lost";
  readonly seconds: number;
}

export interface RunnerSettings {
  readonly jobs: JobsTable;
  readonly clock: Clock;
  readonly log: Logger;
  /** A job whose worker is silent for so long is taken over. */
  readonly leaseSeconds: number;
  /** A job that takes longer hangs: it is given up and tried once more, and parked if it hangs again. */
  readonly longestSeconds: number;
  readonly onEnd: (ended: EndedJob) => void;
}

/** Performs claimed jobs, holds on to them meanwhile, and records how they ended. */
export class JobRunner {
  readonly #settings: RunnerSettings;
  readonly #underWay = new Map<Job, { readonly run: Promise<void>; readonly lease: Lease }>();

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
    const log = this.#settings.log.child({ job: job.key, attempt: job.attempt });
    const lease = this.#leaseOf(job, log);
    const run = this.#run(job, { perform, lease, log }).finally(() => {
      lease.end();
      this.#underWay.delete(job);
    });
    this.#underWay.set(job, { run, lease });
    return run;
  }

  /** Everything that is under way now has ended. */
  async ended(): Promise<void> {
    await Promise.all([...this.#underWay.values()].map(({ run }) => run));
  }

  /** What has not ended after so many milliseconds goes back into the queue; answers how many jobs that were. */
  async endWithin(milliseconds: number): Promise<number> {
    await within(milliseconds, this.ended());
    const left = [...this.#underWay];
    await Promise.all(left.map(([job, { lease }]) => this.#handBack(job, lease)));
    return left.length;
  }

  async #handBack(job: Job, lease: Lease): Promise<void> {
    const { jobs, clock, log } = this.#settings;
    lease.giveUp();
    try {
      await jobs.retry(job, { at: clock.now(), error: "its worker was stopped in the middle of it" });
      log.info({ job: job.key, attempt: job.attempt, outcome: "handed back" }, "job waits");
    } catch (error) {
      log.warn({ job: job.key, reason: describe(error) }, "a job cannot be handed back; its lease will end");
    }
  }

  #leaseOf(job: Job, log: Logger): Lease {
    const { jobs, leaseSeconds } = this.#settings;
    return new Lease({
      seconds: leaseSeconds,
      renew: () => jobs.renew(job, leaseSeconds),
      onFailure: (error) => {
        log.warn({ reason: describe(error) }, "the lease of a job cannot be renewed");
      },
    });
  }

  async #run(job: Job, { perform, lease, log }: Running): Promise<void> {
    const { clock, longestSeconds } = this.#settings;
    const begun = clock.now().getTime();
    const patience = new Patience(longestSeconds);
    try {
      const end = await Promise.race([endOf(job, perform, lease), losing(lease), patience.over]);
      // Before anything is recorded: whoever takes it over must be alone with it.
      if (end.end === "hung") lease.giveUp();
      const ending = { log, seconds: (clock.now().getTime() - begun) / 1000 };
      const outcome = await this.#ended(job, end, ending);
      this.#settings.onEnd({ kind: job.kind, outcome, seconds: ending.seconds });
    } catch (error) {
      log.error({ reason: describe(error) }, "the end of a job cannot be recorded; it will run again");
    } finally {
      patience.end();
    }
  }

  async #ended(job: Job, end: End, ending: Ending): Promise<EndedJob["outcome"]> {
    switch (end.end) {
      case "returned":
        return this.#succeeded(job, end.outcome, ending);
      case "threw":
        return this.#failed(job, end.error, ending);
      case "hung":
        return this.#hung(job, ending);
      case "lost":
        ending.log.warn(
          { kind: job.kind, outcome: "lost", seconds: ending.seconds },
          "job goes on elsewhere",
        );
        return "lost";
    }
  }

  async #succeeded(job: Job, outcome: Outcome, { log, seconds }: Ending): Promise<EndedJob["outcome"]> {
    await this.#settings.jobs.finish(job);
    const reason = outcome.outcome === "done" ? outcome.summary : outcome.reason;
    log.info({ kind: job.kind, outcome: outcome.outcome, reason, seconds }, "job ended");
    return outcome.outcome;
  }

  async #hung(job: Job, { log, seconds }: Ending): Promise<EndedJob["outcome"]> {
    const { jobs, clock, leaseSeconds, longestSeconds } = this.#settings;
    const at = new Date(clock.now().getTime() + leaseSeconds * 1000);
    const outcome = await jobs.giveUp(job, { at, error: `it did not end within ${longestSeconds} s` });
    log.error({ kind: job.kind, outcome, seconds }, "a job hangs: it is given up");
    return outcome;
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
}

interface Running {
  readonly perform: Perform;
  readonly lease: Lease;
  readonly log: Logger;
}

interface Ending {
  readonly log: Logger;
  readonly seconds: number;
}

type End =
  | { readonly end: "returned"; readonly outcome: Outcome }
  | { readonly end: "threw"; readonly error: unknown }
  | { readonly end: "hung" }
  | { readonly end: "lost" };

/** How long a job is waited for. */
class Patience {
  readonly over: Promise<End>;
  #timer: NodeJS.Timeout | undefined;

  constructor(seconds: number) {
    this.over = new Promise((resolve) => {
      this.#timer = setTimeout(() => resolve({ end: "hung" }), seconds * 1000).unref();
    });
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

/** Keeps what the job threw apart from what recording its end may throw. */
async function endOf(job: Job, perform: Perform, { lost }: Lease): Promise<End> {
  try {
    return { end: "returned", outcome: await withLease(lost, () => perform(job)) };
  } catch (error) {
    return { end: "threw", error };
  }
}

/** Whatever it still waits for, a job that is not ours any more keeps no worker. */
function losing({ lost }: Lease): Promise<End> {
  return new Promise((resolve) => {
    lost.addEventListener("abort", () => resolve({ end: "lost" }), { once: true });
  });
}
