import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Logger } from "pino";
import type { Configuration } from "../config/configuration.js";
import { readVersion } from "../config/version.js";
import { UserError } from "../domain/errors.js";
import { within } from "../domain/within.js";
import type { JobCounts } from "../queue/queue.js";
import { describe } from "../queue/failure.js";
import { BodyRoom, type RoomSettings } from "./body.js";
import { limitConnections } from "./connections.js";
import type { PrometheusMetrics } from "./metrics.js";
import { type Outlook, statusPage } from "./status-page.js";

type Headers = Readonly<Record<string, string | undefined>>;

interface Answer {
  readonly status: number;
  readonly body: object;
}

/** Takes the webhooks of one forge. */
export interface WebhookReceiver {
  /** What to answer to headers that cannot be the forge's, before any body is read. */
  refuse(headers: Headers): Answer | undefined;
  /** `body`: the very bytes that were signed. */
  receive(webhook: { readonly headers: Headers; readonly body: Buffer }): Promise<Answer>;
  /** Told of a body that was not taken. */
  turnAway(why: "too large" | "busy"): void;
}

export interface WebSettings {
  /** 0 takes a free port. */
  readonly port: number;
  readonly host: string;
  /** By the forge's name in `sluice.yml`, which is the last part of its webhooks' address. */
  readonly receivers: ReadonlyMap<string, WebhookReceiver>;
  readonly queue: {
    counts(): Promise<JobCounts>;
    /** For how long something may run and nobody works. */
    stuckSeconds(): Promise<number>;
    /** Whether a webhook that comes now can be stored. */
    takesDeliveries(): Promise<boolean>;
  };
  /** Whether the database is a newer Sluice's by now. */
  readonly isOutdated?: () => Promise<boolean>;
  readonly outlook?: () => Promise<Outlook>;
  readonly metrics?: PrometheusMetrics;
  readonly configuration: Configuration;
  readonly log: Logger;
  /** How long a request may take to arrive; 30 unless told. */
  readonly requestSeconds?: number;
  /** How long the database may take to say how everything stands; 5 unless told. */
  readonly readySeconds?: number;
  /** So many may be open; 2,000 unless told. */
  readonly connections?: number;
  /** What bodies may take together while they come. */
  readonly room?: RoomSettings;
}

export interface WebServer {
  /** `http://host:port` */
  readonly url: string;
  /** Takes no more requests and resolves when those under way are answered, or after five seconds. */
  close(): Promise<void>;
}

/** Serves webhooks, health and the status page; throws `UserError` when the address is taken. */
export async function startWebServer(settings: WebSettings): Promise<WebServer> {
  const server = createAdaptorServer({
    fetch: createRoutes(settings).fetch,
    // Of whoever names none, as HTTP/1.0 may.
    hostname: "sluice.invalid",
    serverOptions: patience(settings),
  }) as Server;
  limitConnections(server, settings.connections ?? 2000);
  await listen(server, settings);
  const { port } = server.address() as AddressInfo;
  return { url: `http://${shownHost(settings.host)}:${port}`, close: () => close(server) };
}

/** How long others may take. A proxy in front keeps its connections for a minute, and must not find one closed. */
function patience({ requestSeconds = 30 }: WebSettings) {
  const milliseconds = requestSeconds * 1000;
  return {
    requestTimeout: milliseconds,
    headersTimeout: Math.min(milliseconds, 10_000),
    connectionsCheckingInterval: Math.min(milliseconds / 2, 5000),
    keepAliveTimeout: 75_000,
  };
}

type Bindings = { Bindings: HttpBindings };

