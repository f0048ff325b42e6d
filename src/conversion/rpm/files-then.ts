import type { CommitId } from "../../domain/refs.js";
import type { ObjectStore } from "../../git/object-store.js";
import { trailerValues } from "../../git/trailers.js";
import { commonFiles } from "../common-files.js";
import { distCommitTrailer } from "../commit.js";
import type { LastSync } from "../last-sync.js";
import type { WereSources } from "../provenance.js";
import { isSameFile, type SyncedFiles } from "../settle-files.js";
import type { DistSide } from "./dist-side.js";
import { comesHome } from "./home-places.js";
import type { SourceSide } from "./source-side.js";
import { filesOf } from "./synced-files.js";

interface Then {
  readonly source: ObjectStore;
  readonly dist: ObjectStore;
  readonly here: SourceSide;
  readonly there: DistSide;
  readonly last: LastSync<SourceSide, DistSide>;
  readonly now: SyncedFiles;
  readonly wereSources: WereSources;
}

/**
 * The files that both had in common: what dist-git had, where source-git had more by then, or made another thing of it in
 * the very commits that tell of it, as people do who resolve a conflict.
 */
export async function filesThen(sides: Then): Promise<SyncedFiles> {
  const { source, here, there, last } = sides;
  const then = await filesOf(source, last.source, there);
  if (last.pending) return { ...then, files: await commonFiles(last.dist.files, { ...sides, then }) };
  const head = last.toldBy === "source" ? beforeExchange(here, last) : undefined;
  if (head === undefined) return then;
  const before = await filesOf(source, { ...last.source, head }, there);
  const files = new Map(then.files);
  for (const path of new Set([...before.files.keys(), ...then.files.keys()])) {
    if (isSameFile(before.files.get(path), then.files.get(path)) || !comesHome(path)) continue;
    const theirs = last.dist.files.get(path);
    if (theirs === undefined) files.delete(path);
    else files.set(path, theirs);
  }
  return { ...then, files };
}

/** source-git before the commits that tell of dist-git's. */
function beforeExchange({ commits }: SourceSide, { source, dist }: Then["last"]): CommitId | undefined {
  const byId = new Map(commits.map((commit) => [commit.id, commit]));
  let before: CommitId | undefined;
  for (let at = byId.get(source.head); at !== undefined; at = byId.get(before ?? "")) {
    const told = trailerValues(at.message, distCommitTrailer).map((value) => value.trim());
    if (!told.includes(dist.commit)) break;
    before = at.parents[0];
  }
  return before;
}
