import { rm } from "node:fs/promises";
import { resolve, sep } from "node:path";
import type { ObjectStore } from "../object-store.js";
import { type Fetch, fetch } from "../remotes.js";
import { GitError } from "../run.js";

/** So many obstacles are taken out of the way of one fetch. */
const most = 20;

/**
 * Fetches into a store whose refs are ours alone to move for now. What is in the way of a fetch, and stays there for ever
 * unless it is taken away, is taken away.
 */
export async function fetchAlone(store: ObjectStore, what: Fetch): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await fetch(store, what);
      return;
    } catch (error) {
      const cleared = tries < most && error instanceof Error && (await clear(store, error.cause));
      if (!cleared) throw error;
    }
  }
}

async function clear(store: ObjectStore, error: unknown): Promise<boolean> {
  if (!(error instanceof GitError)) return false;
  const { stderr } = error;
  // A killed git leaves it; no other is at work on the refs while we are.
  const lock = /Unable to create '([^']+\.lock)': File exists/.exec(stderr)?.[1];
  if (lock !== undefined) return removeInside(store.directory, lock);
  // There was a branch `a`, there is a branch `a/b` now, or the other way round; git cannot have both.
  const [, ref] = /cannot lock ref '[^']+': '(refs\/[^']+)' exists; cannot create/.exec(stderr) ?? [];
  if (ref === undefined) return false;
  await store.git(["update-ref", "-d", ref]);
  return true;
}

async function removeInside(directory: string, file: string): Promise<boolean> {
  const path = resolve(file);
  if (!path.startsWith(resolve(directory) + sep)) return false;
  await rm(path, { force: true });
  return true;
}
