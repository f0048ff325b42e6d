import type { Knex } from "knex";
import type { Secret } from "../domain/secret.js";

/** For the few statements that SQLite and Postgres do not share. */
export function isPostgres(database: Knex): boolean {
  return (database.client as { config: Knex.Config }).config.client === "pg";
}

/** What `open.ts` leaves at the database for who reads it here. */
export interface DatabaseParameters {
  readonly address: Secret;
}

/** The address under which this database was opened, for libraries that open connections of their own. */
export function addressOf(database: Knex): Secret {
  return (database.userParams as DatabaseParameters).address;
}

/** As much as we use of a connection to SQLite. */
export interface SqliteConnection {
  pragma(statement: string): unknown;
}
