import type { Knex } from "knex";
import { isPostgres, type SqliteConnection } from "./dialect.js";

/**
 * A transaction that even a power failure cannot undo once it has ended: for what others are told of. Postgres has no
 * other kind. SQLite's are safe from a killed process, and reach the disk in their order, but only by and by
 * (docs/decisions/0013): this one waits for the disk, and with it all that were committed before.
 */
export async function durably<T>(
  database: Knex,
  work: (transaction: Knex.Transaction) => Promise<T>,
): Promise<T> {
  if (isPostgres(database)) return database.transaction(work);
  const { client } = database as { client: Pick<Knex.Client, "acquireConnection" | "releaseConnection"> };
  const connection = (await client.acquireConnection()) as SqliteConnection;
  try {
    connection.pragma("synchronous = FULL");
    return await database.transaction(work, { connection });
  } finally {
    connection.pragma("synchronous = NORMAL");
    await client.releaseConnection(connection);
  }
}
