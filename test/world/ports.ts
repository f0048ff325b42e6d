import { once } from "node:events";
import { createServer } from "node:net";

/** Below what the system hands out by itself, to connections as well: nobody takes one of these by chance. */
const lowest = 12_000;
const perProcess = 100;
const processes = 180;
let taken = process.hrtime()[1] % perProcess;

/** A free port, that nobody else who asks here is given meanwhile. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < perProcess; tries += 1) {
    const port = lowest + (process.pid % processes) * perProcess + (taken++ % perProcess);
    if (await isFree(port)) return port;
  }
  throw new Error("no port");
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
