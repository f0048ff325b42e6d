import Bottleneck from "bottleneck";
import { OperatorError } from "../domain/errors.js";
import { requireLease } from "../domain/lease.js";
import type { ForgeName } from "../domain/refs.js";
import { type Urgency, urgencyNow } from "../domain/urgency.js";
import type { BudgetKeeper } from "./budget.js";
import { movedTo } from "./moved.js";
import { type OnRequest, told } from "./request-metrics.js";

export type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

export interface Throttling {
  /** Requests at the same time. */
  readonly concurrency: number;
  /** Milliseconds from the start of one request that changes something to the start of the next. */
  readonly pauseBetweenWrites: number;
  readonly budget: BudgetKeeper;
  readonly onRequest?: OnRequest | undefined;
}

/** Bottleneck's, of which 0 is the first: whoever is waited for comes before whom nobody waits for. */
const priorities: Readonly<Record<Urgency, number>> = { people: 3, machines: 5, nobody: 7 };

/** Milliseconds that one request may take, redirects and body included. */
const timeout = 30_000;
const longestChain = 3;

/**
 * The one way out to a forge for one identity: waits for its turn, reads the whole body, gives up in time, and never
 * carries our token to another host or turns a moved `POST` into a `GET`, as plain `fetch` would.
 */
export function throttledFetch({ concurrency, pauseBetweenWrites, budget, onRequest }: Throttling): Fetch {
  const all = new Bottleneck({ maxConcurrent: concurrency });
  const writes = new Bottleneck(
    pauseBetweenWrites > 0 ? { maxConcurrent: 1, minTime: pauseBetweenWrites } : {},
  );
  writes.chain(all);
  const share = sharing({ concurrency, pauseBetweenWrites, budget }, { all, writes });

  return (url, init = {}) => {
    const limiter = changesNothing(init) ? all : writes;
    // Here: inside, it may be another's, who made room.
    const urgency = urgencyNow();
    return limiter.schedule({ priority: priorities[urgency] }, async () => {
      requireLease();
      await budget.check(init, urgency);
      const limits = [AbortSignal.timeout(timeout), ...(init.signal ? [init.signal] : [])];
      const request = { ...init, redirect: "manual", signal: AbortSignal.any(limits) } as const;
      const response = await told(
        () => follow(new URL(url), { ...request, forge: budget.forge }),
        (ended) => onRequest?.({ ...ended, forge: budget.forge }),
      );
      await budget.note(init, response);
      share();
      return response;
    });
  };
}

/** Requests at the same time of all processes together: GitHub takes a hundred. */
const mostOfAll = 90;

/** Lets each process have its part, as there are more or fewer of them. */
function sharing(
  { concurrency, pauseBetweenWrites, budget }: Throttling,
  { all, writes }: Readonly<Record<"all" | "writes", Bottleneck>>,
): () => void {
  let known = 1;
  return () => {
    const { callers } = budget;
    if (callers === known) return;
    known = callers;
    const part = Math.max(1, Math.floor(mostOfAll / callers));
    void all.updateSettings({ maxConcurrent: Math.min(concurrency, part) });
    if (pauseBetweenWrites > 0) void writes.updateSettings({ minTime: pauseBetweenWrites * callers });
  };
}

interface Asking extends RequestInit {
  readonly forge: ForgeName;
}

async function follow(url: URL, { forge, ...init }: Asking, chain = 0): Promise<Response> {
  const response = await fetch(url, init);
  const location = response.headers.get("location");
  if (![301, 302, 303, 307, 308].includes(response.status) || location === null) return complete(response);
  await response.body?.cancel();
  const next = new URL(location, url);
  const moved = next.origin === url.origin ? movedTo(forge, url, next) : undefined;
  if (moved) throw moved;
  if (!changesNothing(init) || next.origin !== url.origin || chain === longestChain) {
    throw new OperatorError(
      `${plain(url)} has moved to ${plain(next)}: the configuration must name the new place`,
    );
  }
  return follow(next, { ...init, forge }, chain + 1);
}

/** A body cut off on its way must count as a failed request, not as an answer of odd shape. */
async function complete(response: Response): Promise<Response> {
  const { status, statusText, headers } = response;
  const body = await response.arrayBuffer();
  const mayHaveBody = ![204, 205, 304].includes(status);
  return new Response(mayHaveBody ? body : null, { status, statusText, headers });
}

function changesNothing({ method = "GET" }: RequestInit): boolean {
  return ["GET", "HEAD"].includes(method.toUpperCase());
}

function plain({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}
