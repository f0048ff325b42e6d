import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import { UserError } from "../domain/errors.js";
import type { Commit, Signature, TreeEntry } from "./object-store.js";
import { decodeText, encodeText } from "./text.js";

export type ObjectType = "commit" | "tree" | "blob";
export type ObjectFormat = "sha1" | "sha256";

export interface RawObject {
  readonly type: ObjectType;
  readonly content: Buffer;
}

export function objectId({ type, content }: RawObject, format: ObjectFormat): string {
  return createHash(format).update(`${type} ${content.length}\0`).update(content).digest("hex");
}

const blobIds = { sha1: new WeakMap<Buffer, string>(), sha256: new WeakMap<Buffer, string>() } as const;

/** The id of a file. Patches that are remembered are written at each conversion, and need not be hashed each time. */
export function blobId(content: Buffer, format: ObjectFormat): string {
  const known = blobIds[format].get(content);
  if (known !== undefined) return known;
  const id = objectId({ type: "blob", content }, format);
  blobIds[format].set(content, id);
  return id;
}

export function parseTree(content: Buffer, format: ObjectFormat): TreeEntry[] {
  const idLength = format === "sha1" ? 20 : 32;
  const entries: TreeEntry[] = [];
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(0x20, at);
    const end = content.indexOf(0, space);
    entries.push({
      mode: content.toString("latin1", at, space),
      name: decodeText(content.subarray(space + 1, end)),
      id: content.toString("hex", end + 1, end + 1 + idLength),
    });
    at = end + 1 + idLength;
  }
  return entries;
}

/** Throws `UserError` ("unsupported") for a name that may not stand in a tree: git would not check it out. */
export function formatTree(entries: readonly TreeEntry[]): Buffer {
  const lines = entries.map(({ mode, name, id }) => {
    if (!isSafeName(name)) throw unsafeName(name);
    // A letter a byte: so they compare as bytes do.
    const bytes = encodeText(name).toString("latin1");
    // git sorts folders as if their names ended in a slash.
    const key = mode === "40000" ? `${bytes}/` : bytes;
    return { key, line: `${mode} ${bytes}\0${Buffer.from(id, "hex").toString("latin1")}` };
  });
  const sorted = lines.sort((one, other) => (one.key < other.key ? -1 : one.key === other.key ? 0 : 1));
  return Buffer.from(sorted.map(({ line }) => line).join(""), "latin1");
}

/** What some file system takes for `.git`: Windows' short name, closing dots and blanks, characters that macOS skips. */
const likeGit = /^(?:\.git|git~1)[. ]*(?:$|[\\:])/i;
const skipped = /[\u200C-\u200F\u202A-\u202E\u206A-\u206F\uFEFF]/g;

/** Whether a single name stays inside its folder and outside git's own, on every file system. */
export function isSafeName(name: string): boolean {
  if (name === "" || name === "." || name === ".." || /[/\0]/.test(name)) return false;
  return !likeGit.test(name.replace(skipped, ""));
}

function unsafeName(name: string): UserError {
  return new UserError("unsupported", {
    message: `a tree cannot hold the name ${JSON.stringify(name)}, which git would not check out`,
    where: name,
    remedy: "Rename the file.",
  });
}

export function parseCommit(content: Buffer): Commit {
  const text = decodeText(content);
  const end = text.indexOf("\n\n");
  const headers = (end < 0 ? text : text.slice(0, end)).split("\n");
  const values = (key: string) =>
    headers.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
  const encoding = values("encoding")[0];
  return {
    tree: values("tree")[0] ?? "",
    parents: values("parent"),
    author: parseSignature(values("author")[0] ?? ""),
    committer: parseSignature(values("committer")[0] ?? ""),
    ...(encoding === undefined ? {} : { encoding }),
    message: end < 0 ? "" : text.slice(end + 2),
  };
}

export function formatCommit({ tree, parents, author, committer, encoding, message }: Commit): Buffer {
  const headers = [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${formatSignature(author)}`,
    `committer ${formatSignature(committer)}`,
    ...(encoding === undefined ? [] : [`encoding ${encoding}`]),
  ];
  return encodeText(`${headers.join("\n")}\n\n${message}`);
}

function parseSignature(line: string): Signature {
  const match = /^(.*?) ?<([^>]*)>? ?(.*)$/s.exec(line);
  return { name: match?.[1] ?? line, email: match?.[2] ?? "", date: match?.[3] ?? "" };
}

function formatSignature({ name, email, date }: Signature): string {
  return `${withoutBrackets(name)} <${withoutBrackets(email)}> ${date}`;
}

function withoutBrackets(text: string): string {
  return text.replace(/[<>\n\0]/g, "");
}

const packTypes: Record<ObjectType, number> = { commit: 1, tree: 2, blob: 3 };

/** Bytes that are worth to be handed on. */
const piece = 64 * 1024;

/** A pack without deltas, in pieces: how many objects go into a repository by one process. */
export function* formatPack(objects: readonly RawObject[], format: ObjectFormat): Generator<Buffer> {
  const header = Buffer.alloc(12);
  header.write("PACK", "latin1");
  header.writeUInt32BE(2, 4);
  header.writeUInt32BE(objects.length, 8);
  const hash = createHash(format).update(header);
  let parts: Buffer[] = [header];
  let size = header.length;
  for (const { type, content } of objects) {
    const entry = [packEntryHeader(packTypes[type], content.length), deflateSync(content, { level: 1 })];
    for (const part of entry) {
      hash.update(part);
      size += part.length;
    }
    parts.push(...entry);
    if (size < piece) continue;
    yield Buffer.concat(parts);
    parts = [];
    size = 0;
  }
  yield Buffer.concat([...parts, hash.digest()]);
}

function packEntryHeader(type: number, size: number): Buffer {
  const bytes: number[] = [];
  let rest = Math.floor(size / 16);
  let byte = (type << 4) | (size & 15);
  while (rest > 0) {
    bytes.push(byte | 0x80);
    byte = rest & 0x7f;
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, byte]);
}
