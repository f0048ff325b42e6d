import type { CommitId } from "../domain/refs.js";
import type { Commit, ObjectStore } from "../git/object-store.js";
import { decodeText } from "../git/text.js";
import { trailerValues } from "../git/trailers.js";
import { isAncestor, mergeBase } from "./ancestry.js";
import { believedCommits, tellsOfDist } from "./believed.js";
import { distCommitTrailer, sourceCommitTrailer } from "./commit.js";
import { listNamedCommits } from "./named-commits.js";
import type { HistoryCommit } from "./patches/history.js";
import { trailerOf } from "./patches/commit-trailers.js";
import { readIfThere } from "./patches/known-commits.js";
import { isTaken, mostAsked } from "./unmerged.js";

/** The newest pair of commits that are known to have been in step. */
export interface SyncPoint {
  readonly source: CommitId;
  readonly dist: CommitId;
  /**
   * The side whose commit tells of the other. It stands for what it was when it got its trailer only as long as nobody
   * rewrites it, for a trailer survives that; the commit that is told of is named by its id and is what it was.
   */
  readonly toldBy: "source" | "dist";
  /** The newest source-git commit that dist-git tells of: what it has of source-git, whoever told of the point. */
  readonly converted: CommitId | undefined;
}

type Told = Omit<SyncPoint, "converted">;

export interface Sides {
  readonly source: ObjectStore;
  readonly head: CommitId;
  /** Where the line of source-git begins that may tell of dist-git; unless told, at its head. */
  readonly target?: CommitId | undefined;
  /** source-git's commits since the base, oldest first. */
  readonly commits: readonly HistoryCommit[];
  readonly dist: ObjectStore;
  readonly tip: CommitId;
}

/**
 * The last synchronised point: the newest trailer on a first-parent line whose commit the other side has. A trailer in
 * merged or cherry-picked foreign history does not count.
 */
export async function findSyncPoint(sides: Sides): Promise<SyncPoint | undefined> {
  const fromDist = await newestInDist(sides);
  const fromSource = await newestInSource(sides);
  const point = await newerOf(sides, fromDist, fromSource);
  return point && { ...point, converted: fromDist?.source };
}

async function newerOf(
  { dist }: Sides,
  fromDist: Told | undefined,
  fromSource: Told | undefined,
): Promise<Told | undefined> {
  if (fromDist === undefined || fromSource === undefined) return fromDist ?? fromSource;
  const isOlder =
    fromSource.dist !== fromDist.dist && (await isAncestor(dist, fromSource.dist, fromDist.dist));
  return isOlder ? fromDist : fromSource;
}

/** So many commits are read one by one before git is asked to look through all: most often the first one tells. */
const readSingly = 20;

/**
 * The newest commit of dist-git that tells of source-git, with what of it source-git has: all of it most often; where dist-git
 * merged first what is still open in source-git, what it told of before, or what the open one began with.
 */
async function newestInDist(sides: Sides): Promise<Told | undefined> {
  const line = { source: sides.source, head: sides.head, target: sides.target };
  let newest: Told | undefined;
  let asked = 0;
  for await (const told of tellings(sides)) {
    newest ??= told;
    if (sides.commits.some(({ id }) => id === told.source) || (await isTaken(line, told.source))) {
      return told === newest ? told : { ...newest, source: await laterOf(sides, told.source, newest.source) };
    }
    if ((asked += 1) === mostAsked) break;
  }
  const began = newest && (await mergeBase(sides.source, newest.source, sides.head));
  return newest && began === undefined ? undefined : newest && { ...newest, source: began ?? newest.source };
}

/** Of a commit and the one where another branch began: that which contains the other one. */
async function laterOf({ source, head }: Sides, commit: CommitId, branch: CommitId): Promise<CommitId> {
  const began = await mergeBase(source, branch, head);
  return began !== undefined && (await isAncestor(source, commit, began)) ? began : commit;
}

