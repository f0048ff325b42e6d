import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isNewer } from "../../src/database/migrate.js";
import { openDatabase } from "../../src/database/open.js";
import { engines, useDatabases } from "../world/databases.js";

describe.each(engines)("a database on %s", (engine) => {
  const databases = useDatabases(engine);

  it("keeps what it holds when it is opened again", async () => {
    const url = await databases.url();
    const first = await openDatabase(url);
    await first("deliveries").insert({
      forge: "a",
      id: "1",
      event: "e",
      body: "{}",
      received_at: "2026-11-21",
    });
    await first.destroy();

    const again = await openDatabase(url);
    expect(await again("deliveries").pluck("id")).toEqual(["1"]);
    await again.destroy();
  });

  it("is left alone when a newer Sluice wrote it", async () => {
    const url = await databases.url();
    const newer = await openDatabase(url);
    expect(await isNewer(newer)).toBe(false);
    await newer("knex_migrations").insert({
      name: "20990101000000_fly",
      batch: 2,
      migration_time: "2099-01-01",
    });
    // What one that has been running since before then is told.
    expect(await isNewer(newer)).toBe(true);
    await newer.destroy();

    await expect(openDatabase(url)).rejects.toMatchObject({
      name: "OperatorError",
      message:
        "the database was written by a newer Sluice: this one does not know its schema change 20990101000000_fly;" +
        " run the newer Sluice, or restore the backup from before the upgrade",
    });
  });
});

describe("a server of Postgres", () => {
  const databases = useDatabases("Postgres");

  it("plans what it is asked again and again once for each connection, and not more than it can hold", async () => {
    const database = await databases.open();
    const ask = (name: string) => database.raw(`select 1 as ${name} where 1 = ?`, [1]);

    for (let time = 0; time < 10; time += 1) await ask("often");
    for (let time = 0; time < 300; time += 1) await ask(`once_${time}`);

    const { rows } = await database.raw<{ rows: unknown[] }>("select statement from pg_prepared_statements");
    expect(rows).toHaveLength(200);
    expect(rows).toContainEqual({ statement: "select 1 as often where 1 = $1" });
  });

  it("may be opened by several at the same time while it is new", async () => {
    const url = await databases.url();

    const opened = await Promise.all([openDatabase(url), openDatabase(url), openDatabase(url)]);

    for (const database of opened) {
      expect(await database("jobs")).toEqual([]);
      await database.destroy();
    }
  });
});

describe("opening a database", () => {
  let directory = "";
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "sluice-open-"));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it("makes the file and the directories that it lies in", async () => {
    const file = join(directory, "var", "lib", "sluice.db");

    await (await openDatabase(`sqlite:${file}`)).destroy();

    expect(existsSync(file)).toBe(true);
  });

  it("may be in memory", async () => {
    const database = await openDatabase("sqlite::memory:");

    expect(await database("jobs")).toEqual([]);
    await database.destroy();
  });

  it("takes a backup that was made while it was in use", async () => {
    const [file, backup] = [join(directory, "used.db"), join(directory, "backup.db")];
    const used = await openDatabase(`sqlite:${file}`);
    const row = { forge: "a", id: "1", event: "e", body: "{}", received_at: "2026-11-21" };
    await used("deliveries").insert(row);
    await used.raw("vacuum into ?", [backup]);
    await used.destroy();

    const restored = await openDatabase(`sqlite:${backup}`);
    expect(await restored("deliveries").pluck("id")).toEqual(["1"]);
    await restored.destroy();
  });

  it("says when a file is not a database", async () => {
    const file = join(directory, "notes.txt");
    await writeFile(file, "not a database, but long enough to be looked at as one ".repeat(40));

    await expect(openDatabase(`sqlite:${file}`)).rejects.toMatchObject({
      name: "OperatorError",
      message: "the database cannot be opened: file is not a database",
    });
  });

  it("says when a server cannot be reached, without the password", async () => {
    const error: unknown = await openDatabase("postgres://sluice:hunter2@127.0.0.1:1/sluice").catch(
      (e: unknown) => e,
    );

    expect(error).toMatchObject({
      name: "OperatorError",
      message: expect.stringContaining("ECONNREFUSED") as unknown,
    });
    expect(JSON.stringify(error) + String(error)).not.toContain("hunter2");
  });

  it("is refused for anything else", async () => {
    await expect(openDatabase("mysql://db/sluice")).rejects.toMatchObject({
      name: "UserError",
      message: "DATABASE_URL is neither sqlite: nor postgres://",
    });
  });
});
