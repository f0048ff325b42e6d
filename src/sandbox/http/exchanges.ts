import type { Context, Hono } from "hono";
import { conditionally } from "./conditional.js";

/** One request to the API and its answer, as they went over the wire. */
export interface ExchangeRequest {
  readonly method: string;
  readonly path: string;
  /** With the question mark; empty without a query. */
  readonly query: string;
  readonly headers: Headers;
  readonly body: string;
}

export interface ExchangeResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

export type ExchangeObserver = (request: ExchangeRequest, response: ExchangeResponse) => void;

export interface Exchanges {
  /** The dialect answers, the observers see it. */
  answer(c: Context): Promise<Response>;
  observe(observer: ExchangeObserver): () => void;
}

export function createExchanges(api: Hono): Exchanges {
  const observers = new Set<ExchangeObserver>();
  return {
    observe: (observer) => {
      observers.add(observer);
      return () => void observers.delete(observer);
    },
    answer: async (c) => {
      const { raw } = c.req;
      if (observers.size === 0) return conditionally(raw, await api.fetch(raw, c.env));
      const request = await seenRequest(raw);
      const response = await conditionally(raw, await api.fetch(raw, c.env));
      const { status, headers } = response;
      const seen = { status, headers, body: await response.clone().text() };
      for (const observer of observers) observer(request, seen);
      return response;
    },
  };
}

async function seenRequest(raw: Request): Promise<ExchangeRequest> {
  const { pathname, search } = new URL(raw.url);
  const body = await raw.clone().text();
  return { method: raw.method, path: pathname, query: search, headers: raw.headers, body };
}
