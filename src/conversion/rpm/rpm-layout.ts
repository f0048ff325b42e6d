import { UserError } from "../../domain/errors.js";
import type { ObjectStore } from "../../git/object-store.js";
import { editTree, findEntry, type TreeChange } from "../../git/trees.js";
import type { Converted, ConvertedPatch, Layout, SourceToDist } from "../layout.js";
import { inspectRpm } from "./inspect.js";
import { readDistSide, type DistSide } from "./dist-side.js";
import { bringRpmHome } from "./home.js";
import { commitsSince, readLastSync, type LastSync } from "../last-sync.js";
import { makeSeries, type PatchSeries } from "../patches/patch-series.js";
import { hasSameEffect, proveSum } from "../patches/prove.js";
import { settleFiles, type SyncedFiles } from "../settle-files.js";
import { settlePatches, type SettledPatch, type SettledPatches } from "../patches/settle-patches.js";
import { rewritePatches } from "./rewrite-patches.js";
import { settleSpec } from "./settle-spec.js";
import { readSourceSide, type SourceSide } from "./source-side.js";
import { fitWays, waysOf, withWays } from "./patch-ways.js";
import { startRpm } from "./start.js";
import { requireRoom } from "../room.js";
import { filesThen } from "./files-then.js";
import { filesOf } from "./synced-files.js";
import { keepUnreadable } from "./unreadable-tags.js";
import { upstreamFolders } from "./upstream-folders.js";
import { findSourceFiles, staysUnsynchronised, type WereSources } from "../provenance.js";
import { listTouches } from "../patches/touches.js";

/** A spec, one patch file per downstream change, sources in a lookaside cache. */
export const rpmLayout: Layout = {
  name: "rpm",
  sourceToDist,
  distToSource: bringRpmHome,
  start: startRpm,
  inspect: inspectRpm,
};

type RpmSync = LastSync<SourceSide, DistSide>;

interface Sides {
  readonly source: ObjectStore;
  readonly here: SourceSide;
  readonly dist: ObjectStore;
  readonly there: DistSide;
  readonly last: RpmSync | undefined;
  readonly series: PatchSeries;
  /** source-git's own files, now and at the last synchronised point. */
  readonly now: SyncedFiles;
  readonly then: SyncedFiles | undefined;
  readonly wereSources: WereSources;
}

async function sourceToDist(request: SourceToDist): Promise<Converted> {
  const sides = await readSides(request);
  const { dist, there, now, series } = sides;
  const settled = await settleAll(sides);
  const spec = await settleSpec(dist, { ...sides, settled });
  const files = await settleFiles(now, sides);

  const changes = new Map(files.changes);
  placePatches(changes, sides, settled);
  await placeSpec(changes, sides, spec.text);
  requireRoom(changes, { files: there.files, then: sides.then?.files });
  await copyBlobs(sides, changes);
  const before = (await dist.readCommit(request.tip)).tree;
  const tree = changes.size === 0 ? before : await editTree(dist, before, changes);
  const warnings = [
    ...series.warnings,
    ...settled.warnings,
    ...spec.warnings,
    ...files.foreign.filter((path) => !isPatchOf(settled, there, path)).map(staysUnsynchronised),
  ];
  const commits = commitsSince(sides.here, sides.last);
  return { tree, changed: tree !== before, patches: settled.patches.flatMap(converted), commits, warnings };
}

async function settleAll(sides: Sides): Promise<SettledPatches> {
  const { source, here, dist, there, now, then, last, series } = sides;
  const { ignorePaths } = here.configuration;
  const touches = await listTouches(source, { base: series.base, tip: series.tip, ignorePaths });
  const folders = await upstreamFolders(source, series.base, [there.spec, last?.dist.spec]);
  const ways = waysOf(folders, there, last?.dist);
  const settled = await settlePatches(series.patches, {
    hasEffect: (wanted, { file, content }) => {
      const { strip, folder, reverse = false } = ways.get(file) ?? {};
      return hasSameEffect(source, touches, { wanted, content, strip, folder, reverse });
    },
    hadEffect: async (wanted, { file, content }) => {
      const way = waysOf(folders, last?.dist).get(file);
      return hasSameEffect(source, (await last?.touches()) ?? [], { wanted, content, ...way });
    },
    dist,
    there,
    last,
    distroFiles: patchNames(now, there),
    wasDistroFile: (file) => then?.files.has(`${there.patchFolder}${file}`) ?? false,
    wereSources: sides.wereSources,
  });
  const unread = keepUnreadable(settled, there);
  const before = new Set(last?.source.commits.map(({ id }) => id));
  const grounds = { commits: here.commits, before, touches };
  const rewritten = await rewritePatches(source, withWays(settled.patches, ways), grounds);
  const proved = await proveSum(source, {
    touches,
    patches: rewritten,
    before: {
      order: [...waysOf(folders, there).keys()],
      removed: settled.removed,
      rebased: last !== undefined && last.source.base !== here.base,
    },
  });
  const patches = fitWays(proved.patches, { ways, spec: there.spec, folders });
  return { ...settled, patches, warnings: [...settled.warnings, ...unread, ...proved.warnings] };
}

