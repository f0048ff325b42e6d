import pg from "pg";
import type { Knex } from "knex";
import type { Logger } from "pino";
import { addressOf } from "../database/dialect.js";
import { commitsByAndBy } from "../database/durable.js";
import { describe } from "./failure.js";

/**
 * Connections for graphile-worker to the database that Knex has open. Those that it would make itself lose their
 * listeners before they are closed, and an error without a listener ends the process: so did a database that was
 * stopped just then. Ours keep them; what failed is told by the next query, and tried again.
 */
export function connectionsFor(database: Knex, log: Logger): pg.Pool {
  const say = (error: Error) => log.debug({ reason: describe(error) }, "a connection of the queue is lost");
  const connectionString = addressOf(database).reveal();
  const onConnect = (client: pg.ClientBase) => client.query(commitsByAndBy);
  const settings = { connectionString, max: 10, onConnect };
  const pool = new pg.Pool(settings);
  return pool.on("error", say).on("connect", (client) => void client.on("error", say));
}

/** Without waiting: one that hangs would keep the queue from starting anew. */
export function close(pool: pg.Pool): void {
  void pool.end().catch(() => undefined);
}
