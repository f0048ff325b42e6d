import { UserError } from "../../domain/errors.js";
import type { CommitId } from "../../domain/refs.js";
import type { ObjectStore } from "../../git/object-store.js";
import type { WantedPatch } from "./patch-series.js";
import { findStrip } from "./patch-text.js";
import type { SettledPatch } from "./settle-patches.js";
import { haveEffect, type AppliedPatch } from "./sum-law.js";
import type { Touch } from "./touches.js";

export interface Claim {
  /** What the commits of the series do. */
  readonly touches: readonly Touch[];
  readonly patches: readonly SettledPatch[];
}

/** A patch file that may be what the commits ask for, and how it is applied. */
interface FoundPatch {
  readonly wanted: WantedPatch;
  readonly content: Buffer;
  readonly strip?: number | undefined;
  readonly reverse?: boolean;
}

/** Whether a patch file, by whomever, does what the commits of a wanted patch do. */
export async function hasSameEffect(
  store: ObjectStore,
  touches: readonly Touch[],
  { wanted, content, strip, reverse = false }: FoundPatch,
): Promise<boolean> {
  // An empty commit stands for a file that dist-git has, whatever is in it.
  if (wanted.content === undefined) return true;
  const own = touchesOf(touches, wanted.line);
  const paths = new Set(own.map(({ path }) => path));
  return haveEffect(store, own, [{ content, strip: strip ?? findStrip(content, paths), reverse }]);
}

/**
 * The sum law: the patches, applied to the base in order, give the tree of the head, ignored paths aside. A file of
 * dist-git that was kept but does not do what its commits do is replaced by what they give. Where dist-git changed or
 * removed a patch by itself, the law is proved with source-git's own patch. Throws `UserError` ("unsupported") when the
 * patches do not add up; nothing has been written then.
 */
export async function proveSum(
  store: ObjectStore,
  { touches, patches }: Claim,
): Promise<{ patches: readonly SettledPatch[]; warnings: readonly string[] }> {
  if (await addUp(store, { touches, patches })) return { patches, warnings: binaryWarnings(patches) };
  const mended: SettledPatch[] = [];
  for (const patch of patches) mended.push(await mend(store, patch, touches));
  if (await addUp(store, { touches, patches: mended })) {
    return { patches: mended, warnings: binaryWarnings(mended) };
  }
  throw new UserError("unsupported", {
    message: "the patches do not add up to the source tree",
    where: patches.map(({ file }) => file).join(", "),
    remedy: "This is a limit of Sluice: please report the repository. Nothing was written.",
  });
}

/** Each patch by itself where it stands for neighbours of the line, for then they add up by themselves; else all together. */
async function addUp(store: ObjectStore, { touches, patches }: Claim): Promise<boolean> {
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
    const proofs = some.map((file, index) => haveEffect(store, parts[start + index] ?? [], [file]));
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
  groups.set(touches, byCommit);
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
  { wanted, content, outcome, strip, reverse = false }: SettledPatch,
  paths: ReadonlySet<string>,
): AppliedPatch {
  // An empty commit stands for a file that dist-git has, whatever is in it.
  if (wanted.content === undefined) return { content: Buffer.alloc(0), strip: 1 };
  const own = outcome === "drifted" || outcome === "dropped" ? wanted.content : content;
  return own === wanted.content
    ? { content: own, strip: wanted.strip, own: true }
    : { content: own, strip: strip ?? findStrip(own, paths), reverse };
}

async function mend(
  store: ObjectStore,
  patch: SettledPatch,
  touches: readonly Touch[],
): Promise<SettledPatch> {
  const { wanted, content, strip, reverse = false } = patch;
  const isOld = patch.outcome === "kept" || patch.outcome === "changed";
  if (!isOld || wanted.content === undefined || content === wanted.content) return patch;
  if (await hasSameEffect(store, touches, { wanted, content, strip, reverse })) return patch;
  return { ...patch, content: wanted.content, strip: wanted.strip, reverse: false, outcome: "changed" };
}

function binaryWarnings(patches: readonly SettledPatch[]): string[] {
  return patches
    .filter(({ outcome, content }) => outcome !== "kept" && content.includes("\nGIT binary patch\n"))
    .map(({ file }) => `${file} changes a binary file: only %autosetup -S git (or git_am) can apply it`);
}
