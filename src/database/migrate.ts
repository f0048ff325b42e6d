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

/**
 * For who looks into the database of a service that may be running: whether there is anything of Sluice in it, unchanged.
 * Throws `OperatorError` where its schema is not this program's.
 */
export async function isCurrent(database: Knex): Promise<boolean> {
  await refuseNewer(database);
  const applied = await appliedTo(database);
  if (applied.length === 0) return false;
  const missing = migrationNames.filter((name) => !applied.includes(name));
  if (missing.length === 0) return true;
  throw new OperatorError(
    `the database is that of an older Sluice: it lacks the schema change ${missing.join(", ")}, which this command leaves` +
      " to the service; use the command of the version that runs, or start the service of this one first",
  );
}

/** Whether a newer Sluice has changed the schema, as may happen to one that runs. */
export async function isNewer(database: Knex): Promise<boolean> {
  return (await unknownTo(database)).length > 0;
}

async function refuseNewer(database: Knex): Promise<void> {
  const unknown = await unknownTo(database);
  if (unknown.length === 0) return;
  throw new OperatorError(
    `the database was written by a newer Sluice: this one does not know its schema change ${unknown.join(", ")}; ` +
      "run the newer Sluice, or restore the backup from before the upgrade",
  );
}

async function unknownTo(database: Knex): Promise<readonly string[]> {
  return (await appliedTo(database)).filter((name) => !migrationNames.includes(name));
}

async function appliedTo(database: Knex): Promise<readonly string[]> {
  if (!(await database.schema.hasTable("knex_migrations"))) return [];
  return database<{ name: string }>("knex_migrations").orderBy("id").pluck("name");
}
