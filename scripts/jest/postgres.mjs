// One Postgres server for all files of tests; each of them makes databases of its own there, and drops them.
import { join } from "node:path";
import { root } from "../install.mjs";
import { startPostgres } from "../postgres.mjs";

/** What is lost in a power cut is worth nothing, and there is no room for what was. */
const settings = [
  ...["fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off"],
  ...["wal_level=minimal", "max_wal_senders=0", "max_wal_size=64MB", "max_connections=400"],
];

/** Answers the address of an empty database with today's schema, to be copied, and how to stop the server. */
export async function startTestPostgres(directory) {
  const { server, url } = await startPostgres({ directory, database: "template_of_tests", settings });
  // Whatever ends this process, before its files are removed.
  process.prependOnceListener("exit", () => server.process?.kill("SIGQUIT"));
  const { openDatabase } = await import(join(root, "dist", "src", "database", "open.js"));
  await (await openDatabase(url)).destroy();
  return { url, stop: () => server.stop() };
}
