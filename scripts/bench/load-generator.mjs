// A process of its own that sends webhooks at a steady rate, whatever becomes of those before (an open loop). A latency
// counts from the moment at which the webhook should have left, so that a server that stalls cannot hide what it kept waiting.
import { Agent, request } from "node:http";
import { randomUUID } from "node:crypto";
import { payloads, sizesOf } from "./load-payloads.mjs";

const idHeaders = ["x-github-delivery", "idempotency-key"];
const connections = 64;

process.on("message", async ({ url, rate, seconds, about }) => {
  try {
    process.send(await send({ url, rate, seconds, webhooks: payloads(about) }));
  } catch (error) {
    process.send({ error: error.stack });
  }
});
process.on("disconnect", () => process.exit());

async function send({ url, rate, seconds, webhooks }) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections, scheduling: "fifo" });
  const target = new URL(url);
  const count = Math.round(rate * seconds);
  const latencies = new Float64Array(count);
  const outcomes = new Map();
  let latest = 0;
  let answered = 0;
  const cpuBefore = process.cpuUsage();
  const begun = performance.now() + 50;
  await new Promise((resolve) => {
    const end = (index, outcome) => {
      latencies[index] = performance.now() - (begun + (index * 1000) / rate);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      answered += 1;
      if (answered === count) resolve();
    };
    let next = 0;
    const tick = () => {
      const now = performance.now();
      for (; next < count && begun + (next * 1000) / rate <= now; next += 1) {
        const index = next;
        latest = Math.max(latest, now - (begun + (index * 1000) / rate));
        post({ target, agent, webhook: webhooks[index % webhooks.length] }, (outcome) => end(index, outcome));
      }
      if (next < count) setTimeout(tick, 1);
    };
    tick();
  });
  const milliseconds = performance.now() - begun;
  const { user, system } = process.cpuUsage(cpuBefore);
  agent.destroy();
  return {
    ...percentiles(latencies),
    outcomes: Object.fromEntries(outcomes),
    perSecond: (count / milliseconds) * 1000,
    latest,
    cpu: (user + system) / 1000 / milliseconds,
    sizes: sizesOf(webhooks),
  };
}

function post({ target, agent, webhook }, end) {
  const headers = { ...webhook.headers };
  for (const name of idHeaders) if (name in headers) headers[name] = randomUUID();
  const { hostname, port } = target;
  const sent = request({ hostname, port, agent, method: "POST", path: webhook.path, headers }, (answer) => {
    answer.resume();
    answer.once("end", () => end(String(answer.statusCode)));
    answer.once("error", () => end("cut off"));
  });
  sent.setTimeout(30_000, () => sent.destroy(new Error("no answer")));
  sent.once("error", (error) => end(error.code ?? error.message));
  sent.end(webhook.body);
}

function percentiles(latencies) {
  const sorted = latencies.sort();
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), maximum: at(1) };
}
