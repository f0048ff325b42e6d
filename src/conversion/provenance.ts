import type { CommitId } from "../domain/refs.js";
import type { ObjectStore } from "../git/object-store.js";
import { trailerValues } from "../git/trailers.js";
import type { TreeFile } from "../git/trees.js";
import { sourceCommitTrailer } from "./commit.js";
import { listNamedCommits } from "./named-commits.js";
import { parseRawLog, rawOptions } from "./patches/touches.js";
import { isTaken } from "./unmerged.js";

/** Two sides that are not known ever to have been in step. */
export interface Strangers {
  readonly source: ObjectStore;
  readonly head: CommitId;
  /** As in `SourceToDist`: files that a merge request puts into its history and takes out again were never source-git's. */
  readonly target?: CommitId | undefined;
  /** Upstream's commit, where the history of source-git begins; none where all of it counts. */
  readonly base?: CommitId;
  readonly dist: ObjectStore;
  readonly tip: CommitId;
  /** The folder of dist-git that holds patches, and what source-git has flat; with a slash at its end, `""`: none. */
  readonly folder?: string;
}

type File = Pick<TreeFile, "path" | "id">;

/** `findSourceFiles` for two sides that are known. */
export type WereSources = (files: readonly File[]) => Promise<ReadonlySet<string>>;

/**
 * The files of dist-git that demonstrably were source-git's, so that they go where source-git has them no more: a conversion
 * wrote them last, though the commit that it names is lost; the same file stood in source-git's history; or a commit there
 * has the name as its `Patch-name`. Whatever cannot be shown to be source-git's is dist-git's own.
 */
export async function findSourceFiles(
  sides: Strangers,
  files: readonly File[],
): Promise<ReadonlySet<string>> {
  if (files.length === 0) return new Set();
  const [written, held] = await Promise.all([writtenByConversion(sides, files), heldBySource(sides, files)]);
  return new Set([...written, ...held]);
}

async function writtenByConversion(sides: Strangers, files: readonly File[]): Promise<string[]> {
  const { dist, tip } = sides;
  const search = ["log", "-1", "--format=%H", `--grep=^${sourceCommitTrailer}: `, tip, "--"];
  // Most often there never was a conversion.
  if ((await dist.git(search)).stdout.length === 0) return [];
  const log = [...rawOptions, "--format=%H%n%B", "--stdin"];
  const { stdout } = await dist.git(["log", ...log], { input: listing(tip, files) });
  const newest = new Map<string, boolean>();
  for (const { header, touches } of parseRawLog(stdout)) {
    const fresh = touches.filter(({ path }) => !newest.has(path));
    const converted = fresh.length > 0 && (await isConversion(sides, header));
    for (const { path } of fresh) newest.set(path, converted);
  }
  return files.map(({ path }) => path).filter((path) => newest.get(path) === true);
}

/** Of a merge request that source-git did not merge, only dist-git has anything. */
async function isConversion({ source, head, target }: Strangers, message: string): Promise<boolean> {
  const values = trailerValues(message, sourceCommitTrailer);
  for (const named of await listNamedCommits(source, values)) {
    if (!(await isTaken({ source, head, target }, named))) return false;
  }
  return values.length > 0;
}

async function heldBySource(
  { source, head, target = head, base, folder = "" }: Strangers,
  files: readonly File[],
): Promise<string[]> {
  // Without a base, paths are the same on both sides, and keep the walk short.
  const input = base === undefined ? listing(target, files) : `${target}\n^${base}\n`;
  const { stdout } = await source.git(["log", ...rawOptions, "--format=%H%n%B", "--stdin"], { input });
  const commits = parseRawLog(stdout);
  const named = new Set(commits.flatMap(({ header }) => trailerValues(header, "Patch-name")));
  const held = new Map(files.map(({ id }) => [id, new Set<string>()]));
  for (const { path, before, after } of commits.flatMap(({ touches }) => touches)) {
    for (const file of [before, after]) if (file !== undefined) held.get(file.id)?.add(path);
  }
  const flat = (path: string) => (path.startsWith(folder) ? path.slice(folder.length) : path);
  const stood = (path: string, each: string) =>
    each === path || (base !== undefined && [path, flat(path)].some((name) => each.endsWith(`/${name}`)));
  return files
    .filter(
      ({ path, id }) => named.has(flat(path)) || [...(held.get(id) ?? [])].some((each) => stood(path, each)),
    )
    .map(({ path }) => path);
}

/** What `git log --stdin` reads, a line each. */
function listing(tip: CommitId, files: readonly File[]): string {
  const paths = files.map(({ path }) => path).filter((path) => !path.includes("\n"));
  return [tip, "--", ...paths.map((path) => `:(literal)${path}`), ""].join("\n");
}

/** How people are told of what stays. */
export function staysUnsynchronised(path: string): string {
  return `${path} stays, for dist-git alone has it and the two were never in step: bring it home (sluice update-source-git DIST SOURCE RANGE, with the dist-git commits that made it), or delete it in dist-git`;
}
