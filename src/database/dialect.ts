import type { Knex } from "knex";

/** For the few statements that SQLite and Postgres do not share. */
export function isPostgres(database: Knex): boolean {
  return (database.client as { config: Knex.Config }).config.client === "pg";
}
