import { access, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { git } from "../run.js";
import type { Measured } from "./measure.js";

/** Where a store is, and what lies beside it. */
export interface Place {
  readonly name: string;
  readonly directory: string;
  /** Stays for ever, empty; its time is when the store was last used. */
  readonly lock: string;
}

/** What is written down about a store, in it. */
export interface State {
  /** When it was made in place of a damaged one; all times are milliseconds since 1970. */
  readonly renewed?: number;
  readonly measured?: Measured & { readonly at: number };
  /** The last time that everything was packed anew, or the first that anything was, and what was left. */
  readonly packed?: { readonly at: number; readonly bytes: number };
  /** When putting it in order was given up. */
  readonly givenUp?: number;
}

const stateFile = "sluice.json";
const condemnedFile = "sluice-damaged";
/** No name of a store begins so: what is encoded has two digits behind a percent sign. */
const trash = "%trash";

export function placeIn(directory: string, name: string): Place {
  const place = join(directory, name);
  return { name, directory: place, lock: `${place}.lock` };
}

export async function listPlaces(directory: string): Promise<readonly Place[]> {
  const forges = (await namesIn(directory)).filter((name) => !name.startsWith("%"));
  const names = await Promise.all(
    forges.map(async (forge) => (await namesIn(join(directory, forge))).map((name) => join(forge, name))),
  );
  return names
    .flat()
    .filter((name) => name.endsWith(".git"))
    .map((name) => placeIn(directory, name));
}

export async function readState({ directory }: Pick<Place, "directory">): Promise<State> {
  try {
    return JSON.parse(await readFile(join(directory, stateFile), "utf8")) as State;
  } catch {
    return {};
  }
}

export async function writeState({ directory }: Pick<Place, "directory">, state: State): Promise<void> {
  const draft = join(directory, `${stateFile}.new`);
  await writeFile(draft, JSON.stringify(state));
  await rename(draft, join(directory, stateFile));
}

export async function lastUse({ lock }: Place): Promise<number> {
  return stat(lock).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

/** By its path alone: whoever opened and closed a lock's file would lose its locks. */
export async function noteUse({ lock }: Place, now: Date): Promise<void> {
  await utimes(lock, now, now);
}

/** Whether it is there, and nobody found it damaged. */
export async function isSound({ directory }: Place): Promise<boolean> {
  const needed = ["HEAD", "objects/pack"].map((name) => exists(join(directory, name)));
  return (await Promise.all(needed)).every(Boolean) && !(await exists(join(directory, condemnedFile)));
}

/** From now on nobody begins to use it. */
export async function condemn({ directory }: Place, sign: string): Promise<void> {
  await writeFile(join(directory, condemnedFile), `${sign}\n`).catch(() =>
    // Of a full disk a folder without its HEAD says the same.
    rm(join(directory, "HEAD"), { force: true }),
  );
}

/** Makes an empty store where there is none; for who has the place for himself. */
export async function make(directory: string, place: Place, state: State): Promise<void> {
  const draft = await inTrash(directory);
  await git(["init", "--quiet", "--bare", "--initial-branch=main", draft]);
  await writeState({ directory: draft }, state);
  await rename(draft, place.directory);
}

/**
 * Takes a store away, so that it is gone at once and as a whole; for who has the place for himself. Answers whether there
 * was one.
 */
export async function discard(directory: string, place: Place): Promise<boolean> {
  const away = await inTrash(directory);
  try {
    await rename(place.directory, away);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
  await rm(away, { recursive: true, force: true });
  return true;
}

let thrown = 0;

async function inTrash(directory: string): Promise<string> {
  await mkdir(join(directory, trash), { recursive: true });
  thrown += 1;
  return join(directory, trash, `${process.pid}-${performance.timeOrigin}-${thrown}`);
}

/** Removes what processes left that were killed while they made or removed a store, before the moment `before`. */
export async function emptyTrash(directory: string, before: number): Promise<void> {
  for (const name of await namesIn(join(directory, trash))) {
    const path = join(directory, trash, name);
    const left = await stat(path).catch(() => undefined);
    if (left !== undefined && left.ctimeMs < before) await rm(path, { recursive: true, force: true });
  }
}

async function namesIn(directory: string): Promise<readonly string[]> {
  return readdir(directory).catch(() => []);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
