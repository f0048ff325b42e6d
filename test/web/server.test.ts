import { describe, expect, it } from "@jest/globals";
import { request } from "node:http";
import { pino } from "pino";
import { jobMetrics } from "../../src/queue/queue-metrics.js";
import { PrometheusMetrics } from "../../src/web/metrics.js";
import { answering, open, said, start } from "./serving.js";

describe("the status page", () => {
  it("shows what is left of the API budgets, and whose webhooks do not come", async () => {
    const outlook = {
      budgets: [{ forge: "gitlab.com", identity: undefined, budget: { remaining: 7, limit: 2000 } }],
      troubles: [{ repository: { forge: "gitlab.com", path: "src/tally" }, trouble: "disabled" }],
    };
    const { url } = await start({ outlook: () => Promise.resolve(outlook) });

    const here = await (await fetch(url)).text();
    expect(here).toContain("7 of 2000 requests left");
    expect(here).toContain("gitlab.com/src/tally: disabled");
    const elsewhere = await (await fetch(url, { headers: { "x-forwarded-for": "192.0.2.1" } })).text();
    expect(elsewhere).not.toContain("tally: disabled");
  });
});

describe("a webhook", () => {
  it("reaches the receiver of its forge with the very bytes that were sent", async () => {
    const { webhooks, received } = await start();
    const body = Buffer.from([0x7b, 0xff, 0x00, 0x7d, 0x0a]);

    const answer = await fetch(webhooks, { method: "POST", body, headers: { "X-Gitlab-Token": "s3cr3t" } });

    expect(answer.status).toBe(202);
    expect(await answer.json()).toEqual({ outcome: "accepted" });
    expect(received[0]?.body.equals(body)).toBe(true);
    expect(received[0]?.headers["x-gitlab-token"]).toBe("s3cr3t");
  });

  it("may be empty, which is for the receiver to judge", async () => {
    const { webhooks, received } = await start();

    expect((await fetch(webhooks, { method: "POST" })).status).toBe(202);
    expect(received[0]?.body).toHaveLength(0);
  });

  it("of a forge that is not configured finds nobody", async () => {
    const { url, received } = await start();

    const answer = await fetch(`${url}/webhooks/github.com`, { method: "POST", body: "{}" });

    expect(answer.status).toBe(404);
    expect(received).toEqual([]);
  });

  it("of 25 MB is taken", async () => {
    const { webhooks, received } = await start();

    const answer = await fetch(webhooks, { method: "POST", body: Buffer.alloc(25 * 1024 * 1024, "x") });

    expect(answer.status).toBe(202);
    expect(received[0]?.body).toHaveLength(25 * 1024 * 1024);
  });

  it("of more than 25 MB is refused when it does not say how long it is", async () => {
    const { webhooks, received } = await start();

    expect(await postOneByteTooMany(webhooks)).toBe(413);
    expect(received).toEqual([]);
  });

  it("of 30 MB is refused by the length that it declares, before it has come", async () => {
    const { url, received } = await start();

    const socket = open(
      url,
      "POST /webhooks/gitlab.com HTTP/1.1\r\nHost: sluice\r\nContent-Length: 30000000\r\n\r\n",
    );

    expect(await said(socket, /}/)).toMatch(/^HTTP\/1.1 413 .*"larger than 25 MB"/s);
    expect(received).toEqual([]);
    socket.destroy();
  });

  it("that trickles in is given up, which is nobody's fault here", async () => {
    const lines: string[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(line) });
    const { url, received } = await start({ requestSeconds: 0.4, log });

    const socket = open(
      url,
      "POST /webhooks/gitlab.com HTTP/1.1\r\nHost: sluice\r\nContent-Length: 9\r\n\r\n{",
    );

    expect(await said(socket, /\r\n\r\n/)).toMatch(/^HTTP\/1.1 408 /);
    expect([...received, ...lines]).toEqual([]);
  });

  it("that cannot be stored is answered without a word of what is inside", async () => {
    const failing = {
      refuse: () => undefined,
      turnAway: () => undefined,
      receive: () => Promise.reject(new Error("connect ECONNREFUSED db.internal:5432")),
    };
    const { webhooks } = await start({ receivers: new Map([["gitlab.com", failing]]) });

    const answer = await fetch(webhooks, { method: "POST", body: "{}" });

    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ error: "not now; try again later" });
  });
});

