import { UserError } from "../../domain/errors.js";
import type { CommitId } from "../../domain/refs.js";
import type { ObjectStore } from "../../git/object-store.js";
import { readDistSide, type DistSide } from "./dist-side.js";
import { makeSeries, type WantedPatch } from "./patch-series.js";
import { readSourceSide, type SourceSide } from "./source-side.js";
import { findSyncPoint, isAncestor } from "./sync-point.js";

/** Both sides as they were when they were last in step. */
export interface LastSync {
  readonly source: SourceSide;
  readonly dist: DistSide;
  /** Whether source-git's history only grew since, under the same base and ignored paths. */
  readonly onlyGrew: boolean;
  /** The patches of that time; made when first asked for, for most conversions never ask. */
  readonly patches: () => Promise<readonly WantedPatch[]>;
}

export interface BothSides {
  readonly source: ObjectStore;
  readonly here: SourceSide;
  readonly dist: ObjectStore;
  readonly there: DistSide;
}

/** `undefined` when the two were never synchronised, or when the commit of that time cannot be read. */
export async function readLastSync({ source, here, dist, there }: BothSides): Promise<LastSync | undefined> {
  const sides = { source, head: here.head, commits: here.commits, dist, tip: there.commit };
  const point = await findSyncPoint(sides);
  if (point === undefined) return undefined;
  const then = point.source === here.head ? here : await readIfPossible(source, point.source);
  if (then === undefined) return undefined;
  const sameTip = point.dist === there.commit;
  const lastDist = sameTip ? there : await readDistSide(dist, point.dist, then.specPath);
  const onlyGrew = sameRules(then, here) && (await isAncestor(source, then.head, here.head));
  let patches: Promise<readonly WantedPatch[]> | undefined;
  return {
    source: then,
    dist: lastDist,
    onlyGrew,
    patches: () =>
      (patches ??= makeSeries(source, then, then.configuration).then((series) => series.patches)),
  };
}

async function readIfPossible(store: ObjectStore, commit: CommitId): Promise<SourceSide | undefined> {
  try {
    return await readSourceSide(store, commit);
  } catch (error) {
    // A commit from before the configuration was right, or one whose base the clone lacks: as if never synchronised.
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function sameRules(one: SourceSide, other: SourceSide): boolean {
  const paths = (side: SourceSide) => side.configuration.ignorePaths.join("\0");
  return one.base === other.base && paths(one) === paths(other);
}
