import type { IncomingMessage } from "node:http";

/** The largest webhook that is taken: both forges cut theirs at 25 MB. */
export const largestBody = 25 * 1024 * 1024;

/** `gone`: the sender went away before the end. */
export type ReadBody = Buffer | "too large" | "gone";

/**
 * Reads a body into memory, or answers "too large" as soon as it is known to be; what still comes is discarded, so that
 * the sender can read the answer.
 */
export async function readBody(incoming: IncomingMessage, limit: number): Promise<ReadBody> {
  const declared = Number(incoming.headers["content-length"] ?? 0);
  const body = declared > limit ? "too large" : await readUpTo(incoming, limit);
  if (body === "too large") incoming.resume();
  return body;
}

/** Events rather than iteration: leaving a loop over the stream would destroy the connection before the answer. */
function readUpTo(incoming: IncomingMessage, limit: number): Promise<ReadBody> {
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let size = 0;
    incoming.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) {
        chunks.push(chunk);
      } else {
        chunks = [];
        resolve("too large");
      }
    });
    incoming.on("end", () => resolve(Buffer.concat(chunks)));
    incoming.on("error", () => resolve("gone"));
  });
}
