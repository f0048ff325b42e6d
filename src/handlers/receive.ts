import type { Clock } from "../domain/clock.js";
import { OperatorError } from "../domain/errors.js";
import type { ReadDelivery } from "../domain/events.js";
import type { Labels, Metrics } from "../domain/metrics.js";
import type { ForgeName } from "../domain/refs.js";
import type { NewJob, Queue } from "../queue/queue.js";
import { jobsFor, unreadableDelivery } from "./jobs.js";

/** A webhook as it came in over HTTP, its body as the very bytes that were signed. */
export interface ReceivedWebhook {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly body: object;
}

/** Takes the webhooks of one forge. */
export interface WebhookReceiver {
  receive(webhook: ReceivedWebhook): Promise<Answer>;
}

/** What is particular to a forge's webhooks. */
export interface WebhookDialect {
  readonly forge: ForgeName;
  /** Whether the signature or the secret fits; takes the same time either way. */
  isAuthentic(webhook: ReceivedWebhook): boolean;
  identify(webhook: ReceivedWebhook): { readonly id: string; readonly event: string };
  /** Throws `OperatorError` where a known event has an unknown shape. */
  read(delivery: { readonly event: string; readonly body: string }): ReadDelivery;
}

export interface ReceiverTools {
  readonly queue: Pick<Queue, "accept">;
  readonly clock: Clock;
  /** Told of each webhook. */
  readonly count: CountDelivery;
}

export type CountDelivery = (labels: Labels<"forge" | "outcome">) => void;

/** What became of webhooks; those without a good signature are somebody's mistake, or an attack. */
export function deliveryMetrics(metrics: Metrics): CountDelivery {
  return metrics.counter({
    name: "sluice_deliveries_total",
    help: "Webhooks by what became of them: accepted, repeated (redelivered later, done again), duplicate, refused (signature)",
    labels: ["forge", "outcome"],
  });
}

/**
 * Stores an authentic delivery with the jobs that follow from it and answers at once. Whatever it holds, it is answered
 * 2xx once it is stored: GitLab switches off hooks that are answered otherwise.
 */
export async function receiveWebhook(
  webhook: ReceivedWebhook,
  dialect: WebhookDialect,
  { queue, clock, count }: ReceiverTools,
): Promise<Answer> {
  if (!dialect.isAuthentic(webhook)) {
    count({ forge: dialect.forge, outcome: "refused" });
    return { status: 401, body: { error: "the webhook's secret or signature does not fit" } };
  }
  const { forge } = dialect;
  const { id, event } = dialect.identify(webhook);
  const body = webhook.body.toString("utf8");
  const { jobs, reason } = jobsOf({ forge, id, read: () => dialect.read({ event, body }) });
  const outcome = await queue.accept({ forge, id, event, body, receivedAt: clock.now() }, jobs);
  count({ forge, outcome });
  return { status: 202, body: { outcome, jobs: jobs.length, ...(reason === undefined ? {} : { reason }) } };
}

function jobsOf(delivery: { readonly forge: ForgeName; readonly id: string; read(): ReadDelivery }): {
  readonly jobs: readonly NewJob[];
  readonly reason?: string;
} {
  try {
    const read = delivery.read();
    if (read.outcome === "skipped") return { jobs: [], reason: read.reason };
    return { jobs: read.events.flatMap(jobsFor) };
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    const { forge, id } = delivery;
    return {
      jobs: [unreadableDelivery({ forge, id, reason: error.message })],
      reason: "kept for the operator",
    };
  }
}
