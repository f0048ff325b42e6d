import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import knex, { type Knex } from "knex";
import { OperatorError, UserError } from "../domain/errors.js";
import { Secret } from "../domain/secret.js";
import type { DatabaseParameters, SqliteConnection } from "./dialect.js";
import { commitsByAndBy } from "./durable.js";
import { isCurrent, migrate } from "./migrate.js";
import { keepStatements, nameStatements } from "./statements.js";

/**
 * Opens the database and brings its schema up to date. `url` is `sqlite:FILE` (file and directory are made),
 * `sqlite::memory:`, or `postgres://…`. Throws `OperatorError` when it cannot be opened or was written by a newer
 * Sluice, `UserError` for a URL of another kind.
 */
export async function openDatabase(url: string): Promise<Knex> {
  const database = connect(url);
  await atFirst(database, migrate);
  return database;
}

/**
 * Opens the database of a service, running or not, and leaves its schema as it is: an older one would change under a
 * running service. `undefined` where there is nothing of Sluice yet; throws as `openDatabase` does, and `OperatorError`
 * where the schema is not this program's.
 */
export async function openServedDatabase(url: string): Promise<Knex | undefined> {
  const file = sqliteFile(url);
  if (file !== undefined && !existsSync(file)) return undefined;
  const database = connect(url);
  if (await atFirst(database, isCurrent)) return database;
  await database.destroy();
  return undefined;
}

async function atFirst<T>(database: Knex, look: (database: Knex) => Promise<T>): Promise<T> {
  try {
    return await look(database);
  } catch (error) {
    await database.destroy();
    if (error instanceof OperatorError) throw error;
    throw new OperatorError(`the database cannot be opened: ${reasonOf(error)}`, { cause: error });
  }
}

/** Knex on a database as it is, without a look at its schema. */
export function connect(url: string): Knex {
  const file = sqliteFile(url);
  if (file !== undefined) return connectSqlite(file);
  if (/^postgres(ql)?:\/\//.test(url)) return connectPostgres(url);
  throw new UserError("invalid", {
    message: "DATABASE_URL is neither sqlite: nor postgres://",
    remedy: "Write sqlite:var/sluice.db for a file, or postgres://user:password@host/database for a server.",
  });
}

function sqliteFile(url: string): string | undefined {
  return url.startsWith("sqlite:") ? url.slice("sqlite:".length).replace(/^\/\//, "") : undefined;
}

function connectPostgres(url: string): Knex {
  const userParams: DatabaseParameters = { address: new Secret(url) };
  const pool = { min: 0, max: 10, afterCreate: preparePostgres };
  const settings = { client: "pg", connection: url, pool, log: silent, userParams };
  return knex(settings);
}

function connectSqlite(filename: string): Knex {
  const isFile = filename !== ":memory:";
  if (isFile) makeFolder(dirname(filename));
  const userParams: DatabaseParameters = { file: isFile ? filename : undefined };
  // One connection: SQLite has one writer, and a memory database lives as long as its connection.
  const pool = { min: 1, max: 1, afterCreate: prepareSqlite };
  const connection = { filename };
  const settings = {
    ...{ client: "better-sqlite3", connection, pool, useNullAsDefault: true, log: silent },
    userParams,
  };
  return knex(settings);
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new UserError("invalid", {
      message: `the folder ${path} cannot be made: ${reasonOf(error)}`,
      where: "environment",
      remedy: "Set DATA_DIRECTORY, or DATABASE_URL, to a place that Sluice may write to.",
    });
  }
}

function preparePostgres(
  connection: Parameters<typeof nameStatements>[0],
  done: (error: Error | null) => void,
): void {
  nameStatements(connection);
  connection.query(commitsByAndBy, done);
}

type NewConnection = SqliteConnection & Parameters<typeof keepStatements>[0];

function prepareSqlite(connection: NewConnection, done: (error: Error | null) => void): void {
  keepStatements(connection);
  // WAL lets other processes read while we write; they wait rather than fail when both write.
  for (const statement of [
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "busy_timeout = 5000",
    "foreign_keys = ON",
  ]) {
    connection.pragma(statement);
  }
  done(null);
}

/** An error for several addresses that were tried in vain has no message of its own. */
function reasonOf(error: unknown): string {
  const { message, errors = [] } = error as {
    readonly message?: string;
    readonly errors?: readonly unknown[];
  };
  return message !== undefined && message !== "" ? message : errors.map(reasonOf).join("; ");
}

/** Everything that knex would print is thrown as well, and then told in our own words. */
const silent = { debug: nothing, warn: nothing, error: nothing, deprecate: nothing };

function nothing(): void {
  // Said elsewhere.
}
