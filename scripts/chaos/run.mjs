import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { databases } from "./databases.mjs";
import { makeDisk } from "./disk.mjs";
import { Faults } from "./faults.mjs";
import { mountedBefore } from "./namespace.mjs";
import { awaitsMirror } from "./dist-people.mjs";
import { People } from "./people.mjs";
import { makePlan } from "./plan.mjs";
import { startPost } from "./post.mjs";
import { freePort } from "../ports.mjs";
import { Supervised } from "./processes.mjs";
import { becomeQuiet } from "./quiet.mjs";
import { jobsOf, look } from "./sight.mjs";
import { violationsOf } from "./rules.mjs";
import { folderFor, makeWorld } from "./world.mjs";

/** Milliseconds of people's doing for each merge request: as much as two processors carry. */
const pace = 1100;
const shortLife = 7000;

/** A job may be due for so many milliseconds, and so much of people's doing may wait in each package. */
const mostBehind = 5000;
const mostUndone = 3;

/** The part of its pace at which the plan goes on meanwhile, lest what waits for nobody knows what stops it for ever. */
const slowly = 0.1;

/** So many times somebody looks for a counterpart, with so many milliseconds in between; more often while Sluice is far behind. */
const mostLooks = 6;
const mostLooksBehind = 30;
const betweenLooks = 4000;

/** Lives through one plan on one database, and answers what was done and what is wrong at the end. */
export async function live({ root, seed, requests, database: name, short = false, tell }) {
  const milliseconds = short ? shortLife : requests * pace;
  const plan = makePlan({ seed, requests, milliseconds, database: name });
  const directory = folderFor(mkdtempSync(join(tmpdir(), "sluice-chaos-")));
  const ends = [];
  const keep = (part, end) => (ends.unshift(end), part);
  const begun = performance.now();
  const endAll = async () => {
    for (const end of ends.splice(0)) await end();
  };
  const stop = () => void endAll().finally(() => process.exit(130));
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, stop);
  try {
    const disk = makeDisk(join(directory, "data"), mountedBefore());
    keep(disk, () => disk.remove());
    const database = await databases[name].start({ directory, data: disk.directory });
    keep(database, () => database.stop());
    const processes = [];
    const post = await startPost({ seed, target: () => processes[0].url });
    keep(post, () => post.stop());
    const world = await makeWorld({ root, directory, plan, postUrl: post.url });
    keep(world, () => world.stop());
    for (const [index, role] of databases[name].roles.entries()) {
      processes.push(await processFor({ root, directory, disk, database, world, role, index }));
    }
    keep(processes, () => Promise.all(processes.map((each) => each.stop())));
    await Promise.all(processes.map((each) => each.start()));
    const chaos = { short, plan, world, processes, post, disk, database, tell };
    const done = await perform(chaos);
    tell(`people are done after ${seconds(begun)}; faults end`);
    const quiet = await becomeQuiet({
      ...chaos,
      check: async () => {
        const sight = await look(chaos);
        return { sight, violations: [...(await violationsOf(sight)), ...ownEnds(processes, done.excused)] };
      },
    });
    return {
      plan,
      directory,
      ...done,
      ...quiet,
      webhooks: post.counts,
      canBeFull: disk.canBeFull,
      seconds: (performance.now() - begun) / 1000,
    };
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"]) process.off(signal, stop);
    await endAll();
  }
}

export function forget({ directory }) {
  rmSync(directory, { recursive: true, force: true });
}

async function processFor({ root, directory, disk, database, world, role, index }) {
  const port = await freePort();
  const name = `${role}-${index + 1}`;
  const environment = {
    PATH: process.env.PATH,
    ...world.environment,
    HOST: "127.0.0.1",
    DATABASE_URL: database.url,
    // Machines share no folder.
    DATA_DIRECTORY: index === 0 ? disk.directory : join(disk.directory, name),
    LOG_LEVEL: "info",
  };
  const log = join(directory, "log", `${name}.log`);
  const supervised = new Supervised({
    root,
    name,
    role,
    port,
    environment,
    configuration: world.configuration,
    log,
  });
  supervised.url = `http://127.0.0.1:${port}`;
  return supervised;
}

