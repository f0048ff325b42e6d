import type { Hono } from "hono";
import type { Happening, SandboxHook } from "./model.js";
import type { SandboxStore } from "./store.js";

/** How one kind of forge speaks: its REST API and its webhooks. */
export interface Dialect {
  /** The REST API, to be mounted at the root of the forge's server (paths begin with `/api/v4` or `/api/v3`). */
  routes(store: SandboxStore): Hono;

  /** The webhooks that this forge sends for a happening to a hook of the repository; none where it is not subscribed. */
  webhooks(store: SandboxStore, happening: Happening, hook: SandboxHook): Promise<readonly WebhookRequest[]>;
}

/** One webhook, ready to be sent and to be sent again: a redelivery repeats body and headers. */
export interface WebhookRequest {
  /** The event's name as the forge's header says it: `pull_request`, `Merge Request Hook`. */
  readonly event: string;
  /** Everything but `content-type`: event, delivery id, signature or token. */
  readonly headers: Readonly<Record<string, string>>;
  /** The exact bytes that were signed. */
  readonly body: string;
}
