import { UserError } from "../../domain/errors.js";
import type { CommitId } from "../../domain/refs.js";
import type { ObjectStore } from "../../git/object-store.js";
import { readFileChanges } from "./file-changes.js";
import type { WantedPatch } from "./patch-series.js";
import { filesIn, pathsIn } from "./patch-folder.js";
import { findStrip } from "./patch-text.js";
import { refreshPatch } from "./refresh-patch.js";
import type { SettledPatch } from "./settle-patches.js";
import { haveEffect, isProved, type AppliedPatch } from "./sum-law.js";
import type { Touch } from "./touches.js";

export interface Claim {
  /** What the commits of the series do. */
  readonly touches: readonly Touch[];
  readonly patches: readonly SettledPatch[];
  /** How dist-git applied its patches so far. */
  readonly before: SeriesBefore;
}

export interface SeriesBefore {
  /** The files in order of application, those that are no patches any more among them. */
  readonly order: readonly string[];
  readonly removed: readonly string[];
  /** Whether they applied to another upstream release. */
  readonly rebased: boolean;
}

/** A patch file that may be what the commits ask for, and how it is applied. */
interface FoundPatch {
  readonly wanted: WantedPatch;
  readonly content: Buffer;
  readonly strip?: number | undefined;
  readonly folder?: string | undefined;
  readonly reverse?: boolean;
  readonly fuzz?: number | undefined;
}

/** Whether a patch file, by whomever, does what the commits of a wanted patch do. */
export async function hasSameEffect(
  store: ObjectStore,
  touches: readonly Touch[],
  { wanted, content, strip, folder = "", reverse = false, fuzz }: FoundPatch,
): Promise<boolean> {
  // An empty commit stands for a file that dist-git has, whatever is in it.
  if (wanted.content === undefined) return true;
  const own = touchesOf(touches, wanted.line);
  const paths = pathsIn(
    folder,
    own.map(({ path }) => path),
  );
  const found = { content, strip: strip ?? findStrip(content, paths), folder, reverse };
  return haveEffect(store, own, [fuzz === undefined ? found : { ...found, fuzz }]);
}

/**
 * The sum law: the patches, applied to the base in order, give the tree of the head, ignored paths aside. A file of
 * dist-git that was kept but does not do what its commits do is brought to what they give, and so is one that would need
 * fuzz now that those before it are others. Where dist-git changed or removed a patch by itself, the law is proved with
 * source-git's own patch. Throws `UserError` ("unsupported") when the patches do not add up; nothing has been written then.
 */
export async function proveSum(
  store: ObjectStore,
  { touches, patches, before }: Claim,
): Promise<{ patches: readonly SettledPatch[]; warnings: readonly string[] }> {
  const marked = markExact(patches, before);
  if (await addUp(store, { touches, patches: marked })) {
    return { patches: marked, warnings: binaryWarnings(marked) };
  }
  const mended: SettledPatch[] = [];
  for (const patch of marked) mended.push(await mend(store, patch, touches));
  if (await addUp(store, { touches, patches: mended })) {
    return { patches: mended, warnings: binaryWarnings(mended) };
  }
  throw new UserError("unsupported", {
    message: "the patches do not add up to the source tree",
    where: patches.map(({ file }) => file).join(", "),
    remedy: "This is a limit of Sluice: please report the repository. Nothing was written.",
  });
}

/**
 * The patches, with those marked that have to apply without fuzz, for rpmbuild and dpkg-source allow none. What applied with
 * fuzz all along, behind the very patches that still are before it, is left in peace; so is one that is applied in reverse,
 * which nobody could write anew.
 */
function markExact(
  patches: readonly SettledPatch[],
  { order, removed, rebased }: SeriesBefore,
): readonly SettledPatch[] {
  const files = new Set([...patches.map(({ file }) => file), ...removed]);
  const old = order.filter((file) => files.has(file));
  const listed = new Set(old);
  let place = 0;
  let same = !rebased;
  return patches.map((patch) => {
    const { file, outcome, reverse } = patch;
    const isListed = listed.has(file);
    const moved = isListed && old[place] !== file;
    if (moved || outcome === "added" || outcome === "changed") same = false;
    if (isListed) place += 1;
    return same || reverse === true ? patch : { ...patch, exact: true };
  });
}

/** Each patch by itself where it stands for neighbours of the line, for then they add up by themselves; else all together. */
async function addUp(store: ObjectStore, { touches, patches }: Omit<Claim, "before">): Promise<boolean> {
  const paths = new Set(touches.map(({ path }) => path));
  const files = patches.map((patch) => applied(patch, paths));
  const parts = inLine(touches, patches);
  if (parts !== undefined && (await eachHasEffect(store, parts, files))) return true;
  return haveEffect(store, touches, files);
}

/** So many patches are proved at a time: what they read comes in one go. */
const portion = 32;

