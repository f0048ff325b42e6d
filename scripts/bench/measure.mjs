import { spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Milliseconds that a command takes from start to end. Throws with what it printed when it fails. */
export function timed(command, args, options = {}) {
  const begun = performance.now();
  const { status, stderr, error } = spawnSync(command, args, { maxBuffer: 2 ** 30, ...options });
  const milliseconds = performance.now() - begun;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? stderr}`);
  return milliseconds;
}

/**
 * Lets several contestants take turns, so that what else happens on the machine hits all of them. Each is a function that
 * answers milliseconds; `prepare` runs before it and is not counted.
 */
export async function inTurns(rounds, contestants) {
  const times = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, { prepare = () => undefined, run }] of Object.entries(contestants)) {
      await prepare();
      times[name].push(await run());
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, each]) => [name, summary(each)]));
}

export function summary(times) {
  return { times, minimum: Math.min(...times), median: median(times) };
}

/** How many times as long one takes as the other: of those that took turns, the median of the rounds' ratios. */
export function ratioOf(one, other) {
  return median(one.times.map((time, round) => time / other.times[round]));
}

function median(values) {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)];
}

/**
 * The most memory that a command and all the processes that it starts hold at one moment, in MB: what is resident, read
 * every two milliseconds. What processes share is counted for each, but for the moment in which a copy of the command
 * itself is about to become another program: all that it holds is its parent's.
 */
export async function peakMemory(command, args, options = {}) {
  const child = spawn(command, args, { stdio: "ignore", ...options });
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, residentOf(child.pid))), 2);
  const code = await new Promise((resolve) => child.once("close", resolve));
  clearInterval(timer);
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}`);
  return peak / 1024;
}

function residentOf(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const own = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    const program = readlinkSync(`/proc/${pid}/exe`);
    const others = childrenOf(pid).filter((child) => !isStill(child, program));
    return others.reduce((sum, child) => sum + residentOf(child), own);
  } catch {
    return 0;
  }
}

function isStill(pid, program) {
  try {
    return readlinkSync(`/proc/${pid}/exe`) === program;
  } catch {
    return true;
  }
}

function childrenOf(pid) {
  const threads = readdirSync(`/proc/${pid}/task`);
  const lists = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8"));
  return lists.join(" ").split(/\s+/).filter(Boolean);
}
