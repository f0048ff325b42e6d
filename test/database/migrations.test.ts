import { describe, expect, it } from "@jest/globals";
import type { Knex } from "knex";
import { readdir } from "node:fs/promises";
import { migrationNames, migrationSource } from "../../src/database/migrations.js";
import { engines, useDatabases } from "../world/databases.js";

/** Rows for the tables that each migration makes, so that no migration is only tried on empty tables. */
const population: Readonly<Record<string, (database: Knex) => Promise<unknown>>> = {
  async "20261121023500_create_queue"(database) {
    const now = "2026-11-21T12:00:00.000Z";
    await database("deliveries").insert({
      forge: "gitlab.com",
      id: "1",
      event: "Push Hook",
      body: "{}",
      received_at: now,
    });
    const job = { kind: "mirror", lane: "a", payload: "{}", attempt: 0, run_at: now, created_at: now };
    await database("jobs").insert([
      { ...job, key: "one", state: "waiting" },
      { ...job, key: "two", state: "running", attempt: 3, locked_until: now },
      { ...job, key: "two", state: "parked", attempt: 1, last_error: "no right" },
    ]);
  },
  async "20261121023600_create_pairs"(database) {
    const now = "2026-11-21T12:00:00.000Z";
    const [pair] = await database("pairs")
      .insert({
        source_forge: "gitlab.com",
        source_path: "src/tally",
        source_number: 1,
        dist_forge: "github.com",
        dist_path: "rpms/tally",
        dist_branch: "sluice/1",
        state: "opening",
        created_at: now,
        updated_at: now,
      })
      .returning<{ id: number }[]>("id");
    const commits = { source_commit: "a".repeat(40), dist_commit: "b".repeat(40) };
    await database("mirrored_commits").insert({ pair_id: pair?.id, ...commits, created_at: now });
  },
  async "20261121053000_add_shown_texts"(database) {
    await database("pairs").update({ shown_title: "Fix", shown_draft: false, shown_texts: "0".repeat(64) });
  },
  async "20261121060000_add_commands"(database) {
    const now = "2026-11-21T12:00:00.000Z";
    await database("pairs").update({ paused_by: "ada", waiting_head: "c".repeat(40), waiting_since: now });
    const pair = await database("pairs").first<{ id: number }>("id");
    const trusted = { source_commit: "c".repeat(40), trusted_by: "ada", created_at: now };
    await database("trusted_commits").insert({ pair_id: pair.id, ...trusted });
  },
  async "20261121084116_create_homecomings"(database) {
    const now = "2026-11-21T12:00:00.000Z";
    const [homecoming] = await database("homecomings")
      .insert({
        ...{ dist_forge: "github.com", dist_path: "rpms/tally", dist_branch: "main" },
        ...{ source_forge: "gitlab.com", source_path: "src/tally", source_branch: "main" },
        ...{ home_branch: "sluice/from-dist-main", state: "open", created_at: now, updated_at: now },
      })
      .returning<{ id: number }[]>("id");
    const pushed = { homecoming_id: homecoming?.id, commit: "d".repeat(40), created_at: now };
    await database("homecoming_commits").insert(pushed);
  },
  async "20261121084633_create_told"(database) {
    const now = "2026-11-21T12:00:00.000Z";
    const pair = await database("pairs").first<{ id: number }>("id");
    await database("told").insert({
      ...{ pair_id: pair.id, merge_request: "{}", progress: "{}", results: null, said_in_dist: true },
    });
    await database("told_notes").insert({ pair_id: pair.id, topic: "drift", text: "dist-git moved" });
    await database("given").insert({ key: "comment a", value: "{}", updated_at: now });
  },
  async "20261121091054_add_shown_labels"(database) {
    await database("pairs").update({ shown_labels: '{"given":["bug"],"giving":[]}' });
  },
  async "20261121092928_add_forks_and_ids"(database) {
    await database("pairs").update({ fork_path: "sluice-bot/tally", source_id: 3_000_000_000, dist_id: 42 });
  },
  async "20261121101000_create_sweeps"(database) {
    const now = "2026-11-21T12:00:00.000Z";
    const place = { forge: "github.com", path: "rpms/tally" };
    await database("sweeps").insert({ ...place, swept_at: now, tips: "{}", trouble: "missing" });
    await database("obeyed_comments").insert({ ...place, number: 1, comment_id: 2 ** 40, obeyed_at: now });
  },
  async "20261121123500_share_the_queue"(database) {
    await database("jobs").update({ share: "github.com/rpms/tally", turn: "2026-11-21T12:00:00.000Z" });
  },
  async "20261121123601_create_limits"(database) {
    const now = "2026-11-21T12:00:00.000Z";
    const budget = { budget: 5000, remaining: 12, reset_at: now, closed_until: now, seen_at: now };
    await database("limits").insert({ forge: "github.com", owner: "app", process: "one", ...budget });
  },
  async "20261121125000_create_repositories"(database) {
    const now = "2026-11-21T12:00:00.000Z";
    const repository = { forge: "github.com", repository_id: 2 ** 40 };
    await database("repositories").insert({ ...repository, path: "rpms/tally", seen_at: now });
    await database("former_names").insert({ ...repository, path: "rpms/telly", left_at: now });
  },
  async "20261121151000_create_status_names"(database) {
    const pair = await database("pairs").first<{ id: number }>("id");
    const commit = { forge: "gitlab.com", path: "src/tally", source_commit: "a".repeat(40) };
    await database("status_names").insert({ ...commit, pair_id: pair.id, plain: true });
  },
  async "20261121151100_remember_predecessors"(database) {
    const pair = await database("pairs").first<{ id: number }>("id");
    const place = { forge: "github.com", path: "rpms/tally", number: 7 };
    await database("predecessors").insert({ ...place, pair_id: pair.id });
    await database("obeyed_comments").update({
      finished: false,
      orders: "pause",
      said_at: "2026-11-21T12:00:00.000Z",
    });
  },
  async "20261121182000_keep_answers"(database) {
    await database("obeyed_comments").update({ answer: "`/sluice retry`: runs again: `build`." });
  },
  async "20261121184000_share_statuses"(database) {
    await database("status_names").update({
      mirroring: '{"state":"success"}',
      results: '{"state":"pending"}',
    });
  },
  async "20261121212500_remember_results"(database) {
    const pair = await database("pairs").first<{ id: number }>("id");
    const commit = { pair_id: pair.id, dist_commit: "b".repeat(40) };
    await database("relayed_results").insert({
      ...commit,
      ended: false,
      asked_at: "2026-11-21T12:00:00.000Z",
    });
  },
  async "20261121213001_time_claims"(database) {
    await database("jobs").where({ state: "running" }).update({ begun_at: "2026-11-21T12:00:00.000Z" });
  },
  async "20261121215500_remember_ends"(database) {
    await database("pairs").update({ closed_with: 7 });
  },
  async "20261121225000_remember_reactions"(database) {
    await database("obeyed_comments").update({ reaction: "done" });
  },
};