/** What dist-git's commits tell of source-git's, newest first. */
async function* tellings({ source, dist, tip }: Sides): AsyncGenerator<Told> {
  let at: CommitId | undefined = tip;
  for (let count = 0; count < readSingly && at !== undefined; count += 1) {
    const commit: Commit | undefined = await readIfThere(dist, at);
    if (commit === undefined) return;
    const [named] = await listNamedCommits(source, trailerValues(commit.message, sourceCommitTrailer));
    if (named !== undefined) yield { source: named, dist: at, toldBy: "dist" };
    const merged = named === undefined ? await mirroredBranch({ source, dist }, commit) : undefined;
    if (merged !== undefined) yield merged;
    at = commit.parents[0];
  }
  if (at !== undefined) yield* searchDist({ source, dist, tip: at });
}

/** A mirrored merge request that was merged: a branch of one commit, put on what dist-git had then. */
async function mirroredBranch(
  { source, dist }: Pick<Sides, "source" | "dist">,
  { parents }: Commit,
): Promise<Told | undefined> {
  const [first, second] = parents;
  if (first === undefined || second === undefined || parents.length > 2) return undefined;
  const mirrored = await readIfThere(dist, second);
  const [onto, ...others] = mirrored?.parents ?? [];
  if (mirrored === undefined || onto === undefined || others.length > 0) return undefined;
  const [named] = await listNamedCommits(source, trailerValues(mirrored.message, sourceCommitTrailer));
  if (named === undefined || !(await isAncestor(dist, onto, first))) return undefined;
  // The merge may hold what dist-git alone did meanwhile; the branch does not.
  return { source: named, dist: second, toldBy: "dist" };
}

async function* searchDist({
  source,
  dist,
  tip,
}: Pick<Sides, "source" | "dist" | "tip">): AsyncGenerator<Told> {
  const { stdout } = await dist.git([
    "log",
    "-z",
    "--first-parent",
    `--grep=^${sourceCommitTrailer}: `,
    "--no-color",
    "--format=%H%n%B",
    tip,
    "--",
  ]);
  for (const record of decodeText(stdout).split("\0").filter(Boolean)) {
    const end = record.indexOf("\n");
    const [named] = await listNamedCommits(source, trailerValues(record.slice(end + 1), sourceCommitTrailer));
    if (named !== undefined) yield { source: named, dist: record.slice(0, end), toldBy: "dist" };
  }
}

async function newestInSource({ head, target, commits, dist, tip }: Sides): Promise<Told | undefined> {
  const byId = new Map(commits.map((commit) => [commit.id, commit]));
  for (let at = byId.get(target ?? head); at !== undefined; at = byId.get(at.parents[0] ?? "")) {
    const teller = trailerOf(at, distCommitTrailer).length > 0 ? at : homeBranch(at, byId);
    if (teller === undefined) continue;
    const [named] = await listNamedCommits(dist, trailerOf(teller, distCommitTrailer));
    if (named !== undefined && (await isAncestor(dist, named, tip))) {
      return { source: teller.id, dist: named, toldBy: "source" };
    }
  }
  return undefined;
}

/**
 * The tip of a merged branch that brought nothing but what dist-git had: as those who bring it home push it. The merge may
 * hold what source-git alone did meanwhile; the branch does not.
 */
function homeBranch(
  { parents }: HistoryCommit,
  byId: ReadonlyMap<CommitId, HistoryCommit>,
): HistoryCommit | undefined {
  const [first, second] = parents;
  if (first === undefined || second === undefined || parents.length > 2) return undefined;
  const tip = byId.get(second);
  let at = tip;
  while (at?.parents.length === 1 && tellsOfDist(at)) at = byId.get(at.parents[0] ?? "");
  if (tip === undefined || at === undefined || at === tip) return undefined;
  return believedCommits([...byId.values()], first).includes(at) ? tip : undefined;
}
