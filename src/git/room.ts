import { lstatSync, type Stats } from "node:fs";
import { join } from "node:path";
import { UserError } from "../domain/errors.js";
import type { CommitId } from "../domain/refs.js";
import type { Destination } from "./checkout.js";
import type { ObjectStore } from "./object-store.js";
import { encodeText } from "./text.js";
import { diffTrees } from "./trees.js";

/**
 * Throws `UserError` ("refused") when a file that git does not track lies where a new one is to come. git would refuse it as
 * well, but only when the new objects are in the repository already.
 */
export async function requireRoom(
  { directory, checkedOut }: Pick<Destination, "directory" | "checkedOut">,
  store: ObjectStore,
  { before, after }: { before: CommitId; after: CommitId },
): Promise<void> {
  if (!checkedOut) return;
  const trees = [(await store.readCommit(before)).tree, (await store.readCommit(after)).tree] as const;
  const differences = await diffTrees(store, ...trees);
  const tracked = differences.filter((each) => each.before !== undefined).map(({ path }) => path);
  const files = new Set(tracked);
  const folders = new Set(tracked.flatMap(foldersOf));
  for (const { path, before: old } of differences) {
    // A folder that becomes a file, or the other way round, is for git to judge.
    if (old !== undefined || folders.has(path) || foldersOf(path).some((folder) => files.has(folder)))
      continue;
    const obstacle = obstacleTo(directory, path);
    if (obstacle !== undefined) throw inTheWay(directory, obstacle);
  }
}

/** The file, link or folder at a path, or a file or link where one of its folders is to be. */
function obstacleTo(directory: string, path: string): string | undefined {
  for (const part of [...foldersOf(path), path]) {
    const found = lookAt(placeOf(directory, part));
    if (found === undefined) return undefined;
    if (part === path || !found.isDirectory()) return part;
  }
  return undefined;
}

/** At once: to wait for hundreds of them takes far longer than to look. */
function lookAt(place: Buffer): Stats | undefined {
  try {
    return lstatSync(place, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** A name that is not UTF-8 keeps its bytes. */
function placeOf(directory: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(join(directory, "/")), encodeText(path)]);
}

function foldersOf(path: string): string[] {
  const names = path.split("/").slice(0, -1);
  return names.map((_name, index) => names.slice(0, index + 1).join("/"));
}

function inTheWay(directory: string, path: string): UserError {
  return new UserError("refused", {
    message: `${path} is to be written, but a file that git does not track is in the way`,
    where: join(directory, path),
    remedy: "Move it out of the way, and run the command again.",
  });
}
