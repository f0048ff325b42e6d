import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startPostgres } from "../postgres.mjs";

/** Where Sluice keeps what it knows, which processes share it, and how to read it without Sluice. */
export const databases = {
  sqlite: { start: startSqlite, roles: ["serve"], title: "SQLite, one process" },
  postgres: {
    start: startPostgresServer,
    roles: ["web", "worker", "worker"],
    title: "Postgres, three processes",
  },
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

async function startPostgresServer({ directory }) {
  const { default: pg } = await import("pg");
  const { server, url } = await startPostgres({ directory, database: "chaos", persistent: true });
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
