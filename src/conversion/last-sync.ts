import { trailerValues } from "../git/trailers.js";
import { distCommitTrailer } from "./commit.js";
import { UserError } from "../domain/errors.js";
import type { CommitId } from "../domain/refs.js";
import type { ObjectStore } from "../git/object-store.js";
import { findEntry } from "../git/trees.js";
import { makeSeries, type PatchSeries } from "./patches/patch-series.js";
import { believedCommits, tellsOfDist } from "./believed.js";
import type { SourceHistory } from "./source-history.js";
import type { PatchSide } from "./patches/patch-side.js";
import { listTouches, type Touch } from "./patches/touches.js";
import { isAncestor } from "./ancestry.js";
import { findSyncPoint, type SyncPoint } from "./sync-point.js";

/** Both sides as they were when they were last in step. */
export interface LastSync<S extends SourceHistory = SourceHistory, D extends PatchSide = PatchSide> {
  readonly source: S;
  readonly dist: D;
  /** By `source`, its commit may have been rewritten since, and dist-git's alone is what it was (see `SyncPoint`). */
  readonly toldBy: "source" | "dist";
  /**
   * Whether source-git had commits of its own at that time that dist-git had not got: its commit then holds more than both
   * had in common, and only dist-git's says what that was.
   */
  readonly pending: boolean;
  /**
   * The dist-git commit of which source-git began as the copy, so that every patch of that commit was source-git's;
   * `undefined` where it began otherwise, or dist-git tells of the point.
   */
  readonly begun: CommitId | undefined;
  /** Whether source-git's history only grew since, under the same base and ignored paths. */
  readonly onlyGrew: boolean;
  /** The patches that source-git's commits asked for at that time; made when first asked for, for most never ask. */
  readonly series: () => Promise<PatchSeries>;
  /** What the commits of that series do. */
  readonly touches: () => Promise<readonly Touch[]>;
}

export interface BothSides<S extends SourceHistory, D extends PatchSide> {
  readonly source: ObjectStore;
  readonly here: S;
  /** As in `SourceToDist`. */
  readonly target?: CommitId | undefined;
  readonly dist: ObjectStore;
  readonly there: D;
}

/** How a layout reads its sides. */
export interface Readers<S extends SourceHistory, D extends PatchSide> {
  readonly source: (store: ObjectStore, head: CommitId) => Promise<S>;
  readonly dist: (store: ObjectStore, commit: CommitId, source: S) => Promise<D>;
}

/** `undefined` when the two were never synchronised, or when the commit of that time cannot be read. */
export async function readLastSync<S extends SourceHistory, D extends PatchSide>(
  { source, here, target, dist, there }: BothSides<S, D>,
  readers: Readers<S, D>,
): Promise<LastSync<S, D> | undefined> {
  const sides = { source, head: here.head, target, commits: here.commits, dist, tip: there.commit };
  const point = await findSyncPoint(sides);
  if (point === undefined) return undefined;
  const then =
    point.source === here.head ? here : await ifPossible(() => readers.source(source, point.source));
  if (then === undefined) return undefined;
  const sameTip = point.dist === there.commit;
  const lastDist = sameTip ? there : await readers.dist(dist, point.dist, then);
  const believed = { ...here, commits: believedCommits(here.commits, target) };
  const onlyGrew = sameRules(then, here) && (await hasGrown(source, then, here));
  let made: Promise<PatchSeries> | undefined;
  const series = () => (made ??= makeSeries(source, then, then.configuration));
  const { ignorePaths } = then.configuration;
  let listed: Promise<readonly Touch[]> | undefined;
  return {
    source: then,
    dist: lastDist,
    toldBy: point.toldBy,
    pending: point.toldBy === "source" && hadPending(believed, point),
    begun: point.toldBy === "dist" ? undefined : await findBeginning(source, believed),
    onlyGrew,
    series,
    touches: () => (listed ??= series().then((line) => listTouches(source, { ...line, ignorePaths }))),
  };
}

/** The commits that source-git alone made since then, oldest first; `undefined` where nobody knows, or there are none. */
export function commitsSince(
  { commits }: SourceHistory,
  last: LastSync | undefined,
): readonly CommitId[] | undefined {
  if (last === undefined || !last.onlyGrew || last.pending) return undefined;
  const before = new Set(last.source.commits.map(({ id }) => id));
  const own = commits.filter(
    (commit) => !before.has(commit.id) && commit.parents.length < 2 && !tellsOfDist(commit),
  );
  return own.length === 0 ? undefined : own.map(({ id }) => id);
}

function hadPending({ commits }: SourceHistory, { source, converted }: SyncPoint): boolean {
  // Where dist-git tells of none, what stands before the first that tells of dist-git is how source-git began.
  const got =
    converted === undefined
      ? commits.slice(0, commits.findIndex(tellsOfDist))
      : believedCommits(commits, converted);
  const known = new Set(got.map(({ id }) => id));
  return believedCommits(commits, source).some(
    (commit) => !known.has(commit.id) && commit.parents.length < 2 && !tellsOfDist(commit),
  );
}

/** What the commit names that brought the packaging, as `init` makes it; later ones may name what they do not carry. */
async function findBeginning(
  source: ObjectStore,
  { commits, configuration }: SourceHistory,
): Promise<CommitId | undefined> {
  const first = commits.find(tellsOfDist);
  const [before] = first?.parents ?? [];
  if (first === undefined || before === undefined) return undefined;
  if ((await findEntry(source, before, configuration.file)) !== undefined) return undefined;
  return trailerValues(first.message, distCommitTrailer)[0]?.trim();
}

async function ifPossible<S>(read: () => Promise<S>): Promise<S | undefined> {
  try {
    return await read();
  } catch (error) {
    // A commit from before the configuration was right, or one whose base the clone lacks: as if never synchronised.
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

async function hasGrown(source: ObjectStore, then: SourceHistory, here: SourceHistory): Promise<boolean> {
  // What was listed anyway needs no question.
  if (then.head === here.base || here.commits.some(({ id }) => id === then.head)) return true;
  return isAncestor(source, then.head, here.head);
}

function sameRules(one: SourceHistory, other: SourceHistory): boolean {
  const paths = (side: SourceHistory) => side.configuration.ignorePaths.join("\0");
  return one.base === other.base && paths(one) === paths(other);
}
