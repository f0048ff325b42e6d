import { UserError } from "../../domain/errors.js";
import type { ObjectStore } from "../../git/object-store.js";
import { encodeText } from "../../git/text.js";
import { editTree, type TreeChange } from "../../git/trees.js";
import { readLastSync, type LastSync } from "../last-sync.js";
import type { Converted, ConvertedPatch, SourceToDist } from "../layout.js";
import type { PatchSeries } from "../patches/patch-series.js";
import { hasSameEffect, proveSum } from "../patches/prove.js";
import { settlePatches, type SettledPatch, type SettledPatches } from "../patches/settle-patches.js";
import { listTouches } from "../patches/sum-law.js";
import { settleFiles, type SyncedFiles } from "../settle-files.js";
import { makeDebianSeries } from "./debian-patch.js";
import { patchFolder, readQuiltSide, type QuiltSide } from "./quilt-side.js";
import { editSeries } from "./series-edit.js";
import { requireSound } from "./series-file.js";
import { debianFiles, readQuiltSource, type QuiltSource } from "./source-side.js";

interface Sides {
  readonly source: ObjectStore;
  readonly here: QuiltSource;
  readonly dist: ObjectStore;
  readonly there: QuiltSide;
  readonly last: LastSync<QuiltSource, QuiltSide> | undefined;
  readonly series: PatchSeries;
  /** source-git's own files of `debian/`, now and at the last synchronised point. */
  readonly now: SyncedFiles;
  readonly then: SyncedFiles | undefined;
}

export async function sourceToDist(request: SourceToDist): Promise<Converted> {
  const sides = await readSides(request);
  const { source, here, dist, there, now, series } = sides;
  const { ignorePaths } = here.configuration;
  const touches = await listTouches(source, { base: series.base, tip: series.tip, ignorePaths });
  const settled = await settlePatches(series.patches, {
    hasEffect: (wanted, { file, content }) =>
      hasSameEffect(source, touches, { wanted, content, strip: there.strips.get(file) }),
    dist,
    there,
    last: sides.last,
    distroFiles: namesBelow(patchFolder, now),
    wasDistroFile: (file) => sides.then?.files.has(`${patchFolder}${file}`) ?? false,
  });
  const { patches, warnings } = await proveSum(source, { touches, patches: settled.patches });
  const proven = { ...settled, patches };
  const files = await settleFiles(now, sides);

  const changes = new Map(files.changes);
  placePatches(changes, sides, proven);
  placeSeries(changes, sides, proven);
  await copyBlobs(sides, changes);
  const before = (await dist.readCommit(request.tip)).tree;
  const tree = changes.size === 0 ? before : await editTree(dist, before, changes);
  return {
    tree,
    changed: tree !== before,
    patches: patches.flatMap(converted),
    warnings: [...settled.warnings, ...warnings, ...files.warnings],
  };
}

async function readSides({ source, head, dist, tip }: SourceToDist): Promise<Sides> {
  if (head.length !== tip.length) {
    throw new UserError("unsupported", {
      message: "one repository is of SHA-1, the other of SHA-256",
      remedy: "Use repositories of one object format.",
    });
  }
  const here = await readQuiltSource(source, head);
  const there = await readQuiltSide(dist, tip);
  requireSound(there.series);
  const last = await readLastSync(
    { source, here, dist, there },
    { source: readQuiltSource, dist: readQuiltSide },
  );
  const series = await makeDebianSeries(source, here, there);
  const now = await debianFiles(source, head, there);
  const then = last && (await filesThen(source, last));
  return { source, here, dist, there, last, series, now, then };
}

/** A commit that tells of dist-git may have been rewritten since; what dist-git had then, it has for ever. */
async function filesThen(source: ObjectStore, last: LastSync<QuiltSource, QuiltSide>): Promise<SyncedFiles> {
  return last.toldBy === "source" ? distFiles(last.dist) : debianFiles(source, last.source.head, last.dist);
}

function distFiles({ files, series, named }: QuiltSide): SyncedFiles {
  const own = [...files].filter(
    ([path]) => path !== series.path && !named.has(path.slice(patchFolder.length)),
  );
  return { files: new Map(own), deletes: () => false };
}

function namesBelow(folder: string, { files }: SyncedFiles): ReadonlySet<string> {
  const paths = [...files.keys()].filter((path) => path.startsWith(folder));
  return new Set(paths.map((path) => path.slice(folder.length)));
}

function placePatches(
  changes: Map<string, TreeChange>,
  { dist, there }: Sides,
  { patches, removed, foreign }: SettledPatches,
): void {
  for (const file of removed) changes.set(`${patchFolder}${file}`, undefined);
  for (const file of foreign) changes.delete(`${patchFolder}${file}`);
  for (const { file, content, outcome } of patches) {
    const path = `${patchFolder}${file}`;
    changes.delete(path);
    if (outcome === "added" || outcome === "changed") {
      changes.set(path, { mode: there.files.get(path)?.mode ?? "100644", id: dist.writeBlob(content) });
    }
  }
}

function placeSeries(
  changes: Map<string, TreeChange>,
  { dist, there }: Sides,
  { patches, removed }: SettledPatches,
): void {
  const { series, files, named } = there;
  const listed = patches.filter(({ outcome }) => outcome !== "dropped");
  const edited = editSeries(series, {
    patches: listed.map(({ file, present }) => ({
      file,
      listedAs: [file, present?.file].find((name) => name !== undefined && named.has(name)),
    })),
    removed: new Set(removed),
  });
  const before = series.lines.map(({ text }) => text).join("");
  if (edited === before) return;
  const mode = files.get(series.path)?.mode ?? "100644";
  const id = dist.writeBlob(encodeText(edited));
  changes.set(series.path, edited === "" ? undefined : { mode, id });
}

/** Files that come from source-git's store are not in dist-git's yet. */
async function copyBlobs(
  { source, dist, now }: Sides,
  changes: ReadonlyMap<string, TreeChange>,
): Promise<void> {
  for (const [path, change] of changes) {
    if (change === undefined || now.files.get(path)?.id !== change.id) continue;
    if (!(await dist.has(change.id))) dist.writeBlob(await source.readBlob(change.id));
  }
}

function converted({ file, outcome, wanted }: SettledPatch): ConvertedPatch[] {
  if (outcome === "dropped") return [];
  return [{ file, change: outcome === "drifted" ? "kept" : outcome, commits: wanted.commits }];
}
