import { describe, expect, it } from "@jest/globals";
import { systemClock } from "../../src/domain/clock.js";
import { openDatabase } from "../../src/database/open.js";
import { JobsTable } from "../../src/queue/jobs-table.js";
import { useDatabases } from "../world/databases.js";

describe("statements that Postgres keeps", () => {
  const databases = useDatabases("Postgres");

  it("go on when a newer Sluice has added a column meanwhile", async () => {
    const url = await databases.url();
    const database = await openDatabase(url);
    databases.beforeClosing(() => database.destroy());
    const newer = databases.connect(url);
    const jobs = new JobsTable(database, systemClock);
    const ask = async () => {
      const pair: unknown = await database("pairs").where({ id: 1 }).first();
      return [pair, await jobs.claim({ leaseSeconds: 30, except: [] })];
    };
    await ask();

    await newer.raw("alter table jobs add column more text");
    await newer.raw("alter table pairs add column more text");

    expect(await ask()).toEqual([undefined, undefined]);
  });
});
