import { UserError } from "../../domain/errors.js";
import { shortCommit } from "../../domain/refs.js";
import type { ObjectStore } from "../../git/object-store.js";
import { encodeText } from "../../git/text.js";
import type { DistSide } from "./dist-side.js";
import type { SyncedFiles } from "../settle-files.js";
import { bothChanged } from "../both-changed.js";
import type { LastSync } from "../last-sync.js";
import type { SettledPatch, SettledPatches } from "../patches/settle-patches.js";
import { waysOf } from "./patch-ways.js";
import type { SourceSide } from "./source-side.js";
import { editPatches, type EditedSpec } from "./spec-edit.js";
import { parseSpec } from "./spec-lines.js";
import { mergeSpecs, withoutForeignTags, type MergedSpec } from "./spec-merge.js";
import type { SpecPatch } from "./spec-order.js";
import { readPatchTags } from "./spec-tags.js";
import { unreadableTags } from "./unreadable-tags.js";
import { upstreamFolders } from "./upstream-folders.js";

export interface SpecRequest {
  readonly source: ObjectStore;
  readonly here: SourceSide;
  readonly there: DistSide;
  readonly last: LastSync<SourceSide, DistSide> | undefined;
  readonly settled: SettledPatches;
  /** source-git's own files, by path in dist-git. */
  readonly now: SyncedFiles;
}

/** dist-git's new spec: both sides' changes merged, then exactly the patch tags that are due. */
export async function settleSpec(dist: ObjectStore, request: SpecRequest): Promise<EditedSpec> {
  const { here, there, settled, now } = request;
  const merged = await mergeBoth(dist, request);
  const read = readPatchTags(parseSpec(merged.text), there.specPath);
  const lookaside = await readLookaside(dist, there);
  const foreign = new Set(settled.foreign);
  const unnamed = new Set(
    settled.patches.filter(({ wanted }) => wanted.presentInSpecfile).map(({ file }) => file),
  );
  const unreadable = new Set(unreadableTags(read).map(({ file }) => file));
  const keeps = (file: string) =>
    foreign.has(file) ||
    unreadable.has(file) ||
    unnamed.has(file) ||
    now.files.has(`${there.patchFolder}${file}`) ||
    neverHad(request, file) ||
    lookaside.includes(`(${encodeText(file).toString("latin1")})`);

  const own = new Set(readPatchTags(parseSpec(here.specText), here.specPath).patches.map(({ file }) => file));
  const due = settled.patches.filter(
    ({ wanted, outcome }) => outcome !== "dropped" && !wanted.presentInSpecfile,
  );
  const patches = due.map((patch) => specPatch(patch, { own, merged }));
  const named = new Set(patches.map(({ file }) => file));
  const ways = waysOf(new Set(), there);
  for (const [file, status] of merged.lost) {
    const strip = ways.get(file)?.strip ?? 1;
    if (!named.has(file) && keeps(file)) patches.push({ file, status, id: undefined, strip, where: file });
  }
  const wantsTags = patches.length > 0 || read.patches.length > 0;
  if (!wantsTags) return { text: merged.text, warnings: merged.warnings };
  refuseSpaces(patches);
  const digits = here.configuration.patchIdDigits ?? 1;
  const folders = await upstreamFolders(request.source, here.base, [read]);
  const edited = editPatches(read, { patches, keeps, digits, folders });
  return { text: edited.text, warnings: [...merged.warnings, ...edited.warnings] };
}

/** A patch that is fetched from elsewhere: dist-git did not have its file when they were last in step, and has not now. */
function neverHad({ there, last }: SpecRequest, file: string): boolean {
  const path = `${there.patchFolder}${file}`;
  return !there.files.has(path) && last?.dist.files.has(path) === false;
}

async function mergeBoth(dist: ObjectStore, request: SpecRequest): Promise<MergedSpec> {
  const { here, there, last } = request;
  if (there.specText === undefined) return { text: here.specText, lost: new Map(), warnings: [] };
  return mergeSpecs(dist, {
    path: there.specPath,
    head: here.specText,
    dist: there.specText,
    last: last && specThen(last, here),
    // By source-git's own word, its commit holds all that dist-git had.
    lastDist: last?.toldBy === "dist" ? last.dist.specText : undefined,
    syncChangelog: here.configuration.syncChangelog,
    conflict: (lines) =>
      bothChanged({ ...request, dist }, { path: there.specPath, from: here.specPath, lines }),
  });
}

/** The spec that both had in common: dist-git's, where source-git's own had changed by then. */
function specThen(
  { pending, source, dist }: LastSync<SourceSide, DistSide>,
  { specText }: SourceSide,
): string {
  if (!pending || dist.specText === undefined) return source.specText;
  return withoutForeignTags(dist.specText, specText, dist.specPath);
}

function specPatch(
  { file, wanted, strip = wanted.strip }: SettledPatch,
  { own, merged }: { own: ReadonlySet<string>; merged: MergedSpec },
): SpecPatch {
  // A tag that source-git's spec has itself has its comments there, too: the trailer is where it came from.
  const status = own.has(file) ? undefined : (wanted.status ?? merged.lost.get(file));
  return {
    file,
    id: wanted.id,
    status,
    strip,
    get where() {
      return wanted.commits.map((commit) => `commit ${shortCommit(commit)}`).join(", ");
    },
  };
}

/** The `sources` file: a patch may lie in the lookaside cache. */
async function readLookaside(dist: ObjectStore, { files }: DistSide): Promise<string> {
  const entry = files.get("sources");
  return entry === undefined ? "" : (await dist.readBlob(entry.id)).toString("latin1");
}

function refuseSpaces(patches: readonly SpecPatch[]): void {
  const odd = patches.find(({ file }) => /^[^\0]*\s/.test(file));
  if (odd === undefined) return;
  throw new UserError("invalid", {
    message: `the patch name ${JSON.stringify(odd.file)} has white space, which a spec cannot name`,
    where: odd.where,
    remedy: "Give it another name with a Patch-name trailer.",
  });
}