/** People and bad luck at the plan's moments; each merge request's actions and each package's keep their order. */
async function perform({ short, plan, world, processes, disk, database, tell }) {
  const people = new People(world);
  const faults = new Faults({ world, processes, disk, database });
  const counts = {};
  const passed = {};
  const lanes = new Map();
  const lookingAgain = new Set();
  let undone = 0;
  const clock = planClock({ database, undone: () => undone / plan.packages.length });
  const steps = [
    ...plan.actions.map((action) => ({ at: action.at, act: () => inLane(action) })),
    ...plan.faults
      .filter(({ fault }) => disk.canBeFull || fault !== "disk-full")
      .map((fault) => ({ at: fault.at, act: () => faults.begin(fault) })),
  ].sort((one, other) => one.at - other.at);

  /** What touches one package goes one after the other. */
  function inLane(action, tries = 1) {
    undone += 1;
    const turn = (lanes.get(action.package) ?? Promise.resolve()).then(async () => {
      const why = await people.perform(action).catch((error) => error.message.split("\n")[0]);
      undone -= 1;
      const most = clock.isBehind() ? mostLooksBehind : mostLooks;
      if (why === awaitsMirror && tries < most) return later(action, tries + 1);
      if (why === undefined) counts[action.verb] = (counts[action.verb] ?? 0) + 1;
      else passed[`${action.verb}: ${why}`] = (passed[`${action.verb}: ${why}`] ?? 0) + 1;
    });
    lanes.set(action.package, turn);
  }

  /** Who finds no counterpart yet looks again; nobody else waits for that. */
  function later(action, tries) {
    const looking = pause(short ? betweenLooks / 4 : betweenLooks).then(() => {
      lookingAgain.delete(looking);
      inLane(action, tries);
    });
    lookingAgain.add(looking);
  }

  let told = 0;
  for (const { at, act } of steps) {
    await clock.until(at);
    act();
    if (at - told < 30_000) continue;
    told = at;
    const [now, all] = [at, plan.milliseconds].map((each) => Math.round(each / 1000));
    tell(`${now} s of ${all}: ${counts.open} merge requests, ${faults.counts.kill ?? 0} kills`);
  }
  for (;;) {
    await Promise.all(lanes.values());
    if (lookingAgain.size === 0) break;
    await Promise.all(lookingAgain);
  }
  clock.stop();
  await faults.calm();
  return { counts, passed, faults: faults.counts, excused: faults.excused };
}

/**
 * The plan's time, which goes slowly while Sluice or people are far behind: on a slow machine all faults would be over before
 * any of it was mirrored.
 */
function planClock({ database, undone }) {
  let now = 0;
  let isLate = false;
  let before = performance.now();
  const look = setInterval(() => {
    delayOf(database).then(
      (delay) => (isLate = delay > mostBehind),
      // A database that is away says nothing.
      () => undefined,
    );
  }, 1000);
  const isBehind = () => isLate || undone() > mostUndone;
  return {
    until: async (at) => {
      while (now < at) {
        await pause(Math.min(at - now, 250));
        const passed = performance.now() - before;
        before += passed;
        now += isBehind() ? passed * slowly : passed;
      }
    },
    isBehind,
    stop: () => clearInterval(look),
  };
}

/** For how many milliseconds the oldest job has been due that nobody works on. */
async function delayOf(database) {
  const waiting = (await jobsOf(database)).filter(({ state }) => state === "waiting");
  return Math.max(0, ...waiting.map(({ run_at: at }) => Date.now() - new Date(at).getTime()));
}

/** A process that ends by itself though it has a disk and a database is broken. */
function ownEnds(processes, excused) {
  return processes.flatMap(({ name, ownEnds: ends }) =>
    ends
      .filter(([moment]) => !excused.some(([from, to]) => from <= moment && moment <= to))
      .map(([moment, how]) => ({
        rule: "staysAlive",
        text: `${name} ended by itself with ${how} at ${new Date(moment).toISOString()}`,
      })),
  );
}

function seconds(begun) {
  return `${((performance.now() - begun) / 1000).toFixed(0)} s`;
}
