import { afterEach } from "@jest/globals";
import { connect, type Socket } from "node:net";
import { pino } from "pino";
import type { Configuration } from "../../src/config/configuration.js";
import { commandDefaults } from "../../src/domain/command.js";
import {
  startWebServer,
  type WebhookReceiver,
  type WebServer,
  type WebSettings,
} from "../../src/web/server.js";
import { linkEntry } from "../config/link-entry.js";

const configuration: Configuration = {
  file: "sluice.yml",
  forges: [],
  links: [linkEntry({ distGit: { forge: "github.com", path: "rpms/<b>{name}" } })],
  commands: commandDefaults,
  users: [],
  limits: { commits: 500, patchBytes: 20_000_000, files: 5000 },
  ...{ keepDeliveries: 0, keepEnded: 0 },
  reconcile: undefined,
  apiReserve: 20,
  gitCache: 20e9,
};

export const answering: WebSettings["queue"] = {
  counts: () => Promise.resolve({ waiting: 3, running: 1, parked: 0 }),
  stuckSeconds: () => Promise.resolve(0),
  takesDeliveries: () => Promise.resolve(true),
};

const servers: WebServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

/** A server with one forge that knows its webhooks by a token, and the webhooks that reached it. */
export async function start(change: Partial<WebSettings> = {}) {
  const received: { headers: Readonly<Record<string, string | undefined>>; body: Buffer }[] = [];
  const turnedAway: string[] = [];
  const receiver: WebhookReceiver = {
    refuse: ({ "x-gitlab-token": token }) =>
      token === "wrong" ? { status: 401, body: { error: "wrong" } } : undefined,
    receive(webhook) {
      received.push(webhook);
      return Promise.resolve({ status: 202, body: { outcome: "accepted" } });
    },
    turnAway: (why) => void turnedAway.push(why),
  };
  const server = await startWebServer({
    port: 0,
    host: "127.0.0.1",
    receivers: new Map([["gitlab.com", receiver]]),
    queue: answering,
    configuration,
    log: pino({ level: "silent" }),
    ...change,
  });
  servers.push(server);
  return { ...server, webhooks: `${server.url}/webhooks/gitlab.com`, received, turnedAway };
}

export function open(url: string, text: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  // The server may let go of it while nobody reads what it says.
  socket.on("error", () => undefined);
  socket.write(text);
  return socket;
}

/** What the server said until it ended or said this. */
export function said(socket: Socket, until: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    socket.on("data", (data) => {
      text += data.toString();
      if (until.test(text)) resolve(text);
    });
    socket.on("end", () => resolve(text));
    socket.on("error", reject);
  });
}

/** A body of this length is on its way, and the server waits for it. */
export async function announce(url: string, length: number): Promise<Socket> {
  const head = ["POST /webhooks/gitlab.com HTTP/1.1", "Host: sluice", `Content-Length: ${length}`];
  const socket = open(url, [...head, "Expect: 100-continue", "", ""].join("\r\n"));
  await said(socket, /^HTTP\/1\.1 100 .*\r\n\r\n/s);
  return socket;
}
