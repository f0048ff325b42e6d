import type { Clock } from "../domain/clock.js";
import type { Metrics } from "../domain/metrics.js";
import type { EndedJob } from "./job-runner.js";
import type { Load } from "./jobs-view.js";

/** What the queue has to say when somebody asks. */
export interface Measured {
  readonly view: { loads(): Promise<readonly Load[]> };
  stuckSeconds(): Promise<number>;
}

/** Counts the jobs that ended in this process; to be given to the queue as `onEnd`. */
export function jobMetrics(metrics: Metrics): (ended: EndedJob) => void {
  const count = metrics.counter({
    name: "sluice_jobs_total",
    help: "Jobs that ended here, by kind and outcome: done, skipped, retry (it runs again), parked (an operator is needed)",
    labels: ["kind", "outcome"],
  });
  const time = metrics.timer({
    name: "sluice_job_seconds",
    help: "How long one try of a job took",
    labels: ["kind"],
  });
  return ({ kind, outcome, seconds }) => {
    count({ kind, outcome });
    time({ kind }, seconds);
  };
}

/** Depth, age and health of the whole queue, whoever works on it. */
export function measureQueue(
  queue: Measured,
  { metrics, clock }: { readonly metrics: Metrics; readonly clock: Clock },
) {
  metrics.gauge(
    {
      name: "sluice_queue_jobs",
      help: "Jobs that have not ended, of all processes",
      labels: ["kind", "state"],
    },
    async () => {
      const loads = await queue.view.loads();
      return loads.map(({ kind, state, count }) => ({ labels: { kind, state }, value: count }));
    },
  );
  metrics.gauge(
    {
      name: "sluice_queue_age_seconds",
      help: "For how long the oldest waiting job has been due; 0 where all are for later",
      labels: ["kind"],
    },
    async () => {
      const now = clock.now().getTime();
      const waiting = (await queue.view.loads()).filter(({ state }) => state === "waiting");
      return waiting.map(({ kind, since }) => ({
        labels: { kind },
        value: Math.max(0, (now - since.getTime()) / 1000),
      }));
    },
  );
  metrics.gauge(
    {
      name: "sluice_queue_stuck_seconds",
      help: "For how long something may run and nobody works; 0 while all is well",
      labels: [],
    },
    async () => [{ labels: {}, value: await queue.stuckSeconds() }],
  );
}