describe.each(engines)("the migrations on %s", (engine) => {
  const databases = useDatabases(engine);

  it("go up one by one, each on what the earlier ones hold, and down again the same way", async () => {
    const database = databases.connect(await databases.url());

    const schemas: unknown[] = [];
    for (const name of migrationNames) {
      schemas.push(await schemaOf(database, engine));
      await database.migrate.up({ migrationSource });
      await population[name]?.(database);
    }
    const populated = await contentOf(database, engine);
    for (const schema of schemas.reverse()) {
      await database.migrate.down({ migrationSource });
      expect(await schemaOf(database, engine)).toEqual(schema);
    }
    await database.migrate.latest({ migrationSource });

    expect(populated).toMatchObject({ deliveries: 1, jobs: 3, pairs: 1, mirrored_commits: 1 });
    expect(await contentOf(database, engine)).toMatchObject({
      deliveries: 0,
      jobs: 0,
      pairs: 0,
      mirrored_commits: 0,
    });
  });

  it("allow no two waiting jobs with one key and no two running jobs in one lane", async () => {
    const database = await databases.open();
    const now = "2026-11-21T12:00:00.000Z";
    const job = { kind: "mirror", payload: "{}", run_at: now, created_at: now };
    await database("jobs").insert({ ...job, key: "one", lane: "a", state: "waiting" });
    await database("jobs").insert({ ...job, key: "two", lane: "a", state: "running" });

    for (const refused of [
      { ...job, key: "one", lane: "b", state: "waiting" },
      { ...job, key: "three", lane: "a", state: "running" },
      { ...job, key: "four", lane: "c", state: "sleeping" },
    ]) {
      await expect(database("jobs").insert(refused)).rejects.toHaveProperty("message");
    }
    expect(await database("jobs").count({ count: "*" })).toMatchObject([
      { count: expect.anything() as unknown },
    ]);
    expect(await database("jobs").pluck("key")).toEqual(["one", "two"]);
  });

  it("let what a pair mirrored go with the pair", async () => {
    const database = await databases.open();
    await population["20261121023600_create_pairs"]?.(database);

    await database("pairs").delete();

    expect(await database("mirrored_commits")).toEqual([]);
  });
});

it("lists every migration of the folder", async () => {
  const files = await readdir(new URL("../../migrations/", import.meta.url));

  expect(files.sort()).toEqual(migrationNames.map((name) => `${name}.ts`));
  expect(Object.keys(population)).toEqual(migrationNames);
});

/** Tables, columns and indexes, knex's own aside. */
async function schemaOf(database: Knex, engine: (typeof engines)[number]): Promise<unknown> {
  const statement =
    engine === "SQLite"
      ? "select tbl_name, name, sql from sqlite_master where tbl_name not like 'knex_%' and tbl_name not like 'sqlite_%'"
      : `select table_name, column_name, data_type from information_schema.columns
         where table_schema = 'public' and table_name not like 'knex_%'
         union all select tablename, indexname, indexdef from pg_indexes
         where schemaname = 'public' and tablename not like 'knex_%' order by 1, 2`;
  return rowsOf(await database.raw(statement));
}

/** How many rows each table has, knex's own aside. */
async function contentOf(database: Knex, engine: (typeof engines)[number]): Promise<Record<string, number>> {
  const statement =
    engine === "SQLite"
      ? "select name from sqlite_master where type = 'table' and name not like 'knex_%' and name not like 'sqlite_%'"
      : "select tablename as name from pg_tables where schemaname = 'public' and tablename not like 'knex_%'";
  const names = rowsOf(await database.raw(statement)) as { name: string }[];
  const counts = names.map(async ({ name }) => [name, (await database(name)).length] as const);
  return Object.fromEntries(await Promise.all(counts));
}

function rowsOf(answer: unknown): unknown[] {
  return Array.isArray(answer) ? answer : (answer as { rows: unknown[] }).rows;
}
