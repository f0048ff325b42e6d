import { openSync } from "node:fs";
import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { Knex } from "knex";
import { fileOf } from "./dialect.js";

/** Where SQLite's log is as large as SQLite lets it become before it clears it by itself, there is much to clear. */
const worthIt = 4_000_000;

/** So many pages the log may have before whoever commits clears it: as SQLite has it, and (32 MB) beside the thread. */
const byItself = 1000;
const patience = 8000;

/** In milliseconds. */
export interface Pace {
  /** Between two looks at the log. */
  readonly looks: number;
  /** Between two times that it is cleared. */
  readonly pause: number;
  /** After so long without anything written there is nothing to clear for a while. */
  readonly quiet: number;
}

const usual: Pace = { looks: 1000, pause: 250, quiet: 10_000 };

/**
 * Moves what SQLite committed from its log into the database, in a thread of its own. SQLite does so with every thousandth
 * page, while whoever commits waits for the disk, and the process with it: some ten milliseconds, several times a second
 * when hundreds of webhooks a second come. Where little is written, there is no such thread. The answer ends it.
 */
export function checkpointAside(
  database: Knex,
  onFailure: (error: unknown) => void,
  pace: Pace = usual,
): () => Promise<void> {
  const file = fileOf(database);
  if (file === undefined) return () => Promise.resolve();
  let worker: Worker | undefined;
  let descriptor: number | undefined;
  const allow = (pages: number) => database.raw(`pragma wal_autocheckpoint = ${pages}`);
  const look = async () => {
    if (worker !== undefined || (await sizeOf(`${file}-wal`)) < worthIt) return;
    descriptor ??= openSync(file, "r+");
    worker = start({ file, descriptor, ...pace })
      .once("error", onFailure)
      .once("exit", goOnAlone);
    await allow(patience);
  };
  const goOnAlone = () => {
    worker = undefined;
    if (!hasEnded) void allow(byItself).catch(onFailure);
  };
  const fail = (error: unknown) => {
    // Another one would fail as well.
    clearInterval(looking);
    onFailure(error);
  };
  let hasEnded = false;
  const looking = setInterval(() => void look().catch(fail), pace.looks).unref();
  return async () => {
    hasEnded = true;
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

interface Given extends Pace {
  readonly file: string;
  /** The same file, open for as long as the process lives: once closed, POSIX would forget SQLite's locks on it. */
  readonly descriptor: number;
  /** Where the library is. */
  readonly sqlite: string;
}

function start(given: Omit<Given, "sqlite">): Worker {
  const workerData: Given = { ...given, sqlite: fileURLToPath(import.meta.resolve("better-sqlite3")) };
  const code = `(${clear.toString()})(require("node:worker_threads").workerData, require)`;
  const worker = new Worker(code, { eval: true, workerData, trackUnmanagedFds: false });
  worker.unref();
  return worker;
}

/** As much as the thread needs of what it loads. */
interface Sqlite {
  new (file: string): {
    pragma(statement: string, options?: { readonly simple: true }): unknown;
    close(): unknown;
  };
}
interface Files {
  readonly fdatasyncSync: (descriptor: number) => void;
}

/**
 * Runs in the thread, where its text is all there is: it may name nothing from around it. While others go on writing,
 * SQLite moves pages without a word to the disk, and leaves the disk to whoever moves the last ones. So that this is
 * little to wait for, the disk has what was moved before. Once nobody has written for a while the log is emptied, which
 * nobody waits for then, and the thread ends: it begins anew when the log has grown.
 */
function clear({ file, descriptor, sqlite, pause, quiet }: Given, load: (name: string) => unknown): void {
  const database = new (load(sqlite) as Sqlite)(file);
  const { fdatasyncSync } = load("node:fs") as Files;
  // Another one after each time that somebody else has committed.
  const version = () => database.pragma("data_version", { simple: true });
  let [seen, unchanged]: [unknown, number] = [undefined, 0];
  const clearing = setInterval(() => {
    const present = version();
    unchanged = present === seen ? unchanged + pause : 0;
    seen = present;
    if (unchanged === 0) {
      database.pragma("wal_checkpoint(PASSIVE)");
      fdatasyncSync(descriptor);
      database.pragma("wal_checkpoint(PASSIVE)");
    } else if (unchanged >= quiet) {
      // Whoever reads just now is not waited for: those who write would wait as well.
      database.pragma("busy_timeout = 0");
      if (database.pragma("wal_checkpoint(TRUNCATE)", { simple: true }) !== 0) return;
      clearInterval(clearing);
      database.close();
    }
  }, pause);
}
