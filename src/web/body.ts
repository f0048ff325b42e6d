import type { IncomingMessage } from "node:http";

/** The largest webhook that is taken: both forges cut theirs at 25 MB. */
const largestBody = 25 * 1024 * 1024;

/** `gone`: the sender went away before the end. `busy`: it had to make room for others. */
export type NoBody = "too large" | "gone" | "busy";

export interface RoomSettings {
  /** What all bodies together may take of memory. */
  readonly bytes?: number;
  /** So many may be on their way at a time. */
  readonly count?: number;
}

/** A body on its way. */
interface Coming {
  size: number;
  readonly giveWay: () => void;
}

/**
 * What all webhooks together may take of memory while they come and are stored. They are held before anybody knows whether
 * they are signed, so somebody's flood must not keep the forges out: where there is no room, the largest body gives way,
 * and where too many are on their way, the one that takes the longest. Those of the forges are small, and come at once.
 */
export class BodyRoom {
  readonly #bytes: number;
  readonly #count: number;
  /** Oldest first. */
  readonly #coming = new Set<Coming>();
  #held = 0;

  constructor({ bytes = 100 * 1024 * 1024, count = 500 }: RoomSettings = {}) {
    this.#bytes = bytes;
    this.#count = count;
  }

  /**
   * Reads a body and holds it for as long as it is used; what does not fit is discarded as soon as that is known, so that
   * the sender can read the answer.
   */
  async hold<T>(incoming: IncomingMessage, use: (body: Buffer | NoBody) => Promise<T>): Promise<T> {
    const declared = Number(incoming.headers["content-length"] ?? 0);
    const body = declared > largestBody ? "too large" : await this.#read(incoming);
    if (!Buffer.isBuffer(body)) {
      incoming.resume();
      return use(body);
    }
    this.#held += body.length;
    try {
      return await use(body);
    } finally {
      this.#held -= body.length;
    }
  }

  /** Events rather than iteration: leaving a loop over the stream would destroy the connection before the answer. */
  #read(incoming: IncomingMessage): Promise<Buffer | NoBody> {
    return new Promise((resolve) => {
      let chunks: Buffer[] = [];
      const end = (answer: Buffer | NoBody) => {
        if (this.#coming.delete(coming)) this.#held -= coming.size;
        chunks = [];
        resolve(answer);
      };
      const coming: Coming = { size: 0, giveWay: () => end("busy") };
      this.#coming.add(coming);
      this.#makeRoom();
      incoming.on("data", (chunk: Buffer) => {
        if (!this.#coming.has(coming)) return;
        coming.size += chunk.length;
        this.#held += chunk.length;
        chunks.push(chunk);
        if (coming.size > largestBody) end("too large");
        else this.#makeRoom();
      });
      incoming.on("end", () => end(Buffer.concat(chunks)));
      incoming.on("error", () => end("gone"));
      incoming.on("close", () => end("gone"));
    });
  }

  #makeRoom(): void {
    const [oldest] = this.#coming;
    if (this.#coming.size > this.#count) oldest?.giveWay();
    while (this.#held > this.#bytes && this.#coming.size > 0) this.#largest()?.giveWay();
  }

  #largest(): Coming | undefined {
    let largest: Coming | undefined;
    for (const coming of this.#coming) if (coming.size > (largest?.size ?? -1)) largest = coming;
    return largest;
  }
}