describe("the pages", () => {
  it("say that the process lives and that its database answers", async () => {
    const { url } = await start();

    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: "ok" });
    expect(await (await fetch(`${url}/readyz`)).json()).toEqual({
      status: "ok",
      jobs: { waiting: 3, running: 1, parked: 0 },
    });
  });

  it("say that the database does not answer", async () => {
    const { url } = await start({ queue: { ...answering, counts: () => Promise.reject(new Error("down")) } });

    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
  });

  it("say so of a database that hangs, for as long as it does", async () => {
    let hangs = true;
    const counts = () => (hangs ? new Promise<never>(() => undefined) : answering.counts());
    const { url } = await start({ queue: { ...answering, counts }, readySeconds: 0.1 });

    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    hangs = false;
    // A slow machine may take longer than that for an answer, too.
    while ((await fetch(`${url}/readyz`)).status !== 200);
  });

  it("say that a newer Sluice has taken the database", async () => {
    const { url } = await start({ isOutdated: () => Promise.resolve(true) });

    const answer = await fetch(`${url}/readyz`);

    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ status: "the database is a newer Sluice's: stop this one" });
  });

  it("show the links, what there is to do and the version, and nothing that is markup in them", async () => {
    const { url } = await start();

    const page = await (await fetch(url)).text();

    expect(page).toContain("gitlab.com/centos/src/{name}");
    expect(page).toContain("3 waiting, 1 running, 0 parked");
    expect(page).toMatch(/Sluice\s+<small>\d+\.\d+\.\d+<\/small>/);
    expect(page).toContain("github.com/rpms/&lt;b&gt;{name}");
  });

  it("say that the queue is stuck", async () => {
    const { url } = await start({ queue: { ...answering, stuckSeconds: () => Promise.resolve(121) } });

    const answer = await fetch(`${url}/readyz`);

    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ status: "the queue is stuck: nobody takes what is due" });
  });

  it("name no repository to who asks from elsewhere", async () => {
    const { url } = await start();

    const page = await (await fetch(url, { headers: { "X-Forwarded-For": "203.0.113.7" } })).text();

    expect(page).toContain("1 link<");
    expect(page).not.toContain("centos");
  });

  it("show the metrics of what was counted", async () => {
    const metrics = new PrometheusMetrics();
    const { url } = await start({ metrics });
    const ended = jobMetrics(metrics);

    ended({ kind: "mirror", outcome: "done", seconds: 0.3 });
    metrics.gauge({ name: "depth", help: "how deep", labels: ["kind"] }, () =>
      Promise.resolve([{ labels: { kind: "a" }, value: 3 }]),
    );

    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toContain('sluice_jobs_total{kind="mirror",outcome="done"} 1');
    expect(text).toContain('sluice_job_seconds_bucket{le="0.5",kind="mirror"} 1');
    expect(text).toContain('depth{kind="a"} 3');
  });

  it("are not found elsewhere", async () => {
    const { url } = await start();

    expect((await fetch(`${url}/admin`)).status).toBe(404);
  });
});

it("refuses a port that is taken, with one sentence", async () => {
  const { url } = await start();

  await expect(start({ port: Number(new URL(url).port) })).rejects.toMatchObject({
    message: `port ${new URL(url).port} is taken`,
    remedy: "Choose another with --port or PORT.",
  });
});

/**
 * Posts a little more than is taken, without a content-length, and no end, and answers the status. Whoever sends more than the
 * one byte that is too much may lose the answer: the connection ends while he still writes.
 */
function postOneByteTooMany(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const post = request(url, { method: "POST" }, (response) => {
      resolve(response.statusCode ?? 0);
      post.destroy();
    });
    post.on("error", reject);
    for (let sent = 0; sent < 25; sent += 1) post.write(Buffer.alloc(1024 * 1024, "x"));
    post.write("x");
  });
}
