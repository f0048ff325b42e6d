import { once } from "node:events";
import { createServer } from "node:net";

/** Below what systems hand out by themselves, to connections as well: nobody takes one of these by chance. */
const lowest = 10_000;
const highest = 12_000;

/** A port that was free a moment ago. */
export async function freePort() {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (await isFree(port)) return port;
  }
}

async function isFree(port) {
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
