import { UserError } from "../../domain/errors.js";
import type { ObjectStore } from "../../git/object-store.js";
import type { TreeFile } from "../../git/trees.js";
import { readLastSync, type LastSync } from "../last-sync.js";
import type { SourceToDist } from "../layout.js";
import type { PatchSeries } from "../patches/patch-series.js";
import type { SyncedFiles } from "../settle-files.js";
import { commonFiles } from "../common-files.js";
import { findSourceFiles, type WereSources } from "../provenance.js";
import { makeDebianSeries } from "./debian-patch.js";
import { patchFolder, readQuiltSide, type QuiltSide } from "./quilt-side.js";
import { requireSound } from "./series-file.js";
import { debianFiles, readQuiltSource, type QuiltSource } from "./source-side.js";

/** Both sides as they are, and as they were when they were last in step. */
export interface Sides {
  readonly source: ObjectStore;
  readonly here: QuiltSource;
  readonly dist: ObjectStore;
  readonly there: QuiltSide;
  readonly last: LastSync<QuiltSource, QuiltSide> | undefined;
  readonly series: PatchSeries;
  /** source-git's own files of `debian/`, now and at the last synchronised point. */
  readonly now: SyncedFiles;
  readonly then: SyncedFiles | undefined;
  readonly wereSources: WereSources;
}

export async function readSides({ source, head, target, dist, tip }: SourceToDist): Promise<Sides> {
  requireOneFormat(head, tip);
  const here = await readQuiltSource(source, head);
  const there = await readQuiltSide(dist, tip);
  requireSound(there.series);
  const last = await readLastSync(
    { source, here, target, dist, there },
    { source: readQuiltSource, dist: readQuiltSide },
  );
  const series = await makeDebianSeries(source, here, there);
  const now = await debianFiles(source, head, there);
  const { base } = here;
  const strangers = { source, head, target, base, dist, tip, folder: patchFolder };
  const wereSources: WereSources = (files) => findSourceFiles(strangers, files);
  const then = last && (await filesThen({ source, dist, last, now, wereSources }));
  return { source, here, dist, there, last, series, now, then, wereSources };
}

/** Throws `UserError` ("unsupported") for commits of repositories that name their objects differently. */
export function requireOneFormat(one: string, other: string): void {
  if (one.length === other.length) return;
  throw new UserError("unsupported", {
    message: "one repository is of SHA-1, the other of SHA-256",
    remedy: "Use repositories of one object format.",
  });
}

/** A commit that tells of dist-git may have been rewritten since; what dist-git had then, it has for ever. */
async function filesThen({
  source,
  dist,
  last,
  now,
  wereSources,
}: Pick<Sides, "source" | "dist" | "now" | "wereSources"> & {
  last: LastSync<QuiltSource, QuiltSide>;
}): Promise<SyncedFiles> {
  const then = await debianFiles(source, last.source.head, last.dist);
  if (last.toldBy === "dist") return then;
  const files = await commonFiles(ownFiles(last.dist), { source, dist, last, now, wereSources, then });
  return { files, deletes: () => false };
}

function ownFiles({ files, series, named }: QuiltSide): ReadonlyMap<string, TreeFile> {
  const isPatch = (path: string) => path.startsWith(patchFolder) && named.has(path.slice(patchFolder.length));
  return new Map([...files].filter(([path]) => path !== series.path && !isPatch(path)));
}
