import { readdir, rm } from "node:fs/promises";
import { basename, join, sep } from "node:path";
import { git, type GitOptions } from "../run.js";
import { isAbandoned, isUnfinished, type Measured } from "./measure.js";
import type { Place, State } from "./places.js";
import { tryLock } from "./store-lock.js";

/** `packs`: what came since the last time becomes one pack. `all`: everything, without what nobody has needed for long. */
export type Tidying = "packs" | "all";

/** Loose objects slow every look-up down, and packs do, each a little. */
const most = { loose: 1000, packs: 20, refs: 200 };
const day = 24 * 3600 * 1000;
/** At the latest; by then somebody who is at work with an object has long been ended. */
const packAllAfter = 7 * day;
const growth = 64 * 1024 ** 2;

const pause = day / 4;

/** What a store wants, by its size alone; `urgency` says how much is too much, 1 by rights. */
export function tidyingFor(
  { measured, packed, givenUp = 0 }: State,
  { now, urgency = 1 }: { readonly now: number; readonly urgency?: number },
): Tidying | undefined {
  if (measured === undefined || !isUntidy(measured, urgency) || now - givenUp < pause) return undefined;
  if (packed === undefined) return "packs";
  const isLarge = measured.bytes > 2 * packed.bytes + growth;
  return isLarge || now - packed.at > packAllAfter ? "all" : "packs";
}

function isUntidy({ loose, packs, refs, leftovers }: Measured, urgency: number): boolean {
  if (leftovers && urgency === 1) return true;
  return loose > most.loose * urgency || packs > most.packs * urgency || refs > most.refs * urgency;
}

/** One core at most, and that only when nobody else wants it. */
const modest = ["-c", "pack.threads=1", "-c", "pack.windowMemory=200m"];
/** Packs beyond this stay as they are: to write them anew would take minutes and save little. */
const keepLarge = ["-c", "gc.bigPackThreshold=500m", "-c", "repack.writeBitmaps=false"];
/** Objects that no ref leads to go when they are as old: the commits that were pushed, and what force pushes left behind. */
const age = "1.day.ago";

/** Puts a store in order; for who has it for himself. */
export async function tidyStore(
  directory: string,
  tidying: Tidying,
  options: Pick<GitOptions, "signal"> = {},
): Promise<void> {
  const inStore: GitOptions = { ...options, directory, bare: true, background: true, timeout: 300 };
  await removeLeftovers(directory);
  await dropMergeRequests(inStore);
  await git(["pack-refs", "--all", "--prune"], inStore);
  if (tidying === "packs") {
    await git([...modest, "repack", "-d", "-q", "--geometric=2"], inStore);
  } else {
    await git([...modest, ...keepLarge, "gc", "--quiet", "--cruft", `--prune=${age}`], inStore);
  }
}

/** Whatever merge request is worked on again brings its ref along, and the few commits that it has of its own. */
async function dropMergeRequests(inStore: GitOptions): Promise<void> {
  const { stdout } = await git(
    ["for-each-ref", "--format=delete %(refname)", "refs/merge-requests/"],
    inStore,
  );
  if (stdout.length > 0) await git(["update-ref", "--stdin"], { ...inStore, input: stdout });
}

/** What a fetch leaves that was killed, or found no room, takes all the room that it found; unless others are at work. */
export async function removeUnfinished({
  directory,
  lock,
}: Pick<Place, "directory" | "lock">): Promise<void> {
  const alone = tryLock(lock, "alone");
  try {
    if (alone !== undefined) await removeFrom(join(directory, "objects", "pack"), isUnfinished);
  } finally {
    alone?.release();
  }
}

async function removeFrom(folder: string, isLeft: (name: string) => boolean): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter(isLeft)) await rm(join(folder, name), { recursive: true, force: true });
}

/** Unfinished packs can be as large as the repository. */
async function removeLeftovers(directory: string): Promise<void> {
  for (const path of await readdir(directory, { recursive: true })) {
    const isLeft = path.startsWith(`objects${sep}`) ? isUnfinished : isAbandoned;
    if (isLeft(basename(path))) await rm(join(directory, path), { recursive: true, force: true });
  }
}
