import type { CommitId } from "../../domain/refs.js";
import type { ObjectStore } from "../../git/object-store.js";
import { readLog } from "../commit-log.js";
import type { SourceToDist } from "../layout.js";
import { project, type Selection } from "./projection.js";

export interface EqualCommits {
  readonly source: CommitId;
  readonly dist: CommitId;
}

/** So many commits of each first-parent line are compared; fewer where each takes a walk through all folders. */
const depth = { whole: 200, selected: 25 };

/** The newest commits of both sides that hold the same files: where two began that never needed a conversion. */
export async function findEqualCommits(
  { source, head, dist, tip }: SourceToDist,
  selection: Selection,
): Promise<EqualCommits | undefined> {
  const there = new Map<string, CommitId>();
  for (const commit of await recent(dist, tip, selection)) {
    const tree = await project(dist, commit, selection);
    if (!there.has(tree)) there.set(tree, commit);
  }
  for (const commit of await recent(source, head, selection)) {
    const found = there.get(await project(source, commit, selection));
    if (found !== undefined) return { source: commit, dist: found };
  }
  return undefined;
}

async function recent(store: ObjectStore, tip: CommitId, { whole }: Selection): Promise<readonly CommitId[]> {
  const limit = `--max-count=${whole ? depth.whole : depth.selected}`;
  return (await readLog(store, { tip }, ["--first-parent", limit])).map(({ id }) => id);
}
