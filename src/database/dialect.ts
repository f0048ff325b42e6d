import type { Knex } from "knex";
import type { Secret } from "../domain/secret.js";

/** For the few statements that SQLite and Postgres do not share. */
export function isPostgres(database: Knex): boolean {
  return (database.client as { config: Knex.Config }).config.client === "pg";
}

/** What `open.ts` leaves at the database for who reads it here. */
export type DatabaseParameters =
  | { readonly address: Secret }
  /** Of SQLite; `undefined` where it is in memory. */
  | { readonly file: string | undefined };

/** The address under which this database was opened, for libraries that open connections of their own. */
export function addressOf(database: Knex): Secret {
  return (database.userParams as { readonly address: Secret }).address;
}

/** The file of a database of SQLite, where it has one. */
export function fileOf(database: Knex): string | undefined {
  return (database.userParams as { readonly file?: string }).file;
}

/** As much as we use of a connection to SQLite. */
export interface SqliteConnection {
  pragma(statement: string): unknown;
}
