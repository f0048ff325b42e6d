import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Labels, Metric, Metrics, Sample } from "../domain/metrics.js";
import { within } from "../domain/within.js";

/** Milliseconds in which something that is looked up has to be there. */
const patience = 5000;

/** The metrics of this process, as Prometheus reads them. */
export class PrometheusMetrics implements Metrics {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;
  readonly #registry = new Registry();

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  counter<Label extends string>(metric: Metric<Label>): (labels: Labels<Label>, amount?: number) => void {
    const counter = new Counter<Label>(this.#settings(metric));
    return (labels, amount = 1) => counter.inc({ ...labels }, amount);
  }

  timer<Label extends string>(metric: Metric<Label>): (labels: Labels<Label>, seconds: number) => void {
    const buckets = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300];
    const histogram = new Histogram<Label>({ ...this.#settings(metric), buckets });
    return (labels, seconds) => histogram.observe({ ...labels }, seconds);
  }

  gauge<Label extends string>(metric: Metric<Label>, read: () => Promise<readonly Sample<Label>[]>): void {
    const gauge = new Gauge<Label>({
      ...this.#settings(metric),
      async collect() {
        // A database that is gone, or hangs, takes nothing else with it that there is to tell just then.
        const samples = await within(patience, read()).catch(() => undefined);
        this.reset();
        // One without labels would be 0, which is an answer, too.
        if (samples === undefined && metric.labels.length === 0) this.remove();
        for (const { labels, value } of samples ?? []) this.set({ ...labels }, value);
      },
    });
    // A kind that was never seen has no sample; one without labels has none until it is looked up.
    gauge.reset();
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #settings<Label extends string>({ name, help, labels }: Metric<Label>) {
    return { name, help, labelNames: [...labels], registers: [this.#registry] };
  }
}
