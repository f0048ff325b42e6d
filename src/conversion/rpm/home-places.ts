import { posix } from "node:path";
import type { ObjectStore } from "../../git/object-store.js";
import { editTree } from "../../git/trees.js";
import type { SourceGitConfiguration, SyncRule } from "../configuration.js";
import type { SyncedFiles } from "../settle-files.js";
import { collectFiles } from "./files.js";
import { distroFolder, isDistGitsOwn } from "./start-distro.js";
import { relocator } from "./synced-files.js";

export interface Places {
  readonly source: ObjectStore;
  readonly configuration: SourceGitConfiguration;
  readonly sourceSpec: string;
  /** Where dist-git has patches. */
  readonly patchFolder: string;
  /** source-git's own files, by path in dist-git. */
  readonly now: SyncedFiles;
}

/** Whether source-git may get a file of dist-git: each side has ignore rules of its own. */
export function comesHome(path: string): boolean {
  return posix.basename(path) !== ".gitignore";
}

/**
 * Where source-git has, or would have, a file of dist-git: the inverse of `files_to_sync`. `undefined` for what is
 * dist-git's own affair, and what the filters exclude.
 */
export async function placeAtHome(path: string, places: Places): Promise<string | undefined> {
  if (!comesHome(path)) return undefined;
  const present = places.now.files.get(path)?.path;
  if (present !== undefined) return present;
  if (isDistGitsOwn(path)) return undefined;
  const candidates = listCandidates(path, places);
  const carried = await firstCarried(path, candidates, places);
  if (carried !== undefined) return carried;
  const unfiltered = places.configuration.filesToSync.map((rule) => ({ ...rule, filters: [] }));
  const configuration = { ...places.configuration, filesToSync: unfiltered };
  const isExcluded = (await firstCarried(path, candidates, { ...places, configuration })) !== undefined;
  return isExcluded ? undefined : candidates.at(-1);
}

function listCandidates(path: string, { configuration, patchFolder }: Places): string[] {
  // What lies flat in source-git comes from dist-git's folder of sources.
  const flat = patchFolder !== "" && path.startsWith(patchFolder) ? [path.slice(patchFolder.length)] : [];
  const ruled = [path, ...flat].flatMap((each) =>
    configuration.filesToSync.flatMap((rule) => rule.sources.flatMap((from) => inverse(each, rule, from))),
  );
  return [...new Set([...ruled, `${distroFolder}/${path}`])];
}

/** What a rule could have made a path of. */
function inverse(path: string, { destination }: SyncRule, from: string): string[] {
  if (/[*?[]/.test(from)) return [posix.join(posix.dirname(from), posix.basename(path))];
  const root = posix.normalize(destination).replace(/\/$/, "");
  const relative =
    root === "." ? path : path.startsWith(`${root}/`) ? path.slice(root.length + 1) : undefined;
  const inside = from.endsWith("/") ? from : posix.dirname(from);
  return [
    ...(relative === undefined ? [] : [posix.join(inside, relative)]),
    ...(path === root ? [from] : []),
  ];
}

/** The first candidate that `files_to_sync` brings to the path. */
async function firstCarried(
  path: string,
  candidates: readonly string[],
  { source, configuration, sourceSpec, patchFolder }: Places,
): Promise<string | undefined> {
  const relocate = relocator({ patchFolder }, sourceSpec);
  const file = { mode: "100644", id: source.writeBlob(Buffer.alloc(0)) };
  for (const candidate of candidates) {
    const tree = await editTree(source, source.writeTree([]), new Map([[candidate, file]]));
    const { files } = await collectFiles(source, tree, { configuration, relocate });
    if (files.has(path)) return candidate;
  }
  return undefined;
}
