import { afterEach, describe, expect, it } from "@jest/globals";
import { existsSync } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { checkpointAside } from "../../src/database/checkpoints.js";
import { openDatabase } from "../../src/database/open.js";

const directories: string[] = [];
afterEach(async () => {
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true, force: true });
});

async function databaseFile(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-checkpoints-"));
  directories.push(directory);
  return join(directory, "sluice.db");
}

function delivery(id: number) {
  return { forge: "a", id: String(id), event: "e", body: "x".repeat(10_000), received_at: "2026-11-21" };
}

describe("SQLite's log, where much is written", () => {
  it("is moved into the database by somebody else than who writes", async () => {
    const file = await databaseFile();
    const database = await openDatabase(`sqlite:${file}`);
    const failures: unknown[] = [];
    // Whoever writes moves nothing.
    await database.raw("pragma wal_autocheckpoint = 0");
    const end = checkpointAside(database, (error) => failures.push(error));

    for (let id = 0; id < 600; id += 1) await database("deliveries").insert(delivery(id));
    // It goes on beside others: we wait for it.
    while ((await stat(file)).size < 6_000_000) await pause(50);
    await database("deliveries").insert(delivery(600));
    await end();
    await database.destroy();

    expect(failures).toEqual([]);
    // Nobody holds on to it, and all of it is there.
    expect(existsSync(`${file}-wal`)).toBe(false);
    const again = await openDatabase(`sqlite:${file}`);
    expect(await again("deliveries").pluck("id")).toHaveLength(601);
    await again.destroy();
  });

  it("is left alone, and empty, while nothing is written, and moved again after that", async () => {
    const file = await databaseFile();
    const database = await openDatabase(`sqlite:${file}`);
    const failures: unknown[] = [];
    const pace = { looks: 50, pause: 20, quiet: 200 };
    const end = checkpointAside(database, (error) => failures.push(error), pace);
    const pagesBy = async () =>
      (await database.raw<{ readonly wal_autocheckpoint: number }[]>("pragma wal_autocheckpoint"))[0]
        ?.wal_autocheckpoint;

    for (let round = 0; round < 2; round += 1) {
      // More than SQLite leaves in its log, of which it makes no smaller file by itself.
      const rows = Array.from({ length: 600 }, (_, id) => delivery(1000 * round + id));
      await database.batchInsert("deliveries", rows, 50);
      while ((await stat(`${file}-wal`)).size > 0 || (await pagesBy()) !== 1000) await pause(20);
    }
    await end();
    await database.destroy();

    expect(failures).toEqual([]);
    const again = await openDatabase(`sqlite:${file}`);
    expect(await again("deliveries").pluck("id")).toHaveLength(1200);
    await again.destroy();
  });
});
