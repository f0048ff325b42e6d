import Database from "better-sqlite3";
import { setTimeout as pause } from "node:timers/promises";
import { RetryLater } from "../../domain/errors.js";

/**
 * What a store is locked for:
 *
 * `use`    reading, writing objects, pushing: any number at a time.
 * `fetch`  moving its refs: one at a time, beside any that use it.
 * `alone`  making, mending or removing it: nobody else has it.
 */
export type Purpose = "use" | "fetch" | "alone";

export interface Lock {
  release(): void;
}

/**
 * An empty file is an empty database, and SQLite's own locks on it are ours: the system takes them back from a process
 * that ends, however it ends, and they hold between containers that share a folder, where process ids mean nothing. (Node
 * has no flock.) The file is never written, never removed, and never opened by anybody else of this process: with the
 * first file handle that closes, POSIX forgets all locks of the process on that file, and only SQLite sees to its own.
 */
const statements: Readonly<Record<Purpose, string>> = {
  use: "BEGIN; SELECT count(*) FROM sqlite_master",
  fetch: "BEGIN IMMEDIATE",
  alone: "BEGIN EXCLUSIVE",
};

/** Takes a lock on a file that is made when there is none; `undefined` when somebody else has it. */
export function tryLock(file: string, purpose: Purpose): Lock | undefined {
  let database: Database | undefined;
  try {
    database = new Database(file, { timeout: 0 });
    database.exec(statements[purpose]);
    return { release: () => database?.close() };
  } catch (error) {
    database?.close();
    const { code } = error as { readonly code?: string };
    if (code?.startsWith("SQLITE_BUSY") === true) return undefined;
    throw new RetryLater(`the lock ${file} cannot be taken`, { cause: error });
  }
}

/** Milliseconds between two looks; others rarely have a store for themselves, and not for long. */
const shortest = 10;
const longest = 200;

/** Waits for a lock for so many seconds; throws `RetryLater`. */
export async function takeLock(file: string, purpose: Purpose, seconds: number): Promise<Lock> {
  const end = performance.now() + seconds * 1000;
  for (let wait = shortest; ; wait = Math.min(wait * 2, longest)) {
    const lock = tryLock(file, purpose);
    if (lock !== undefined) return lock;
    if (performance.now() >= end)
      throw new RetryLater(`somebody else works on ${file.replace(/\.lock$/, "")}`);
    await pause(wait);
  }
}