async function readSides({ source, head, target, dist, tip }: SourceToDist): Promise<Sides> {
  if (head.length !== tip.length) {
    throw new UserError("unsupported", {
      message: "one repository is of SHA-1, the other of SHA-256",
      remedy: "Use repositories of one object format.",
    });
  }
  const here = await readSourceSide(source, head);
  // git writes the patches while the other side is read.
  const making = makeSeries(source, here, here.configuration);
  const reading = readThere({ source, here, target, dist, tip });
  await Promise.allSettled([reading, making]);
  const { there, last } = await reading;
  const series = await making;
  const now = await filesOf(source, here, there);
  const { base } = here;
  const strangers = { source, head, target, base, dist, tip, folder: there.patchFolder };
  const wereSources: WereSources = (files) => findSourceFiles(strangers, files);
  const then = last && (await filesThen({ source, dist, here, there, last, now, wereSources }));
  return { source, here, dist, there, last, series, now, then, wereSources };
}

interface Reached extends Pick<SourceToDist, "source" | "target" | "dist" | "tip"> {
  readonly here: SourceSide;
}

async function readThere({
  source,
  here,
  target,
  dist,
  tip,
}: Reached): Promise<{ there: DistSide; last: RpmSync | undefined }> {
  const there = await readDistSide(dist, tip, here.specPath);
  const last = await readLastSync(
    { source, here, target, dist, there },
    {
      source: readSourceSide,
      dist: (store, commit, { specPath }) => readDistSide(store, commit, specPath),
    },
  );
  return { there, last };
}

function patchNames({ files }: SyncedFiles, { patchFolder }: DistSide): ReadonlySet<string> {
  const inFolder = [...files.keys()].filter((path) => path.startsWith(patchFolder));
  return new Set(
    inFolder.map((path) => path.slice(patchFolder.length)).filter((name) => !name.includes("/")),
  );
}

function placePatches(
  changes: Map<string, TreeChange>,
  { dist, there }: Sides,
  { patches, removed, foreign }: SettledPatches,
): void {
  for (const file of removed) changes.set(`${there.patchFolder}${file}`, undefined);
  for (const file of foreign) changes.delete(`${there.patchFolder}${file}`);
  for (const { file, content, outcome } of patches) {
    const path = `${there.patchFolder}${file}`;
    changes.delete(path);
    if (outcome === "added" || outcome === "changed") {
      changes.set(path, { mode: there.files.get(path)?.mode ?? "100644", id: dist.writeBlob(content) });
    }
  }
}

async function placeSpec(
  changes: Map<string, TreeChange>,
  { dist, there, source, here }: Sides,
  text: string,
): Promise<void> {
  changes.delete(there.specPath);
  if (text === there.specText) return;
  const mode = there.files.get(there.specPath)?.mode ?? (await modeOf(source, here));
  changes.set(there.specPath, { mode, id: dist.writeBlob(Buffer.from(text, "latin1")) });
}

async function modeOf(source: ObjectStore, { head, specPath }: SourceSide): Promise<string> {
  return (await findEntry(source, head, specPath))?.mode ?? "100644";
}

/** Files that come from source-git's store are not in dist-git's yet. */
async function copyBlobs(
  { source, dist, now }: Sides,
  changes: ReadonlyMap<string, TreeChange>,
): Promise<void> {
  for (const [path, change] of changes) {
    if (change === undefined || now.files.get(path)?.id !== change.id) continue;
    if (await dist.has(change.id)) continue;
    const from = now.files.get(path)?.path ?? path;
    dist.writeBlob(await source.readBlob(change.id).catch((error: unknown) => named(error, from)));
  }
}

/** What the store says of an object, said of the file that people know. */
function named(error: unknown, path: string): never {
  if (!(error instanceof UserError) || error.kind !== "unsupported") throw error;
  throw new UserError(
    "unsupported",
    {
      message: `${path} is too large to be carried to dist-git: 100 MB are the limit`,
      where: path,
      remedy: "Put it among the package's sources, in the lookaside cache.",
    },
    { cause: error },
  );
}

/** What is said of a patch needs no saying of its file. */
function isPatchOf(settled: SettledPatches, { patchFolder }: DistSide, path: string): boolean {
  const file = path.slice(patchFolder.length);
  return settled.foreign.includes(file) || settled.patches.some((patch) => patch.file === file);
}

function converted({ file, outcome, wanted }: SettledPatch): ConvertedPatch[] {
  if (outcome === "dropped") return [];
  return [{ file, change: outcome === "drifted" ? "kept" : outcome, commits: wanted.commits }];
}
