import { posix } from "node:path";
import { UserError } from "../../domain/errors.js";
import { isSafeName } from "../../git/codec.js";
import type { ObjectStore } from "../../git/object-store.js";
import { findEntry, listFiles, type TreeFile } from "../../git/trees.js";
import type { SourceGitConfiguration, SyncRule } from "../configuration.js";
import type { SyncedFiles } from "../settle-files.js";
import { readFilters, type SyncFilter } from "./sync-filters.js";

/** Where a file that would come to `path` of dist-git really goes. */
export type Relocate = (path: string) => string;

/** Collects the files; nothing is read but trees. Throws `UserError` naming the rule. */
export async function collectFiles(
  store: ObjectStore,
  head: string,
  { configuration, relocate }: { configuration: SourceGitConfiguration; relocate: Relocate },
): Promise<SyncedFiles> {
  const files = new Map<string, TreeFile>();
  const deleting: ((path: string) => boolean)[] = [];
  for (const rule of configuration.filesToSync) {
    const filter = readFilters(rule);
    for (const source of rule.sources) {
      for (const { path, file } of await filesOf(store, head, { rule, source, filter })) {
        files.set(safePath(relocate(path), rule), file);
      }
    }
    refuseNested(files, rule);
    if (rule.delete) deleting.push(deleterOf(rule, filter));
  }
  const synced = new Set(files.keys());
  return { files, deletes: (path) => !synced.has(path) && deleting.some((deletes) => deletes(path)) };
}

interface Sourced {
  readonly rule: SyncRule;
  readonly source: string;
  readonly filter: SyncFilter;
}

async function filesOf(
  store: ObjectStore,
  head: string,
  { rule, source, filter }: Sourced,
): Promise<{ path: string; file: TreeFile }[]> {
  if (/[*?[]/.test(source)) return globbed(store, head, { rule, source, filter });
  const name = source.replace(/\/+$/, "");
  const entry = name === "." ? undefined : await findEntry(store, head, name);
  if (name !== "." && entry === undefined) return [];
  if (entry !== undefined && entry.mode !== "40000") {
    const file = { path: name, mode: entry.mode, id: entry.id };
    return filter.carries(posix.basename(name))
      ? [{ path: fileTarget(rule, name), file: plain(file, rule) }]
      : [];
  }
  // As for rsync, a final slash means what is inside of the folder, none the folder itself.
  const inside = source.endsWith("/") || name === ".";
  const prefix = inside ? "" : `${posix.basename(name)}/`;
  const listed = await listFiles(store, head, name === "." ? "" : name);
  return listed
    .map((file) => ({
      relative: prefix + (name === "." ? file.path : file.path.slice(name.length + 1)),
      file,
    }))
    .filter(({ relative }) => filter.carries(relative))
    .map(({ relative, file }) => ({ path: posix.join(rule.destination, relative), file: plain(file, rule) }));
}

async function globbed(
  store: ObjectStore,
  head: string,
  { rule, source, filter }: Sourced,
): Promise<{ path: string; file: TreeFile }[]> {
  const folder = posix.dirname(`${source.slice(0, source.search(/[*?[]/))}x`);
  const { carries } = readFilters({ filters: [`- /${source}`], where: rule.where });
  const listed = await listFiles(store, head, folder === "." ? "" : folder);
  return listed
    .filter(({ path }) => !carries(path) && filter.carries(posix.basename(path)))
    .map((file) => ({
      path: posix.join(rule.destination, posix.basename(file.path)),
      file: plain(file, rule),
    }));
}

/** A single file goes into a folder when the destination is one by its look, else it takes that name. */
function fileTarget({ destination, sources }: SyncRule, name: string): string {
  const folder = destination.endsWith("/") || destination === "." || sources.length > 1;
  return folder ? posix.join(destination, posix.basename(name)) : destination;
}

function deleterOf({ destination }: SyncRule, filter: SyncFilter): (path: string) => boolean {
  const root = posix.normalize(destination).replace(/\/$/, "");
  return (path) => {
    const relative =
      root === "." ? path : path.startsWith(`${root}/`) ? path.slice(root.length + 1) : undefined;
    return relative !== undefined && filter.mayDelete(relative);
  };
}

function plain(file: TreeFile, { where }: SyncRule): TreeFile {
  if (file.mode !== "160000") return file;
  throw new UserError("unsupported", {
    message: `${file.path} is a submodule and cannot be synchronised`,
    where,
  });
}

function safePath(path: string, { where }: SyncRule): string {
  const normal = posix.normalize(path);
  const names = normal.split("/");
  if (posix.isAbsolute(normal) || !names.every(isSafeName)) {
    throw new UserError("invalid", { message: `${path} would leave the dist-git repository`, where });
  }
  return normal;
}

/** A file cannot be a folder, too. */
function refuseNested(files: ReadonlyMap<string, TreeFile>, { where }: SyncRule): void {
  for (const [path, { path: from }] of files) {
    for (let slash = path.indexOf("/"); slash > 0; slash = path.indexOf("/", slash + 1)) {
      const above = files.get(path.slice(0, slash));
      if (above === undefined) continue;
      throw new UserError("invalid", {
        message: `files_to_sync makes ${path.slice(0, slash)} a file, of ${above.path}, and a folder, for ${path}, of ${from}`,
        where,
        remedy: "Give one of them another destination.",
      });
    }
  }
}
