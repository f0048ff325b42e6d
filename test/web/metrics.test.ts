import { describe, expect, it } from "@jest/globals";
import { requestMetrics, told } from "../../src/forges/request-metrics.js";
import { measureGit } from "../../src/git/measure.js";
import { git } from "../../src/git/run.js";
import { deliveryMetrics } from "../../src/handlers/receive.js";
import { jobMetrics } from "../../src/queue/queue-metrics.js";
import { PrometheusMetrics } from "../../src/web/metrics.js";

describe("requests to the forges", () => {
  it.each([
    ["answered", new Response("{}", { status: 201 })],
    ["unchanged", new Response(null, { status: 304 })],
    ["refused", new Response("{}", { status: 404 })],
    ["refused", new Response("{}", { status: 403, headers: { "x-ratelimit-remaining": "17" } })],
    ["limited", new Response("{}", { status: 403, headers: { "x-ratelimit-remaining": "0" } })],
    ["limited", new Response("{}", { status: 429 })],
    ["failed", new Response("", { status: 502 })],
  ])("are counted as %s", async (outcome, response) => {
    const metrics = new PrometheusMetrics();
    const note = requestMetrics(metrics);

    await told(
      () => Promise.resolve(response),
      (ended) => note({ ...ended, forge: "gitlab.com" }),
    );

    expect(await metrics.text()).toContain(
      `sluice_api_requests_total{forge="gitlab.com",outcome="${outcome}"} 1`,
    );
    expect(await metrics.text()).toContain('sluice_api_request_seconds_count{forge="gitlab.com"} 1');
  });

  it("count where nobody answers, and fail all the same", async () => {
    const metrics = new PrometheusMetrics();
    const note = requestMetrics(metrics);
    const asking = told(
      () => Promise.reject(new Error("connection refused")),
      (ended) => note({ ...ended, forge: "gitlab.com" }),
    );

    await expect(asking).rejects.toThrow("connection refused");
    expect(await metrics.text()).toContain('{forge="gitlab.com",outcome="unanswered"} 1');
  });
});

describe("git commands", () => {
  it("are counted by what they do and how they end, until nobody wants to know", async () => {
    const metrics = new PrometheusMetrics();
    const end = measureGit(metrics);

    await git(["-c", "core.bare=true", "check-ref-format", "refs/heads/main"]);
    await git(["check-ref-format", "no..ref"]).catch(() => undefined);
    end();
    await git(["check-ref-format", "refs/heads/main"]);

    const text = await metrics.text();
    expect(text).toContain('sluice_git_seconds_count{command="check-ref-format",outcome="done"} 1');
    expect(text).toContain('sluice_git_seconds_count{command="check-ref-format",outcome="failed"} 1');
  });
});

it("tells what it knows where a database does not answer", async () => {
  const metrics = new PrometheusMetrics();
  jobMetrics(metrics)({ kind: "sweep", outcome: "done", seconds: 1 });
  let isThere = true;
  const look = <T>(sample: T) =>
    isThere ? Promise.resolve([sample]) : Promise.reject(new Error("ECONNREFUSED"));
  metrics.gauge({ name: "sluice_depth", help: "how deep", labels: [] }, () => look({ labels: {}, value: 7 }));
  metrics.gauge({ name: "sluice_depths", help: "how deep", labels: ["kind"] }, () =>
    look({ labels: { kind: "sweep" }, value: 8 }),
  );
  expect(await metrics.text()).toContain("sluice_depth 7\n");
  expect(await metrics.text()).toContain('sluice_depths{kind="sweep"} 8\n');

  isThere = false;
  const text = await metrics.text();
  expect(text).toContain('sluice_jobs_total{kind="sweep",outcome="done"} 1');
  expect(text).not.toMatch(/^sluice_depths?[ {]/m);
});

it("says what each metric means, in Prometheus' way", async () => {
  const metrics = new PrometheusMetrics();
  for (const define of [requestMetrics, measureGit, jobMetrics, deliveryMetrics]) define(metrics);

  const types = [...(await metrics.text()).matchAll(/^# TYPE (sluice_\w+) (\w+)$/gm)];

  expect(types.length).toBeGreaterThan(5);
  for (const [, name = "", type = ""] of types) {
    expect(await metrics.text()).toMatch(new RegExp(`^# HELP ${name} \\S`, "m"));
    expect([name, name.endsWith(type === "counter" ? "_total" : "_seconds")]).toEqual([name, true]);
  }
});
