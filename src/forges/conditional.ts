import { gunzipSync, gzipSync } from "node:zlib";
import type { Fetch } from "./throttle.js";

interface Answered {
  readonly tag: string;
  /** Headers and body, compressed: lists say the same of each entry, and forges much the same in all headers. */
  readonly packed: Uint8Array;
}

/** Bytes of answers that are kept for one identity, with all that is kept of them, and of one body that is worth it. */
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
    else memory.remember(key, { tag, packed: pack(response.headers, body) });
    return response;
  };
}

/** The answer of then, with what the forge says of its budget now. */
function again({ packed }: Answered, { headers: fresh }: Response): Response {
  const unpacked = gunzipSync(packed);
  const end = unpacked.indexOf("\n");
  const merged = new Headers(JSON.parse(unpacked.toString("utf8", 0, end)) as [string, string][]);
  fresh.forEach((value, name) => merged.set(name, value));
  return new Response(new Uint8Array(unpacked.subarray(end + 1)), { status: 200, headers: merged });
}

/** A copy: what zlib answers is a window on 16 kB, however short, and all of them would be kept with it. */
function pack(headers: Headers, body: ArrayBuffer): Uint8Array {
  const said = Buffer.concat([Buffer.from(`${JSON.stringify([...headers])}\n`), Buffer.from(body)]);
  return new Uint8Array(gzipSync(said, { level: 3 }));
}

/** Bytes that an entry takes beside its texts, by and large. */
const overhead = 300;

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
    this.#size += sizeOf(key, answered);
    for (const oldest of this.#answers.keys()) {
      if (this.#size <= capacity) return;
      this.forget(oldest);
    }
  }

  forget(key: string): void {
    const known = this.#answers.get(key);
    if (known) this.#size -= sizeOf(key, known);
    this.#answers.delete(key);
  }
}

function sizeOf(key: string, { tag, packed }: Answered): number {
  return key.length + tag.length + packed.byteLength + overhead;
}
