import type { Activity } from "./activity.js";
import { createLanes } from "./lanes.js";
import type { WebhookRequest } from "./dialect.js";
import type { Instant, SandboxHook } from "./model.js";

/** One webhook on its way or arrived. */
export interface Delivery {
  readonly id: number;
  readonly hook: number;
  readonly url: string;
  readonly event: string;
  readonly request: { readonly headers: Readonly<Record<string, string>>; readonly body: string };
  /** The delivery that this one repeats. */
  readonly redeliveryOf: number | undefined;
  readonly sentAt: Instant;
  outcome: DeliveryOutcome;
}

export type DeliveryOutcome =
  | { readonly outcome: "sending" | "lost" }
  | { readonly outcome: "failed"; readonly error: string }
  | {
      readonly outcome: "answered";
      readonly status: number;
      readonly body: string;
      readonly milliseconds: number;
    };

export interface Deliveries {
  /** Oldest first. */
  list(): readonly Delivery[];
  /** Sends after everything that the hook is to get before; never tries again by itself. */
  send(hook: SandboxHook, requests: Promise<readonly WebhookRequest[]>): void;
  /** Sends the same bytes with the same headers once more, and resolves when that is answered. */
  redeliver(delivery: Delivery): Promise<Delivery>;
  /** The next webhook is remembered and not sent. */
  loseNext(): void;
}

export interface DeliverySettings {
  readonly activity: Activity;
  readonly clock: { now(): Date };
  now(): Instant;
  nextId(): number;
  /** Both forges give up after 10 s. */
  readonly timeoutMilliseconds: number;
}

export function createDeliveries(settings: DeliverySettings): Deliveries {
  const all: Delivery[] = [];
  const lanes = createLanes();
  let toLose = 0;

  async function deliver(draft: Omit<Delivery, "id" | "sentAt" | "outcome">): Promise<Delivery> {
    const lost = toLose > 0;
    const stamps = { id: settings.nextId(), sentAt: settings.now() };
    const delivery: Delivery = { ...draft, ...stamps, outcome: { outcome: lost ? "lost" : "sending" } };
    all.push(delivery);
    if (lost) toLose--;
    else delivery.outcome = await post(delivery, settings);
    return delivery;
  }

  return {
    list: () => all,
    loseNext: () => {
      toLose++;
    },
    send: ({ id, url }, requests) => {
      // It may fail long before its turn comes; it is told of then.
      requests.catch(() => undefined);
      const sending = lanes.inTurn(id, async () => {
        for (const { event, headers, body } of await requests) {
          await deliver({ hook: id, url, event, request: { headers, body }, redeliveryOf: undefined });
        }
      });
      settings.activity.track(sending);
    },
    redeliver: ({ id, hook, url, event, request }) => {
      const sending = lanes.inTurn(hook, () => deliver({ hook, url, event, request, redeliveryOf: id }));
      settings.activity.track(sending);
      return sending;
    },
  };
}

/** As much of an answer as the forges keep. */
const keptCharacters = 10_000;

async function post({ url, request }: Delivery, settings: DeliverySettings): Promise<DeliveryOutcome> {
  const begin = settings.clock.now().getTime();
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...request.headers },
      body: request.body,
      redirect: "manual",
      signal: AbortSignal.timeout(settings.timeoutMilliseconds),
    });
    const body = (await response.text()).slice(0, keptCharacters);
    const milliseconds = settings.clock.now().getTime() - begin;
    return { outcome: "answered", status: response.status, body, milliseconds };
  } catch (error) {
    return { outcome: "failed", error: reason(error) };
  }
}

// fetch hides what went wrong in the cause.
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
