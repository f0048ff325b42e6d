import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { Knex } from "knex";
import { fileOf } from "./dialect.js";

/** Where SQLite's log is as large as SQLite lets it become before it clears it by itself, there is much to clear. */
const worthIt = 4_000_000;

/** So many pages (32 MB) the log may have before whoever commits clears it, as SQLite has it at 1,000. */
const patience = 8000;

/** Milliseconds between two looks at the log, and between two times that it is cleared. */
const looks = 1000;
const pause = 250;

/**
 * Moves what SQLite committed from its log into the database, in a thread of its own. SQLite does so with every thousandth
 * page, while whoever commits waits for the disk, and the process with it: some ten milliseconds, several times a second
 * when hundreds of webhooks a second come. Where little is written, there is no such thread. The answer ends it.
 */
export function checkpointAside(database: Knex, onFailure: (error: unknown) => void): () => Promise<void> {
  const file = fileOf(database);
  if (file === undefined) return () => Promise.resolve();
  let worker: Worker | undefined;
  const fail = (error: unknown) => {
    onFailure(error);
    void database.raw("pragma wal_autocheckpoint = 1000").catch(onFailure);
  };
  const look = async () => {
    if (worker !== undefined || (await sizeOf(`${file}-wal`)) < worthIt) return;
    clearInterval(looking);
    worker = start(file).once("error", fail);
    await database.raw(`pragma wal_autocheckpoint = ${patience}`);
  };
  const looking = setInterval(() => void look().catch(onFailure), looks).unref();
  return async () => {
    clearInterval(looking);
    await worker?.terminate();
  };
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    return 0;
  }
}

interface Given {
  readonly file: string;
  /** Where the library is. */
  readonly sqlite: string;
  readonly pause: number;
}

function start(file: string): Worker {
  const workerData: Given = { file, sqlite: fileURLToPath(import.meta.resolve("better-sqlite3")), pause };
  const code = `(${clear.toString()})(require("node:worker_threads").workerData, require)`;
  const worker = new Worker(code, { eval: true, workerData, trackUnmanagedFds: false });
  worker.unref();
  return worker;
}

/** As much as the thread needs of what it loads. */
interface Sqlite {
  new (file: string): { pragma(statement: string): unknown };
}
interface Files {
  readonly openSync: (file: string, flags: string) => number;
  readonly fdatasyncSync: (descriptor: number) => void;
}

/**
 * Runs in the thread, where its text is all there is: it may name nothing from around it. While others go on writing,
 * SQLite moves pages without a word to the disk, and leaves the disk to whoever moves the last ones. So that this is
 * little to wait for, the disk has what was moved before. The file is never closed: with it, POSIX would forget SQLite's
 * locks on it.
 */
function clear({ file, sqlite, pause: milliseconds }: Given, load: (name: string) => unknown): void {
  const database = new (load(sqlite) as Sqlite)(file);
  const { fdatasyncSync, openSync } = load("node:fs") as Files;
  const descriptor = openSync(file, "r+");
  setInterval(() => {
    database.pragma("wal_checkpoint(PASSIVE)");
    fdatasyncSync(descriptor);
    database.pragma("wal_checkpoint(PASSIVE)");
  }, milliseconds);
}