function createRoutes(settings: WebSettings): Hono<Bindings> {
  const { queue, configuration, log, metrics } = settings;
  const room = new BodyRoom(settings.room);
  const version = readVersion();
  const routes = new Hono<Bindings>();
  routes.use(
    secureHeaders({ contentSecurityPolicy: { defaultSrc: ["'none'"], styleSrc: ["'unsafe-inline'"] } }),
  );
  const complain = seldom((what) =>
    log.warn(what, "a webhook was turned away; further ones are only counted"),
  );
  routes.post("/webhooks/:forge", (context) => receive(context, settings, { room, complain }));
  routes.get("/healthz", (context) => context.json({ status: "ok" }));
  routes.get("/readyz", (context) => readiness(context, settings));
  routes.get("/metrics", async (context) => {
    if (!metrics) return context.notFound();
    return context.text(await metrics.text(), 200, { "content-type": metrics.contentType });
  });
  routes.get("/", async (context) => {
    const [jobs, outlook] = await Promise.all([queue.counts(), settings.outlook?.()]);
    // What is linked may be nobody's business; who asks from this machine runs it.
    const links = isLocal(context) ? configuration.links : configuration.links.length;
    return context.html(statusPage({ version, links, jobs, outlook }));
  });
  routes.notFound((context) => context.json({ error: "there is nothing here" }, 404));
  // Whatever breaks, the sender learns that it may come again, and nothing of what is inside.
  routes.onError((error, context) => {
    log.error({ reason: describe(error) }, "a request could not be answered");
    return context.json({ error: "not now; try again later" }, 503);
  });
  return routes;
}

/** For so long, something may run and nobody works: workers are gone, or hang. */
const stuckSeconds = 120;

/** Whoever asks and hears nothing learns nothing: a database that hangs is one that does not answer. */
async function readiness(context: Context<Bindings>, settings: WebSettings): Promise<Response> {
  const { log, readySeconds = 5 } = settings;
  try {
    const answer = await within(readySeconds * 1000, standing(context, settings));
    if (answer) return answer;
    log.warn({ reason: `nothing after ${readySeconds} seconds` }, "the database does not answer");
  } catch (error) {
    log.warn({ reason: describe(error) }, "the database does not answer");
  }
  return context.json({ status: "the database does not answer" }, 503);
}

async function standing(context: Context<Bindings>, { queue, isOutdated }: WebSettings): Promise<Response> {
  if (await isOutdated?.()) {
    return context.json({ status: "the database is a newer Sluice's: stop this one" }, 503);
  }
  const [jobs, stuck] = await Promise.all([queue.counts(), queue.stuckSeconds()]);
  if (!(await queue.takesDeliveries())) {
    return context.json(
      { status: "webhooks cannot be stored: the database has no room, or fails", jobs },
      503,
    );
  }
  if (stuck < stuckSeconds) return context.json({ status: "ok", jobs });
  return context.json({ status: "the queue is stuck: nobody takes what is due", seconds: stuck, jobs }, 503);
}

/** Asked from this machine, and not by a proxy on it for somebody else. */
function isLocal(context: Context<Bindings>): boolean {
  const { remoteAddress = "" } = context.env.incoming.socket;
  const forwarded =
    context.req.header("x-forwarded-for") ?? context.req.header("forwarded") ?? context.req.header("via");
  return /^(::1|(::ffff:)?127\.)/.test(remoteAddress) && forwarded === undefined && hasLocalName(context);
}

/** A page of another site that got its name to lead here (DNS rebinding) is not from this machine. */
function hasLocalName(context: Context<Bindings>): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(context.req.header("host") ?? "");
}

async function receive(
  context: Context<Bindings>,
  { receivers }: WebSettings,
  { room, complain }: { readonly room: BodyRoom; readonly complain: (what: object) => void },
): Promise<Response> {
  const forge = context.req.param("forge") ?? "";
  const receiver = receivers.get(forge);
  if (!receiver) return context.json({ error: "no forge of this name is configured" }, 404);

  const headers = context.req.header();
  const refusal = receiver.refuse(headers);
  if (refusal) return Response.json(refusal.body, { status: refusal.status });

  return room.hold(context.env.incoming, async (body) => {
    if (body === "gone") return context.json({ error: "the body did not come to its end" }, 400);
    if (!Buffer.isBuffer(body)) {
      receiver.turnAway(body);
      complain({ forge, why: body });
      return turnedAway(context, body);
    }
    const answer = await receiver.receive({ headers, body });
    return Response.json(answer.body, { status: answer.status });
  });
}

function turnedAway(context: Context<Bindings>, why: "too large" | "busy"): Response {
  context.header("connection", "close");
  if (why === "too large") return context.json({ error: "larger than 25 MB" }, 413);
  context.header("retry-after", "5");
  return context.json({ error: "not now; try again later" }, 503);
}

/** Says something once a minute, however often there is reason to: a flood must not fill the log as well. */
function seldom(say: (what: object) => void): (what: object) => void {
  let next = 0;
  return (what) => {
    if (performance.now() < next) return;
    next = performance.now() + 60_000;
    say(what);
  };
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
