import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { databases } from "./load-databases.mjs";
import { generate, startBare, startForges, startServe } from "./load-processes.mjs";
import { printLoad, writeLoad } from "./load-report.mjs";
import { growthOf, metricsOf, sumOf, watch } from "./load-watch.mjs";

const aimed = { rate: 300, p99: 50, mirrored: 1500, growth: 1.1 };

/** What is tried one after the other until it does not hold; the answer is the highest that did. */
const ladder = [300, 450, 600, 800, 1000, 1300, 1600, 2000, 2500, 3000];
/** A rate holds when as much is answered as comes, and nearly all of it within a second: forges give up after ten. */
const holding = { p99: 1000, part: 0.98 };

const long = { seconds: 60, warm: 30, opened: 60, step: 10, ladder };
const short = { seconds: 10, warm: 5, opened: 10, step: 4, ladder: [300, 600, 1000] };

/** Puts a running service on each database under load, prints what comes, and answers whether all aims were met. */
export async function run({ quick, only, root }) {
  const size = quick ? short : long;
  const results = [];
  for (const [name, startDatabase] of Object.entries(databases)) {
    if (!name.toLowerCase().startsWith(only.toLowerCase())) continue;
    const directory = mkdtempSync(join(tmpdir(), "sluice-load-"));
    try {
      const result = await underLoad({ name, startDatabase, size, root, directory });
      printLoad(result);
      results.push(result);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }
  if (!quick && only === "") writeLoad(results);
  return results.every(({ cases }) => cases.every(({ held }) => held));
}

async function underLoad({ name, startDatabase, size, root, directory }) {
  const started = [];
  const keep = (each) => started.unshift(each) && each;
  try {
    const database = keep(await startDatabase(directory));
    const forges = keep(await startForges({ root, directory }));
    const configuration = await forges.ask("configure");
    const serve = keep(await startServe({ root, directory, databaseUrl: database.url, configuration }));
    await forges.ask("connect", { url: serve.url });
    // As in a service that has run for a while: repositories are there, code is warm, the heap has its size.
    await forges.ask("open", { rate: 1, count: 5, patience: 30 });
    const { WEBHOOK_SECRET, GITLAB_WEBHOOK_SECRET } = configuration.environment;
    const about = {
      ...(await forges.ask("about")),
      gitlab: { name: "gitlab.local", secret: GITLAB_WEBHOOK_SECRET },
      github: { name: "github.local", secret: WEBHOOK_SECRET },
    };
    await generate({ url: serve.url, rate: aimed.rate, seconds: size.warm, about });
    const bench = { name, serve, forges, about, size };
    const opening = await mirroring(bench);
    const steady = await steadily(bench);
    const refused = await refusing(bench);
    const highest = await climbing(bench);
    const bare = await bareFloor({ about, size });
    return { name, cases: [steady, opening, refused, highest], bare };
  } finally {
    for (const each of started) await each.stop();
  }
}

/** A minute at the rate that is aimed at, with merge requests opened meanwhile. */
async function steadily({ name, serve, forges, about, size: { seconds } }) {
  await metricsOf(serve.url);
  const stop = watch(serve.pid);
  const opening = forges.ask("open", { rate: 0.2, count: Math.ceil(seconds / 5), patience: 30 });
  const sent = await generate({ url: serve.url, rate: aimed.rate, seconds, about });
  const seen = stop();
  const metrics = await metricsOf(serve.url);
  const effect = effectOf(await opening);
  const { middle, last } = growthOf(seen.memory);
  return {
    name: `${aimed.rate} webhooks a second for ${seconds} s`,
    sent,
    seen,
    effect,
    memory: { middle, last },
    lag: sumOf(metrics, "nodejs_eventloop_lag_p99_seconds") * 1000,
    jobs: sumOf(metrics, "sluice_jobs_total"),
    aim: aimFor(name),
    held: isSustained(sent, aimed.rate) && last <= middle * aimed.growth && isPrompt(name, sent),
  };
}

function aimFor(name) {
  return name === "SQLite" ? `all, p99 under ${aimed.p99} ms, memory flat` : "all, memory flat";
}

/** Merge requests one a second, and nothing else. */
async function mirroring({ serve, forges, size: { opened } }) {
  const stop = watch(serve.pid);
  const effect = effectOf(await forges.ask("open", { rate: 1, count: opened, patience: 60 }));
  return {
    name: "merge requests, one a second",
    seen: stop(),
    effect,
    aim: `mirrored within ${aimed.mirrored / 1000} s at p95`,
    held: effect.missing === 0 && effect.mirrored.p95 < aimed.mirrored,
  };
}

/** Somebody who does not know the secrets, and what it costs to tell them so. */
async function refusing({ serve, about, size: { step } }) {
  const stop = watch(serve.pid);
  const stranger = {
    ...about,
    gitlab: { ...about.gitlab, secret: "x" },
    github: { ...about.github, secret: "x" },
  };
  const sent = await generate({ url: serve.url, rate: 1000, seconds: step, about: stranger });
  return {
    name: "wrong signatures, 1,000 a second",
    sent,
    seen: stop(),
    aim: "each refused",
    held: isWhole(sent, "401"),
  };
}

/** Higher rates until one does not hold. */
async function climbing({ serve, about, size: { step, ladder: rates } }) {
  let held;
  for (const rate of rates) {
    await metricsOf(serve.url);
    const stop = watch(serve.pid);
    const sent = await generate({ url: serve.url, rate, seconds: step, about });
    const seen = stop();
    const lag = sumOf(await metricsOf(serve.url), "nodejs_eventloop_lag_p99_seconds") * 1000;
    const tried = { rate, sent, seen, lag };
    if (!isSustained(sent, rate) || sent.p99 > holding.p99) return highest(held, tried);
    held = tried;
  }
  return highest(held);
}

function highest(best, failed) {
  const name = "highest rate sustained";
  return { name, ...best, failed, aim: `at least ${aimed.rate} a second`, held: best !== undefined };
}

/** What the generator and this machine do at all: a server that only reads and answers. */
async function bareFloor({ about, size: { step } }) {
  const bare = await startBare();
  try {
    return await generate({ url: bare.url, rate: aimed.rate, seconds: step, about });
  } finally {
    await bare.stop();
  }
}

function isSustained(sent, rate) {
  return isWhole(sent) && sent.perSecond >= rate * holding.part;
}

function isPrompt(name, { p99 }) {
  return name !== "SQLite" || p99 < aimed.p99;
}

function isWhole({ outcomes }, status = "202") {
  return Object.keys(outcomes).every((outcome) => outcome === status);
}

/** Milliseconds from opening a merge request to what is seen of it on the forges. */
function effectOf(lives) {
  const of = (what) => {
    const times = lives.flatMap((life) => life[what] ?? []).sort((one, other) => one - other);
    const at = (part) => times[Math.min(times.length - 1, Math.floor(times.length * part))];
    return { p50: at(0.5), p95: at(0.95), maximum: times.at(-1) };
  };
  const missing = lives.filter(({ mirrored }) => mirrored === null).length;
  return { told: of("told"), mirrored: of("mirrored"), missing, count: lives.length };
}
