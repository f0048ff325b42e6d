import { join } from "node:path";
import { startPostgres } from "../postgres.mjs";

/** Where Sluice keeps what it knows: each starts empty, and answers its address and the way to end it. */
export const databases = {
  SQLite: async (directory) => ({ url: `sqlite:${join(directory, "sluice.db")}`, stop: () => undefined }),
  Postgres: async (directory) => {
    const { server, url } = await startPostgres({ directory, database: "load" });
    return { url, stop: () => server.stop() };
  },
};
