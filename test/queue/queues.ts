import { pino } from "pino";
import { done } from "../../src/domain/outcome.js";
import type { NewJob } from "../../src/queue/queue.js";
import { SqlQueue } from "../../src/queue/sql-queue.js";
import type { Databases } from "../world/databases.js";

/** Makes queues on empty databases, each with a clock to move and the lines that it logs. */
export function queuesOn(databases: Databases) {
  return async () => {
    const time = movableClock();
    const lines: Record<string, unknown>[] = [];
    const log = pino(
      {},
      { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
    );
    const database = await databases.open();
    const anotherWorker = (settings: { readonly concurrency?: number } = {}) => {
      const queue = new SqlQueue({ database, clock: time.clock, log, ...settings });
      databases.beforeClosing(() => queue.stop(0));
      return queue;
    };
    return { queue: anotherWorker(), anotherWorker, database, lines, ...time };
  };
}

export function job(key: string, change: Partial<NewJob> = {}): NewJob {
  return { kind: "mirror", key, lane: key, payload: {}, ...change };
}

/** The keys of the jobs that were due, in the order in which they were performed; some may fail. */
export async function performed(
  queue: SqlQueue,
  failures: Readonly<Record<string, Error>> = {},
): Promise<string[]> {
  const keys: string[] = [];
  await queue.runDue(({ key }) => {
    keys.push(key);
    const failure = failures[key];
    return failure ? Promise.reject(failure) : Promise.resolve(done(""));
  });
  return keys;
}

/** What a started queue does until nothing is due, with jobs that take so long. */
export async function watched(queue: SqlQueue, milliseconds = 20) {
  const starts: string[] = [];
  const running: string[] = [];
  let mostInLane = 0;
  let mostAtOnce = 0;
  queue.start(async ({ key, lane }) => {
    starts.push(key);
    running.push(lane);
    mostInLane = Math.max(mostInLane, running.filter((each) => each === lane).length);
    mostAtOnce = Math.max(mostAtOnce, running.length);
    await pause(milliseconds);
    running.splice(running.indexOf(lane), 1);
    return done("");
  });
  await queue.idle();
  await queue.stop();
  return { starts, mostInLane, mostAtOnce };
}

function movableClock() {
  let now = Date.parse("2026-11-21T12:00:00Z");
  return {
    clock: { now: () => new Date(now) },
    pass: (seconds: number) => void (now += seconds * 1000),
    in: (seconds: number) => new Date(now + seconds * 1000),
  };
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
