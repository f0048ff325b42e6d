/** SQLite: no room, or a file that somebody else holds for longer than we wait, or a disk that fails. */
const sqlite = /^SQLITE_(FULL|BUSY|IOERR|READONLY)/;

/**
 * Postgres: a connection lost or refused (08), two that waited for one another (40), no room, memory or connections left
 * (53), a server that stops, starts or was just replaced (57P0x, 25006), and a lock that was not to be had (55P03).
 */
const postgres = /^(08...|40...|53...|57P0.|25006|55P03)$/;

const network = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;

/** What pg and knex say without a code. */
const said =
  /^Connection terminated|connection error and is not queryable|^Knex: Timeout acquiring a connection|^Connection ended unexpectedly/;

/** Whether the database, or the way to it, is in trouble that passes: it has no room, is being restarted, or is too busy. */
export function isDatabaseTrouble(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? String(error.code) : "";
  const isKnown = [sqlite, postgres, network].some((codes) => codes.test(code));
  return isKnown || said.test(error.message) || isDatabaseTrouble(error.cause);
}
