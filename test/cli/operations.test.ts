import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Knex } from "knex";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { openLookout, openOperations, startService } from "../../src/app.js";
import { migrationSource } from "../../src/database/migrations.js";
import { connect, openDatabase } from "../../src/database/open.js";
import { systemClock } from "../../src/domain/clock.js";
import { OperatorError } from "../../src/domain/errors.js";
import { SqlPairs } from "../../src/linking/pairs/sql-pairs.js";
import { SqlQueue } from "../../src/queue/sql-queue.js";
import { sluice } from "./run.js";

const file = fileURLToPath(new URL("../fixtures/config/one-link.yml", import.meta.url));
const push = { object_kind: "push", ref: "refs/heads/main", project: { path_with_namespace: "src/tally" } };

let directory = "";
let address = "";

/** What a service left behind: a parked job, a delivery and a pair. */
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-operations-"));
  address = `sqlite:${join(directory, "sluice.db")}`;
  const database = await openDatabase(address);
  const queue = new SqlQueue({ database, clock: systemClock, log: pino({ level: "silent" }) });
  const job = { kind: "mirror", key: "mirror 1", lane: "a", payload: {} };
  const receivedAt = systemClock.now();
  const delivery = { forge: "gitlab.com", id: "abc", event: "Wiki Page Hook", body: JSON.stringify(push) };
  await queue.accept({ ...delivery, receivedAt }, [job]);
  await queue.runDue(() => Promise.reject(new OperatorError("the token lacks a right")));
  await new SqlPairs(database, systemClock).ensure({
    sourceGit: { repository: { forge: "gitlab.com", path: "src/tally" }, number: 7 },
    distGit: { repository: { forge: "gitlab.com", path: "rpms/tally" }, branch: "sluice/7" },
  });
  await database.destroy();
});

afterEach(() => rm(directory, { recursive: true }));

function run(...words: readonly string[]) {
  const env = {
    ...{ GITLAB_TOKEN: "glpat-s3cr3t", GITLAB_WEBHOOK_SECRET: "hook-s3cr3t" },
    ...{ DATABASE_URL: address, DATA_DIRECTORY: directory },
  };
  const loadService = () => Promise.resolve({ startService, openLookout, openOperations });
  return sluice([...words, "--config", file], { env, loadService });
}

describe("jobs", () => {
  it("are listed with what went wrong, and run again or are forgotten when the operator says so", async () => {
    const listed = await run("jobs");
    expect(listed.stdout).toMatch(/^ID +STATE +TRIES +DUE +JOB +ERROR\n/);
    expect(listed.stdout).toMatch(/^1 +parked +1 .* mirror 1 +OperatorError: the token lacks a right$/m);
    expect((await run("jobs", "show", "1")).stdout).toContain("operations.test");

    expect((await run("jobs", "retry", "all")).stdout).toBe("1 parked jobs run again\n");
    expect(JSON.parse((await run("jobs", "--json")).stdout)).toMatchObject([{ id: "1", state: "waiting" }]);

    expect((await run("jobs", "forget", "1")).stdout).toBe("mirror 1 is forgotten\n");
    expect((await run("jobs")).stdout).toBe("No jobs.\n");
  });

  it.each([
    [["jobs", "show", "9"], 1, "there is no job 9"],
    [["jobs", "retry"], 2, "retry needs an id"],
    [["deliveries", "replay", "none"], 1, "there is no delivery none"],
    [["pairs", "forget", "x"], 1, "there is no pair x"],
  ])("that are asked for in vain are said not to be there: %j", async (words, exit, sentence) => {
    const { code, stderr } = await run(...words);

    expect([code, stderr]).toEqual([exit, expect.stringContaining(sentence)]);
  });
});

it("lists, shows and replays deliveries", async () => {
  expect((await run("deliveries")).stdout).toMatch(/gitlab\.com +Wiki Page Hook +abc$/m);
  expect((await run("deliveries", "show", "abc")).stdout).toContain('"object_kind":"push"');
  expect((await run("deliveries", "replay", "abc")).stdout).toBe("abc is replayed: 0 jobs\n");
});

it("lists and forgets pairs", async () => {
  expect((await run("pairs")).stdout).toMatch(/^1 +opening .* gitlab\.com\/src\/tally!7 +-$/m);
  expect((await run("pairs", "forget", "1")).stdout).toBe(
    "the pair of gitlab.com/src/tally!7 is forgotten\n",
  );
  expect((await run("pairs")).stdout).toBe("No pairs.\n");
});

describe("a database that is not this version's", () => {
  /** What the running service has, whose schema is older or newer than that of these commands. */
  async function changed(change: (database: Knex) => Promise<unknown>) {
    const database = connect(address);
    await change(database);
    await database.destroy();
  }
  const schema = async () => {
    const database = connect(address);
    const names = await database("knex_migrations").orderBy("id").pluck<string[]>("name");
    await database.destroy();
    return names;
  };

  it.each([
    ["an older", (database: Knex) => database.migrate.down({ migrationSource }), "that of an older Sluice"],
    [
      "a newer",
      (database: Knex) =>
        database("knex_migrations").insert({ name: "20990101000000_fly", batch: 2, migration_time: "2099" }),
      "written by a newer Sluice",
    ],
  ])("is left as it is where it is %s", async (_, change, sentence) => {
    await changed(change);
    const before = await schema();

    for (const command of [["jobs"], ["deliveries"], ["pairs"], ["status", "gitlab.com/src/tally"]]) {
      const { code, stderr } = await run(...command);
      expect([code, stderr]).toEqual([1, expect.stringContaining(sentence)]);
    }
    expect(await schema()).toEqual(before);
  });

  it("is not made by who only looks", async () => {
    address = `sqlite:${join(directory, "elsewhere.db")}`;

    const { code, stderr } = await run("jobs");

    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("no service was started with these settings"),
    ]);
    expect(existsSync(join(directory, "elsewhere.db"))).toBe(false);
  });
});
