import { inflateSync } from "node:zlib";
import type { LineCursor } from "./diff-cursor.js";

/** One direction of git's binary patch: the whole new content, or how to make it of the old one. */
export interface BinaryHunk {
  readonly kind: "literal" | "delta";
  /** Bytes that it inflates to. */
  readonly size: number;
  readonly deflated: Buffer;
}

export interface BinaryChange {
  readonly forward: BinaryHunk;
  /** The way back; some writers leave it out. */
  readonly reverse: BinaryHunk | undefined;
}

/** Reads what follows `GIT binary patch`; `undefined` when it is damaged. */
export function readBinary(cursor: LineCursor): BinaryChange | undefined {
  const forward = readBinaryHunk(cursor);
  if (forward === undefined) return undefined;
  return { forward, reverse: readBinaryHunk(cursor) };
}

function readBinaryHunk(cursor: LineCursor): BinaryHunk | undefined {
  const head = /^(literal|delta) (\d+)\r?$/.exec(cursor.peek() ?? "");
  if (head === null) return undefined;
  cursor.next();
  const parts: Buffer[] = [];
  for (let line = cursor.next(); line !== undefined && line.trimEnd() !== ""; line = cursor.next()) {
    const part = decodeLine(line.trimEnd());
    if (part === undefined) return undefined;
    parts.push(part);
  }
  const kind = head[1] === "delta" ? "delta" : "literal";
  return { kind, size: Number(head[2]), deflated: Buffer.concat(parts) };
}

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
const digits = new Map(Array.from(alphabet, (letter, value) => [letter, value]));

/** The first letter says how many bytes the line has: A to Z are 1 to 26, a to z 27 to 52. */
function decodeLine(line: string): Buffer | undefined {
  const letter = line.charCodeAt(0);
  const length = letter >= 0x61 ? letter - 0x61 + 27 : letter - 0x41 + 1;
  const encoded = line.slice(1);
  if (length < 1 || length > 52 || encoded.length !== Math.ceil(length / 4) * 5) return undefined;
  const bytes = Buffer.alloc((encoded.length / 5) * 4);
  for (let group = 0; group * 5 < encoded.length; group += 1) {
    let value = 0;
    for (const each of encoded.slice(group * 5, group * 5 + 5)) {
      const digit = digits.get(each);
      if (digit === undefined) return undefined;
      value = value * 85 + digit;
    }
    if (value > 0xffffffff) return undefined;
    bytes.writeUInt32BE(value, group * 4);
  }
  return bytes.subarray(0, length);
}

/** The new content of a binary file; `undefined` when the patch is damaged or made for other content. */
export function applyBinary({ kind, size, deflated }: BinaryHunk, before: Buffer): Buffer | undefined {
  const data = inflate(deflated, size);
  if (data === undefined) return undefined;
  return kind === "literal" ? data : applyDelta(data, before);
}

function inflate(deflated: Buffer, size: number): Buffer | undefined {
  try {
    // Nothing may grow beyond what it says of itself.
    const data = inflateSync(deflated, { maxOutputLength: Math.max(1, size) });
    return data.length === size ? data : undefined;
  } catch {
    return undefined;
  }
}

/** git's pack delta: two sizes, then copies out of the old content and insertions. */
function applyDelta(delta: Buffer, before: Buffer): Buffer | undefined {
  const reader = new DeltaReader(delta);
  if (reader.size() !== before.length) return undefined;
  const size = reader.size();
  const parts: Buffer[] = [];
  while (!reader.ended) {
    const command = reader.byte();
    if (command === 0) return undefined;
    if ((command & 0x80) === 0) {
      parts.push(reader.bytes(command));
      continue;
    }
    const offset = reader.number(command, [0x01, 0x02, 0x04, 0x08]);
    const length = reader.number(command, [0x10, 0x20, 0x40]) || 0x10000;
    if (offset + length > before.length) return undefined;
    parts.push(before.subarray(offset, offset + length));
  }
  const after = Buffer.concat(parts);
  return after.length === size ? after : undefined;
}

class DeltaReader {
  readonly #delta: Buffer;
  #at = 0;

  constructor(delta: Buffer) {
    this.#delta = delta;
  }

  get ended(): boolean {
    return this.#at >= this.#delta.length;
  }

  byte(): number {
    return this.#delta[this.#at++] ?? 0;
  }

  bytes(length: number): Buffer {
    this.#at += length;
    return this.#delta.subarray(this.#at - length, this.#at);
  }

  /** Seven bits a byte, the lowest first. */
  size(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80 || this.ended) return value;
    }
  }

  /** A number of which only those bytes are there whose bits are set. */
  number(command: number, bits: readonly number[]): number {
    let value = 0;
    for (const [index, bit] of bits.entries()) {
      if ((command & bit) !== 0) value += this.byte() * 256 ** index;
    }
    return value;
  }
}