async function eachHasEffect(
  store: ObjectStore,
  parts: readonly (readonly Touch[])[],
  files: readonly AppliedPatch[],
): Promise<boolean> {
  for (let start = 0; start < files.length; start += portion) {
    const some = files.slice(start, start + portion);
    const open = some.flatMap((file, index) => {
      const touches = parts[start + index] ?? [];
      return isProved(touches, file) ? [] : [{ touches, file }];
    });
    const proofs = open.map(({ touches, file }) => haveEffect(store, touches, [file]));
    if (!(await Promise.all(proofs)).every(Boolean)) return false;
  }
  return true;
}

/** The touches of each patch; `undefined` when the patches do not follow the line, or leave some of it out. */
function inLine(
  touches: readonly Touch[],
  patches: readonly SettledPatch[],
): readonly (readonly Touch[])[] | undefined {
  const parts = patches.map(({ wanted }) => touchesOf(touches, wanted.line));
  const followed = parts.flat();
  const same = followed.length === touches.length && followed.every((touch, at) => touch === touches[at]);
  return same ? parts : undefined;
}

const groups = new WeakMap<readonly Touch[], ReadonlyMap<CommitId, readonly Touch[]>>();

/** Those of some commits, in their order in the line. */
function touchesOf(touches: readonly Touch[], commits: readonly CommitId[]): readonly Touch[] {
  const byCommit = groups.get(touches) ?? groupByCommit(touches);
  if (!groups.has(touches)) groups.set(touches, byCommit);
  const [only, ...others] = commits;
  if (only !== undefined && others.length === 0) return byCommit.get(only) ?? [];
  return commits.flatMap((commit) => byCommit.get(commit) ?? []);
}

function groupByCommit(touches: readonly Touch[]): ReadonlyMap<CommitId, readonly Touch[]> {
  const byCommit = new Map<CommitId, Touch[]>();
  for (const touch of touches) {
    const group = byCommit.get(touch.commit);
    if (group === undefined) byCommit.set(touch.commit, [touch]);
    else group.push(touch);
  }
  return byCommit;
}

function applied(
  { wanted, content, outcome, strip, folder = "", reverse = false, ...patch }: SettledPatch,
  paths: ReadonlySet<string>,
): AppliedPatch {
  // An empty commit stands for a file that dist-git has, whatever is in it.
  if (wanted.content === undefined) return { content: Buffer.alloc(0), strip: 1 };
  const own = outcome === "drifted" || outcome === "dropped" ? wanted.content : content;
  return own === wanted.content
    ? { content: own, strip: wanted.strip, own: true }
    : {
        ...{ content: own, strip: strip ?? findStrip(own, pathsIn(folder, paths)) },
        ...{ folder, reverse, fuzz: fuzzOf(patch) },
      };
}

/** patch's own, unless it has to do without. */
function fuzzOf({ exact = false, fuzz = 0 }: Pick<SettledPatch, "exact" | "fuzz">): number {
  return exact ? fuzz : Math.max(fuzz, 2);
}

async function mend(
  store: ObjectStore,
  patch: SettledPatch,
  touches: readonly Touch[],
): Promise<SettledPatch> {
  const { wanted, content, strip, folder, reverse = false } = patch;
  const isOld = patch.outcome === "kept" || patch.outcome === "changed";
  if (!isOld || wanted.content === undefined || content === wanted.content) return patch;
  const fuzz = fuzzOf(patch);
  if (await hasSameEffect(store, touches, { wanted, content, strip, folder, reverse, fuzz })) return patch;
  const refreshed = await refresh(store, patch, touches);
  if (refreshed !== undefined) return { ...patch, ...refreshed, outcome: "changed" };
  return { ...patch, content: wanted.content, strip: wanted.strip, reverse: false, outcome: "changed" };
}

/** The old patch with the context that is there now; `undefined` where that is not enough. */
async function refresh(
  store: ObjectStore,
  { wanted, content, reverse = false, ...patch }: SettledPatch,
  touches: readonly Touch[],
): Promise<{ content: Buffer; strip: number } | undefined> {
  if (reverse || wanted.content === undefined) return undefined;
  const own = touchesOf(touches, wanted.line);
  const { folder = "" } = patch;
  const paths = pathsIn(
    folder,
    own.map(({ path }) => path),
  );
  const strip = patch.strip ?? findStrip(content, paths);
  const files = filesIn(folder, await readFileChanges(store, own));
  const refreshed = refreshPatch(content, { strip, files });
  const found = { wanted, content: refreshed, strip, folder, fuzz: fuzzOf(patch) };
  return (await hasSameEffect(store, touches, found)) ? { content: refreshed, strip } : undefined;
}

/** Patches that are remembered come again with each conversion. */
const binaries = new WeakMap<Buffer, boolean>();

function isBinary(content: Buffer): boolean {
  const known = binaries.get(content);
  if (known !== undefined) return known;
  const fresh = content.includes("\nGIT binary patch\n");
  binaries.set(content, fresh);
  return fresh;
}

function binaryWarnings(patches: readonly SettledPatch[]): string[] {
  return patches
    .filter(({ outcome, content }) => outcome !== "kept" && isBinary(content))
    .map(({ file }) => `${file} changes a binary file: only %autosetup -S git (or git_am) can apply it`);
}
