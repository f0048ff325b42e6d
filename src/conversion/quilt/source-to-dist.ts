import type { TreeEntry } from "../../git/object-store.js";
import { encodeText } from "../../git/text.js";
import { diffTrees, editTree, type TreeChange } from "../../git/trees.js";
import { commitsSince } from "../last-sync.js";
import type { Converted, ConvertedPatch, SourceToDist } from "../layout.js";
import { applyPatch } from "../patches/apply-patch.js";
import { PatchedTree } from "../patches/patched-tree.js";
import { hasSameEffect, proveSum } from "../patches/prove.js";
import { settlePatches, type SettledPatch, type SettledPatches } from "../patches/settle-patches.js";
import { listTouches } from "../patches/touches.js";
import { staysUnsynchronised } from "../provenance.js";
import { settleFiles, type SyncedFiles } from "../settle-files.js";
import { requireRoom } from "../room.js";
import { bringUpstream } from "./new-upstream.js";
import { findLimits } from "./limits.js";
import { otherSeries } from "./other-series.js";
import { patchFolder } from "./quilt-side.js";
import { readSides, type Sides } from "./read-sides.js";
import { fitStrips, rewritePatches } from "./rewrite-patches.js";
import { editSeries } from "./series-edit.js";
import { parseSeries, patchesOf, seriesText } from "./series-file.js";
import { describeTrouble } from "./trouble.js";
import { hasUpstreamFiles, requireFit, requireUnapplied, type ListedPatch } from "./upstream-files.js";

/** dist-git with the packaging and the patches that source-git's commit asks for. */
export async function sourceToDist(request: SourceToDist): Promise<Converted> {
  const sides = await readSides(request);
  const { dist, now, there } = sides;
  const settled = await settleAll(sides);
  const files = await settleFiles(now, sides);

  const changes = new Map(files.changes);
  const series = seriesAfter(sides, settled);
  placePatches(changes, sides, settled);
  placeSeries(changes, sides, series);
  requireRoom(changes, { files: there.files, then: sides.then?.files });
  await copyBlobs(sides, changes);
  const before = (await dist.readCommit(request.tip)).tree;
  const top = dist.writeTree(await topEntries(sides));
  const tree = changes.size === 0 ? top : await editTree(dist, top, changes);
  const patches = listedPatches(series, settled, sides);
  const judged =
    tree === before ? [] : await judge(sides, top, { patches, foreign: new Set(settled.foreign) });
  return {
    tree,
    changed: tree !== before,
    patches: settled.patches.flatMap(converted),
    commits: commitsSince(sides.here, sides.last),
    warnings: [
      ...sides.series.warnings,
      ...otherSeries(there).map(({ reason }) => reason),
      ...settled.warnings,
      ...files.foreign.map(staysUnsynchronised),
      ...judged,
    ],
  };
}

async function settleAll(sides: Sides): Promise<SettledPatches> {
  const { source, here, dist, there, now, then, last, series } = sides;
  const { ignorePaths } = here.configuration;
  const touches = await listTouches(source, { base: series.base, tip: series.tip, ignorePaths });
  const settled = await settlePatches(series.patches, {
    hasEffect: (wanted, { file, content }) =>
      hasSameEffect(source, touches, { wanted, content, strip: there.strips.get(file) }),
    hadEffect: async (wanted, { file, content }) =>
      hasSameEffect(source, (await last?.touches()) ?? [], {
        wanted,
        content,
        strip: last?.dist.strips.get(file),
      }),
    dist,
    there,
    last,
    distroFiles: namesBelow(patchFolder, now),
    wasDistroFile: (file) => then?.files.has(`${patchFolder}${file}`) ?? false,
    wereSources: sides.wereSources,
  });
  const rewritten = await rewritePatches(settled.patches, sides, touches);
  const before = {
    order: there.patches.map(({ file }) => file),
    removed: settled.removed,
    rebased: last !== undefined && last.source.base !== here.base,
  };
  const { patches, warnings } = await proveSum(source, { touches, patches: rewritten, before });
  const fitted = fitStrips(patches, sides);
  const limits = await findLimits(sides, { patches: fitted, touches });
  return { ...settled, patches: fitted, warnings: [...settled.warnings, ...warnings, ...limits] };
}

/** Whether the result is one that quilt and dpkg-source can build; a conversion that changes nothing is not judged. */
async function judge(
  sides: Sides,
  upstream: string,
  { patches, foreign }: { patches: readonly ListedPatch[]; foreign: ReadonlySet<string> },
): Promise<readonly string[]> {
  const { source, dist, there, series } = sides;
  const changed = await diffTrees(source, series.base, series.tip);
  const differences = changed.filter(({ path }) => !/^(?:(?:debian|\.distro)\/|\.sluice\.yml$)/.test(path));
  const own = { dist, side: there, upstream, differences };
  await requireUnapplied(own);
  await requireFit(
    own,
    patches.filter(({ file }) => !foreign.has(file)),
  );
  const holder = hasUpstreamFiles(there)
    ? new PatchedTree(dist, upstream)
    : new PatchedTree(source, series.base);
  return foreign.size === 0 ? [] : brokenForeign(holder, patches, foreign);
}

/** dist-git's own patches that do not apply any more. */
async function brokenForeign(
  tree: PatchedTree,
  patches: readonly ListedPatch[],
  foreign: ReadonlySet<string>,
): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const patch of patches) {
    const applied = await applyPatch(tree, patch);
    if (applied.outcome === "applied" || !foreign.has(patch.file)) continue;
    broken.push(`${describeTrouble(patch.file, applied)}; it is dist-git's own, so mend it there`);
  }
  return broken;
}

/** The entries of the new tree beside `debian/`, which still is the old one here. */
async function topEntries({ source, here, dist, there, last }: Sides): Promise<readonly TreeEntry[]> {
  if (last === undefined || last.source.base === here.base) return there.top;
  return bringUpstream({
    source,
    dist,
    there,
    lastDist: last.dist,
    oldBase: last.source.base,
    newBase: here.base,
  });
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

function seriesAfter({ there }: Sides, { patches, removed }: SettledPatches): string {
  const listed = patches.filter(({ outcome }) => outcome !== "dropped");
  return editSeries(there.series, {
    patches: listed.map(({ file, present }) => ({
      file,
      listedAs: [file, present?.file].find((name) => name !== undefined && there.named.has(name)),
    })),
    removed: new Set(removed),
  });
}

function placeSeries(changes: Map<string, TreeChange>, { dist, there }: Sides, text: string): void {
  const { series, files } = there;
  if (text === seriesText(series)) return;
  const mode = files.get(series.path)?.mode ?? "100644";
  changes.set(series.path, text === "" ? undefined : { mode, id: dist.writeBlob(encodeText(text)) });
}

/** The patches of the series as it will be, with what their files will hold. */
function listedPatches(text: string, { patches }: SettledPatches, { there }: Sides): readonly ListedPatch[] {
  const contents = new Map(there.patches.map(({ file, content }) => [file, content]));
  for (const { file, content, outcome } of patches) if (outcome !== "dropped") contents.set(file, content);
  return patchesOf(parseSeries(text, there.series.path)).flatMap(({ file, strip }) => {
    const content = contents.get(file);
    return content === undefined ? [] : { file, strip, content };
  });
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
