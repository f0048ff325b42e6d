import { rmSync } from "node:fs";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OperatorError } from "../domain/errors.js";

/** A temporary folder that does not outlive us. */
export interface Scratch {
  readonly directory: string;
  remove(): Promise<void>;
}

const folders = new Set<string>();
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Makes a temporary folder for a command of the command line. It goes when it is removed, when the process ends or is told
 * to end; what a killed process left behind goes with the next one.
 */
export async function makeScratch(): Promise<Scratch> {
  const directory = await mkdtemp(join(tmpdir(), `sluice-${process.pid}-`)).catch(complain);
  if (folders.size === 0) watchForTheEnd();
  folders.add(directory);
  return { directory, remove: () => remove(directory) };
}

function complain(cause: unknown): never {
  const where = `in ${tmpdir()}; TMPDIR can name another place`;
  throw new OperatorError(`a temporary folder is needed, and none can be made ${where}`, { cause });
}

async function remove(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  folders.delete(directory);
  if (folders.size > 0) return;
  process.off("exit", removeAll);
  for (const signal of signals) process.off(signal, endBy);
  await sweep();
}

function watchForTheEnd(): void {
  process.on("exit", removeAll);
  for (const signal of signals) process.on(signal, endBy);
}

function removeAll(): void {
  for (const directory of folders) rmSync(directory, { recursive: true, force: true });
  folders.clear();
}

function endBy(signal: NodeJS.Signals): void {
  // Somebody else listens, who finishes a step first and ends in order.
  if (process.listenerCount(signal) > 1) return;
  removeAll();
  process.off(signal, endBy);
  process.kill(process.pid, signal);
}

const hour = 3600;

/** Removes what processes left behind that were killed. */
async function sweep(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  const left = names.filter((name) => {
    const pid = /^sluice-(\d+)-\w{6}$/.exec(name)?.[1];
    return pid !== undefined && !isAlive(Number(pid));
  });
  // Our own folder has just gone from there, so this tells the time.
  const now = await changedAt(tmpdir()).catch(() => undefined);
  if (now === undefined) return;
  await Promise.all(left.map((name) => removeOld(join(tmpdir(), name), now)));
}

/** Young ones stay: their process may live where we cannot see it, in a container that shares the folder. */
async function removeOld(directory: string, now: number): Promise<void> {
  try {
    if (now - (await changedAt(directory)) > hour * 1000)
      await rm(directory, { recursive: true, force: true });
  } catch {
    // Somebody else's, or gone meanwhile: nothing that we have to see to.
  }
}

async function changedAt(path: string): Promise<number> {
  return (await stat(path)).mtimeMs;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
