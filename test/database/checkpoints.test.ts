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
});
