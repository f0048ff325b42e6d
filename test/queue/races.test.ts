import { describe, expect, it } from "@jest/globals";
import type { Knex } from "knex";
import { JobsTable } from "../../src/queue/jobs-table.js";
import { useDatabases } from "../world/databases.js";
import { job, pause, queuesOn } from "./queues.js";

const claiming = { leaseSeconds: 30, except: [] };

describe("two workers at the same row of Postgres", () => {
  const emptyQueue = queuesOn(useDatabases("Postgres"));

  it("do not end a job that the other has claimed meanwhile", async () => {
    const { queue, database, clock } = await emptyQueue();
    await queue.add([job("mirror 1")]);
    const jobs = new JobsTable(database, clock);
    const late = await jobs.claim(claiming);
    if (late === undefined) throw new Error("there is a job");

    await whileAnotherChanges(database, { attempt: 2 }, () => jobs.finish(late));

    expect(await queue.counts()).toMatchObject({ running: 1 });
  });

  it("leave a job that has just failed until its next try is due", async () => {
    const { queue, database, clock, in: inSeconds } = await emptyQueue();
    await queue.add([job("mirror 1")]);
    const jobs = new JobsTable(database, clock);
    const failed = { attempt: 1, run_at: inSeconds(60).toISOString() };

    expect(await whileAnotherChanges(database, failed, () => jobs.claim(claiming))).toBeUndefined();
    expect(await queue.counts()).toMatchObject({ waiting: 1, running: 0 });
  });
});

/** What comes of work that has read the table before another's change of its row, and comes to the row after it. */
async function whileAnotherChanges<T>(
  database: Knex,
  change: Readonly<Record<string, unknown>>,
  work: () => Promise<T>,
): Promise<T> {
  const another = await database.transaction();
  await another("jobs").update(change);
  const ended = work();
  await pause(300);
  await another.commit();
  return ended;
}
