import { describe, expect, it } from "@jest/globals";
import { pino } from "pino";
import { RetryLater } from "../../src/domain/errors.js";
import { requireLease } from "../../src/domain/lease.js";
import { done } from "../../src/domain/outcome.js";
import type { Perform } from "../../src/queue/queue.js";
import { SqlQueue } from "../../src/queue/sql-queue.js";
import { engines, useDatabases } from "../world/databases.js";
import { job, pause, queuesOn, watched } from "./queues.js";

describe.each(engines)("a worker that was cut off, on %s", (engine) => {
  const databases = useDatabases(engine);
  const emptyQueue = queuesOn(databases);

  it("does nothing more that others see once its job may be another's", async () => {
    const { queue, database, clock } = await emptyQueue();
    const ended: string[] = [];
    const cutOff = new SqlQueue({
      ...{ database, clock, log: pino({ level: "silent" }), leaseSeconds: 1.5 },
      onEnd: ({ outcome }) => ended.push(outcome),
    });
    databases.beforeClosing(() => cutOff.stop(0));
    await queue.add([job("mirror 1")]);
    const effects: string[] = [];
    const comeBack = new Promise<void>((resolve) => {
      cutOff.start(async () => {
        requireLease();
        effects.push("before");
        // Another worker claims it meanwhile.
        await database("jobs").update({ attempt: 2 });
        await pause(1600);
        try {
          requireLease();
          effects.push("after");
        } finally {
          resolve();
        }
        return done("");
      });
    });
    await comeBack;

    expect(effects).toEqual(["before"]);
    expect(ended).toEqual(["lost"]);
    expect(await queue.counts()).toMatchObject({ running: 1 });
  });

  it("keeps no job that hangs, however well it holds on to it", async () => {
    const { queue, lines, start, ended } = await hangingQueue();
    await queue.add([job("mirror 1")]);

    await start(({ attempt }) => (attempt === 1 ? forEver() : Promise.resolve(done(""))), "done");

    expect(ended).toEqual(["retry", "done"]);
    expect(lines).toContainEqual(expect.objectContaining({ level: 50, job: "mirror 1", outcome: "retry" }));
  });

  it("leaves a job that hangs once more to the operator, however often it is asked for, and its lane is free", async () => {
    const { queue, lines, start, ended } = await hangingQueue();
    const hanging = job("mirror 1", { lane: "a" });
    await queue.add([hanging, job("mirror 2", { lane: "a" })]);
    const hang = () => queue.add([hanging]).then(forEver);

    await start(({ key }) => (key === "mirror 1" ? hang() : Promise.resolve(done(""))), "done");

    expect(ended).toEqual(["retry", "parked", "done"]);
    const [parked] = await queue.parked();
    expect(parked).toMatchObject({ key: "mirror 1", error: "it did not end within 0.1 s" });
    expect(lines).toContainEqual(expect.objectContaining({ level: 50, job: "mirror 1", outcome: "parked" }));
    expect(await queue.counts()).toMatchObject({ waiting: 0 });
  });

  it("counts no job as hanging again that failed otherwise meanwhile", async () => {
    const { queue, start, ended } = await hangingQueue();
    await queue.add([job("mirror 1")]);
    const tries = [forEver, () => Promise.reject(new RetryLater("a forge is away")), forEver];

    await start(({ attempt }) => tries[attempt - 1]?.() ?? Promise.resolve(done("")), "done");

    expect(ended).toEqual(["retry", "retry", "retry", "done"]);
    expect(await queue.parked()).toEqual([]);
  });

  /** Gives each job a tenth of a second; time passes whenever one has ended. */
  async function hangingQueue() {
    const { queue, database, clock, lines, pass } = await emptyQueue();
    const log = pino({}, { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
    const ended: string[] = [];
    const start = (perform: Perform, last: string) =>
      new Promise<void>((resolve) => {
        const hanging = new SqlQueue({
          ...{ database, clock, log, longestSeconds: 0.1 },
          onEnd: ({ outcome }) => {
            ended.push(outcome);
            if (outcome === last) resolve();
            else pass(60);
          },
        });
        databases.beforeClosing(() => hanging.stop(0));
        hanging.start(perform);
      });
    return { queue, lines, start, ended };
  }
});

function forEver(): Promise<never> {
  return new Promise(() => undefined);
}

describe("a process that is started on SQLite", () => {
  const emptyQueue = queuesOn(useDatabases("SQLite"));

  it("waits for no lease of the one before it, which was killed: there is no other", async () => {
    const { queue, anotherWorker, database, in: later } = await emptyQueue();
    await queue.add([job("first", { lane: "a" }), job("second", { lane: "a" })]);
    const claimed = { state: "running", attempt: 1, locked_until: later(30).toISOString() };
    await database("jobs").where({ key: "first" }).update(claimed);

    expect((await watched(anotherWorker())).starts).toEqual(["first", "second"]);
  });
});
