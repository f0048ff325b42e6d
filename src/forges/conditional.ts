import { gunzipSync, gzipSync } from "node:zlib";
import type { Fetch } from "./throttle.js";

interface Answered {
  readonly tag: string;
  readonly headers: readonly (readonly [string, string])[];
  /** Compressed: lists say the same of each entry. */
  readonly body: Buffer;
}

/** Bytes of answers that are kept for one identity, and of one answer that is worth it. */
const capacity = 16 * 1024 * 1024;
const largest = 512 * 1024;

/**
 * Asks what was asked before only for what has changed since: a forge answers 304 to the tag of an answer that still holds,
 * at no cost in GitHub's budget and at little in GitLab's. Each identity has a memory of its own, so what one may read is
 * never shown to another.
 */
export function conditionalFetch(fetch: Fetch): Fetch {
  const memory = new AnswerMemory();
  return async (url, init = {}) => {
    const headers = new Headers(init.headers);
    if ((init.method ?? "GET").toUpperCase() !== "GET" || headers.has("if-none-match"))
      return fetch(url, init);
    const key = `${headers.get("accept") ?? ""} ${String(url)}`;
    const known = memory.recall(key);
    if (known) headers.set("if-none-match", known.tag);
    const response = await fetch(url, { ...init, headers: Object.fromEntries(headers) });
    if (known && response.status === 304) return again(known, response);
    const tag = response.headers.get("etag");
    if (response.status !== 200 || tag === null) return response;
    const body = await response.clone().arrayBuffer();
    if (body.byteLength > largest) memory.forget(key);
    else {
      const packed = gzipSync(Buffer.from(body), { level: 3 });
      memory.remember(key, { tag, body: packed, headers: [...response.headers] });
    }
    return response;
  };
}

/** The answer of then, with what the forge says of its budget now. */
function again({ headers, body }: Answered, { headers: fresh }: Response): Response {
  const merged = new Headers(headers.map(([name, value]): [string, string] => [name, value]));
  fresh.forEach((value, name) => merged.set(name, value));
  return new Response(new Uint8Array(gunzipSync(body)), { status: 200, headers: merged });
}

/** Forgets what was longest not asked for. */
class AnswerMemory {
  readonly #answers = new Map<string, Answered>();
  #size = 0;

  recall(key: string): Answered | undefined {
    const known = this.#answers.get(key);
    if (known) {
      this.#answers.delete(key);
      this.#answers.set(key, known);
    }
    return known;
  }

  remember(key: string, answered: Answered): void {
    this.forget(key);
    this.#answers.set(key, answered);
    this.#size += answered.body.byteLength;
    for (const oldest of this.#answers.keys()) {
      if (this.#size <= capacity) return;
      this.forget(oldest);
    }
  }

  forget(key: string): void {
    this.#size -= this.#answers.get(key)?.body.byteLength ?? 0;
    this.#answers.delete(key);
  }
}
