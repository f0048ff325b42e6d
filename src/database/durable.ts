import type { Knex } from "knex";
import { isPostgres, type SqliteConnection } from "./dialect.js";

/** Said to each connection to Postgres: what it commits reaches the disk in its order, but only by and by. */
export const commitsByAndBy = "set synchronous_commit = off";

/**
 * A transaction that even a power failure cannot undo once it has ended: for what others are told of. All others are safe
 * from a killed process, and reach the disk in their order, but only by and by (docs/decisions/0013): this one waits for
 * the disk, and with it all that were committed before.
 */
export async function durably<T>(
  database: Knex,
  work: (transaction: Knex.Transaction) => Promise<T>,
): Promise<T> {
  if (isPostgres(database)) return database.transaction((transaction) => waited(transaction, work));
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

/** As the server, the database or the role is set; replicas are waited for where they are. */
async function waited<T>(
  transaction: Knex.Transaction,
  work: (transaction: Knex.Transaction) => Promise<T>,
): Promise<T> {
  await transaction.raw("set local synchronous_commit to default");
  return work(transaction);
}
