import { describe, expect, it } from "@jest/globals";
import { pino } from "pino";
import { requireLease } from "../../src/domain/lease.js";
import { done } from "../../src/domain/outcome.js";
import { SqlQueue } from "../../src/queue/sql-queue.js";
import { engines, useDatabases } from "../world/databases.js";
import { job, pause, queuesOn } from "./queues.js";

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
});
