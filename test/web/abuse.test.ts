import { describe, expect, it } from "@jest/globals";
import type { Socket } from "node:net";
import { pino } from "pino";
import { announce, open, said, start } from "./serving.js";

const head = (more: string) => `POST /webhooks/gitlab.com HTTP/1.1\r\nHost: sluice\r\n${more}\r\n\r\n`;
const small = { method: "POST", body: "{}" };
const status = /^HTTP\/1\.1 \d{3} .*?\r\n\r\n/s;

describe("the webhook port", () => {
  it("reads no body of somebody whose headers cannot be the forge's", async () => {
    const { url, received } = await start();

    const socket = open(url, head("X-Gitlab-Token: wrong\r\nContent-Length: 20000000"));

    expect(await said(socket, status)).toMatch(/^HTTP\/1.1 401 /);
    expect(received).toEqual([]);
    socket.destroy();
  });

  it("lets the largest body give way where there is no room for all", async () => {
    const { url, webhooks, received, turnedAway } = await start({ room: { bytes: 100_000 } });
    const flood = await announce(url, 10_000_000);
    const refused = said(flood, status);
    flood.write(Buffer.alloc(90_000, "x"));

    // Nobody knows how much of the flood has been read when one of them comes.
    for (let sent = 1; turnedAway.length === 0; sent += 1) {
      const answer = await fetch(webhooks, { method: "POST", body: Buffer.alloc(40_000, "x") });
      expect(answer.status).toBe(202);
      expect(received).toHaveLength(sent);
    }

    expect(await refused).toMatch(/^HTTP\/1.1 503 .*retry-after: 5/is);
    expect(turnedAway).toEqual(["busy"]);
    flood.destroy();
  });

  it("counts what is being stored as well", async () => {
    let store = (): void => undefined;
    const stored = new Promise<void>((resolve) => (store = resolve));
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const slow = {
      refuse: () => undefined,
      receive: () => {
        begin();
        return stored.then(() => ({ status: 202, body: {} }));
      },
      turnAway: () => undefined,
    };
    const { webhooks } = await start({
      room: { bytes: 100_000 },
      receivers: new Map([["gitlab.com", slow]]),
    });
    const large = { method: "POST", body: Buffer.alloc(60_000, "x") };

    const first = fetch(webhooks, large);
    await begun;
    expect((await fetch(webhooks, large)).status).toBe(503);
    store();

    expect((await first).status).toBe(202);
    expect((await fetch(webhooks, large)).status).toBe(202);
  });

  it("lets the body that takes the longest give way where too many trickle in", async () => {
    const { url, webhooks } = await start({ room: { count: 3 } });
    const trickling: Socket[] = [];
    for (let index = 0; index < 3; index += 1) trickling.push(await announce(url, 9));
    const [oldest] = trickling;
    const refused = oldest && said(oldest, status);
    for (const socket of trickling) socket.write("{");

    expect((await fetch(webhooks, small)).status).toBe(202);
    expect(await refused).toMatch(/^HTTP\/1.1 503 /);
    for (const socket of trickling) socket.destroy();
  });

  it("lets the connection that is silent for the longest go where there are too many", async () => {
    const { url, webhooks } = await start({ connections: 4 });
    const silent = Array.from({ length: 12 }, () => open(url, "POST /webhooks/gitlab.com HTTP/1.1\r\nHos"));
    const ended = silent.map(
      (socket) => new Promise<void>((resolve) => socket.once("close", () => resolve())),
    );

    expect((await fetch(webhooks, small)).status).toBe(202);
    await Promise.all(ended.slice(0, 8));
    expect((await fetch(webhooks, small)).status).toBe(202);
    for (const socket of silent) socket.destroy();
  });

  it("gives up headers that trickle in", async () => {
    const { url } = await start({ requestSeconds: 0.4 });

    const socket = open(url, "POST /webhooks/gitlab.com HTTP/1.1\r\nHost: sluice\r\nX-Slow: ");
    const drip = setInterval(() => socket.write("x"), 50);

    expect(await said(socket, status)).toMatch(/^HTTP\/1.1 408 /);
    clearInterval(drip);
    socket.destroy();
  });

  it.each([
    ["garbage", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 garbage\r\n\r\n", 400],
    ["huge headers", head(`X-Large: ${"x".repeat(20_000)}`), 431],
    ["two lengths", head("Content-Length: 2\r\nTransfer-Encoding: chunked"), 400],
    ["a length that is none", head("Content-Length: -1"), 400],
    ["no host in HTTP/1.1", "GET /healthz HTTP/1.1\r\n\r\n", 400],
    ["a tunnel", "CONNECT example.org:443 HTTP/1.1\r\nHost: sluice\r\n\r\n", undefined],
    ["another method", head("").replace("POST", "PUT"), 404],
    ["an unknown path", head("Content-Length: 2").replace("gitlab.com", "..%2f..%2fetc"), 404],
  ])("answers %s shortly, and goes on", async (_, text, expected) => {
    const { url, webhooks, received } = await start();

    const socket = open(url, text);

    const answer = await said(socket, status);
    expect(answer).toMatch(expected === undefined ? /^$/ : new RegExp(`^HTTP/1.1 ${expected} `));
    expect(received).toEqual([]);
    expect((await fetch(webhooks, small)).status).toBe(202);
    socket.destroy();
  });

  it("answers HTTP/1.0, with a host or without", async () => {
    const { url } = await start();

    expect(await said(open(url, "GET /healthz HTTP/1.0\r\n\r\n"), /ok/)).toContain(" 200 ");
    expect(await said(open(url, "GET /healthz HTTP/1.0\r\nHost: sluice\r\n\r\n"), /ok/)).toContain(" 200 ");
  });

  it("answers webhooks that come all at once on one connection, each", async () => {
    const { url, received } = await start();

    const socket = open(url, [1, 2, 3].map((each) => `${head("Content-Length: 1")}${each}`).join(""));

    await said(socket, /(accepted.*){3}/s);
    expect(received.map(({ body }) => body.toString()).sort()).toEqual(["1", "2", "3"]);
    socket.destroy();
  });

  it("ends chunks without end", async () => {
    const { url, received } = await start();
    const socket = open(url, head("Transfer-Encoding: chunked"));
    const chunk = (size: number) =>
      Buffer.concat([Buffer.from(`${size.toString(16)}\r\n`), Buffer.alloc(size, "x"), Buffer.from("\r\n")]);
    const megabyte = chunk(0x10_0000);
    const goOn = () => {
      while (!socket.destroyed && socket.write(megabyte));
    };

    // What is sent after the answer may end the connection before the answer is read: so one byte too many, and no more.
    const answer = said(socket, status);
    for (let sent = 0; sent < 25; sent += 1) socket.write(megabyte);
    socket.write(chunk(1));

    expect(await answer).toMatch(/^HTTP\/1.1 413 /);
    const closed = new Promise((resolve) => (socket.closed ? resolve(true) : socket.once("close", resolve)));
    socket.on("drain", goOn);
    goOn();
    await closed;
    expect(received).toEqual([]);
  });

  it("says once that webhooks are turned away, however many there are", async () => {
    const lines: string[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(line) });
    const { url, turnedAway } = await start({ log });

    for (let index = 0; index < 5; index += 1) {
      const socket = open(url, head("Content-Length: 900000000"));
      expect(await said(socket, status)).toMatch(/^HTTP\/1.1 413 /);
      socket.destroy();
    }

    expect(turnedAway).toHaveLength(5);
    expect(lines).toHaveLength(1);
  });
});
