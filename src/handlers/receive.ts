import type { Clock } from "../domain/clock.js";
import { OperatorError } from "../domain/errors.js";
import type { ReadDelivery } from "../domain/events.js";
import type { Labels, Metrics } from "../domain/metrics.js";
import type { ForgeName } from "../domain/refs.js";
import type { NewJob, Queue } from "../queue/queue.js";
import { jobsOfDelivery, unreadableDelivery } from "./jobs.js";

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
  /** What to answer to whoever cannot be the forge: their headers say so, and their body need not be read. */
  refuse(headers: ReceivedWebhook["headers"]): Answer | undefined;
  receive(webhook: ReceivedWebhook): Promise<Answer>;
  /** Told of a body that was not taken. */
  turnAway(why: "too large" | "busy"): void;
}

/** What is particular to a forge's webhooks. */
export interface WebhookDialect {
  readonly forge: ForgeName;
  /** Whether there is a secret that fits, or something in the place and shape of a signature. */
  mayBeAuthentic(headers: ReceivedWebhook["headers"]): boolean;
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
    help:
      "Webhooks by what became of them: accepted, repeated (redelivered later, done again), duplicate, refused (signature)," +
      " too large, busy (turned away under load)",
    labels: ["forge", "outcome"],
  });
}

export function createReceiver(dialect: WebhookDialect, tools: ReceiverTools): WebhookReceiver {
  const { forge } = dialect;
  const refuse = () => {
    tools.count({ forge, outcome: "refused" });
    return { status: 401, body: { error: "the webhook's secret or signature does not fit" } };
  };
  return {
    refuse: (headers) => (dialect.mayBeAuthentic(headers) ? undefined : refuse()),
    receive: async (webhook) => (dialect.isAuthentic(webhook) ? store(webhook, dialect, tools) : refuse()),
    turnAway: (why) => tools.count({ forge, outcome: why }),
  };
}

/**
 * Stores an authentic delivery with the jobs that follow from it and answers at once. Whatever it holds, it is answered
 * 2xx once it is stored: GitLab switches off hooks that are answered otherwise.
 */
async function store(
  webhook: ReceivedWebhook,
  dialect: WebhookDialect,
  { queue, clock, count }: ReceiverTools,
): Promise<Answer> {
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
    return { jobs: jobsOfDelivery(read) };
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    const { forge, id } = delivery;
    return {
      jobs: [unreadableDelivery({ forge, id, reason: error.message })],
      reason: "kept for the operator",
    };
  }
}
