import { Logger, runMigrations } from "graphile-worker";
import type { Knex } from "knex";
import { OperatorError } from "../domain/errors.js";
import { addressOf, isPostgres } from "./dialect.js";
import { migrationNames, migrationSource } from "./migrations.js";

/** Marks a file as a database of Sluice ("SLCE"). */
const applicationId = 0x53_4c_43_45;

/** Any number that no other program takes on the same Postgres database. */
const advisoryLock = 7_305_811;

/**
 * Brings the schema up to date, all of it or nothing. Programs that start at the same time wait for one another, and a
 * killed one leaves nothing locked: the lock lives and dies with the transaction (knex's own outlives its process).
 */
export async function migrate(database: Knex): Promise<void> {
  await database.transaction(async (transaction) => {
    await lock(transaction);
    await refuseNewer(transaction);
    await transaction.migrate.latest({ migrationSource });
    if (isPostgres(transaction)) await migrateEngine(addressOf(database).reveal());
  });
}

/** The queue's engine has a schema of its own beside ours, and connections of its own. */
async function migrateEngine(connectionString: string): Promise<void> {
  const silent = new Logger(() => () => undefined);
  await runMigrations({ connectionString, logger: silent });
}

async function lock(transaction: Knex.Transaction): Promise<void> {
  if (isPostgres(transaction)) {
    await transaction.raw("select pg_advisory_xact_lock(?)", [advisoryLock]);
    return;
  }
  // A transaction of SQLite that begins with a write waits for other writers; one that begins with a read fails.
  await transaction.raw(`pragma application_id = ${applicationId}`);
}

async function refuseNewer(transaction: Knex.Transaction): Promise<void> {
  if (!(await transaction.schema.hasTable("knex_migrations"))) return;
  const applied = await transaction<{ name: string }>("knex_migrations").orderBy("id").pluck("name");
  const unknown = applied.filter((name) => !migrationNames.includes(name));
  if (unknown.length === 0) return;
  throw new OperatorError(
    `the database was written by a newer Sluice: this one does not know its schema change ${unknown.join(", ")}; ` +
      "run the newer Sluice, or restore the backup from before the upgrade",
  );
}
