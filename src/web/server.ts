import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import type { Configuration } from "../config/configuration.js";
import { readVersion } from "../config/version.js";
import { UserError } from "../domain/errors.js";
import type { Queue } from "../queue/queue.js";
import { largestBody, readBody } from "./body.js";
import { statusPage } from "./status-page.js";

/** Takes the webhooks of one forge. */
export interface WebhookReceiver {
  receive(webhook: {
    readonly headers: Readonly<Record<string, string | undefined>>;
    /** The very bytes that were signed. */
    readonly body: Buffer;
  }): Promise<{ readonly status: number; readonly body: object }>;
}

export interface WebSettings {
  /** 0 takes a free port. */
  readonly port: number;
  readonly host: string;
  /** By the forge's name in `sluice.yml`, which is the last part of its webhooks' address. */
  readonly receivers: ReadonlyMap<string, WebhookReceiver>;
  readonly queue: Pick<Queue, "counts">;
  readonly configuration: Configuration;
  readonly log: Logger;
  /** How long a request may take to arrive; 30 unless told. */
  readonly requestSeconds?: number;
}

export interface WebServer {
  /** `http://host:port` */
  readonly url: string;
  /** Takes no more requests and resolves when those under way are answered, or after five seconds. */
  close(): Promise<void>;
}

/** Serves webhooks, health and the status page; throws `UserError` when the address is taken. */
export async function startWebServer(settings: WebSettings): Promise<WebServer> {
  const milliseconds = (settings.requestSeconds ?? 30) * 1000;
  const server = createAdaptorServer({
    fetch: createRoutes(settings).fetch,
    serverOptions: {
      requestTimeout: milliseconds,
      headersTimeout: milliseconds,
      connectionsCheckingInterval: Math.min(milliseconds / 2, 5000),
    },
  }) as Server;
  await listen(server, settings);
  const { port } = server.address() as AddressInfo;
  return { url: `http://${shownHost(settings.host)}:${port}`, close: () => close(server) };
}

type Bindings = { Bindings: HttpBindings };

function createRoutes(settings: WebSettings): Hono<Bindings> {
  const { queue, configuration, log } = settings;
  const version = readVersion();
  const routes = new Hono<Bindings>();
  routes.use(
    secureHeaders({ contentSecurityPolicy: { defaultSrc: ["'none'"], styleSrc: ["'unsafe-inline'"] } }),
  );
  routes.post("/webhooks/:forge", (context) => receive(context, settings));
  routes.get("/healthz", (context) => context.json({ status: "ok" }));
  routes.get("/readyz", async (context) => {
    const jobs = await queue.counts();
    return context.json({ status: "ok", jobs });
  });
  routes.get("/", async (context) => {
    const jobs = await queue.counts();
    return context.html(statusPage({ version, configuration, jobs }));
  });
  routes.notFound((context) => context.json({ error: "there is nothing here" }, 404));
  // Whatever breaks, the sender learns that it may come again, and nothing of what is inside.
  routes.onError((error, context) => {
    log.error({ reason: error.stack }, "a request could not be answered");
    return context.json({ error: "not now; try again later" }, 503);
  });
  return routes;
}

async function receive(context: Context<Bindings>, { receivers, log }: WebSettings): Promise<Response> {
  const forge = context.req.param("forge") ?? "";
  const receiver = receivers.get(forge);
  if (!receiver) return context.json({ error: "no forge of this name is configured" }, 404);

  const body = await readBody(context.env.incoming, largestBody);
  if (body === "too large") {
    log.warn({ forge }, "a webhook larger than 25 MB was refused");
    return context.json({ error: "larger than 25 MB" }, 413, { connection: "close" });
  }
  if (body === "gone") return context.json({ error: "the body did not come to its end" }, 400);
  const answer = await receiver.receive({ headers: context.req.header(), body });
  return Response.json(answer.body, { status: answer.status });
}

function listen(server: Server, { port, host }: WebSettings): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === "EADDRINUSE";
      const message = taken ? `port ${port} is taken` : `cannot listen on ${host}:${port}: ${cause.message}`;
      reject(new UserError("refused", { message, remedy: "Choose another with --port or PORT." }, { cause }));
    });
    server.listen(port, host, resolve);
  });
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const impatience = setTimeout(() => server.closeAllConnections(), 5000);
  await closed;
  clearTimeout(impatience);
}

/** An address that listens everywhere is reached here by the loopback one. */
function shownHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
