import type { IncomingMessage } from "node:http";

/** The largest webhook that is taken: both forges cut theirs at 25 MB. */
export const largestBody = 25 * 1024 * 1024;

/** `gone`: the sender went away before the end. `busy`: too much is held of others at the moment. */
export type ReadBody = Buffer | "too large" | "gone" | "busy";

/** Bodies are held before anybody knows whether they are signed, so all of them together are bounded as well. */
const largestSum = 200 * 1024 * 1024;

/**
 * What all webhooks together may take of memory while they are read and stored. Only what has come is counted: to announce
 * a long body and send it slowly costs a stranger nothing, and must not keep others out.
 */
export class BodyRoom {
  #held = 0;

  /**
   * Reads a body into memory, or answers "too large" as soon as it is known to be; what still comes is discarded, so that
   * the sender can read the answer.
   */
  async read(incoming: IncomingMessage, limit: number): Promise<ReadBody> {
    const declared = Number(incoming.headers["content-length"] ?? 0);
    const body = declared > limit ? "too large" : await this.#readUpTo(incoming, limit);
    if (typeof body === "string") incoming.resume();
    return body;
  }

  /** Events rather than iteration: leaving a loop over the stream would destroy the connection before the answer. */
  #readUpTo(incoming: IncomingMessage, limit: number): Promise<ReadBody> {
    return new Promise((resolve) => {
      let chunks: Buffer[] = [];
      let size = 0;
      let ended = false;
      const end = (answer: ReadBody) => {
        if (!ended) this.#held -= size;
        ended = true;
        chunks = [];
        resolve(answer);
      };
      incoming.on("data", (chunk: Buffer) => {
        if (ended) return;
        size += chunk.length;
        this.#held += chunk.length;
        chunks.push(chunk);
        if (size > limit) end("too large");
        else if (this.#held > largestSum) end("busy");
      });
      incoming.on("end", () => end(Buffer.concat(chunks)));
      incoming.on("error", () => end("gone"));
      incoming.on("close", () => end("gone"));
    });
  }
}
