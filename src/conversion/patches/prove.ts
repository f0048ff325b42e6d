import { UserError } from "../../domain/errors.js";
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

/** Whether a patch file, by whomever, does what the commits of a wanted patch do. */
export async function hasSameEffect(
  store: ObjectStore,
  touches: readonly Touch[],
  { wanted, content, strip }: { wanted: WantedPatch; content: Buffer; strip?: number | undefined },
): Promise<boolean> {
  // An empty commit stands for a file that dist-git has, whatever is in it.
  if (wanted.content === undefined) return true;
  const commits = new Set(wanted.line);
  const own = touches.filter(({ commit }) => commits.has(commit));
  const paths = new Set(own.map(({ path }) => path));
  return haveEffect(store, own, [{ content, strip: strip ?? findStrip(content, paths) }]);
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
  const paths = new Set(touches.map(({ path }) => path));
  if (
    await haveEffect(
      store,
      touches,
      patches.map((patch) => applied(patch, paths)),
    )
  ) {
    return { patches, warnings: binaryWarnings(patches) };
  }
  const mended: SettledPatch[] = [];
  for (const patch of patches) mended.push(await mend(store, patch, touches));
  if (
    await haveEffect(
      store,
      touches,
      mended.map((patch) => applied(patch, paths)),
    )
  ) {
    return { patches: mended, warnings: binaryWarnings(mended) };
  }
  throw new UserError("unsupported", {
    message: "the patches do not add up to the source tree",
    where: patches.map(({ file }) => file).join(", "),
    remedy: "This is a limit of Sluice: please report the repository. Nothing was written.",
  });
}

function applied(
  { wanted, content, outcome, strip }: SettledPatch,
  paths: ReadonlySet<string>,
): AppliedPatch {
  const own = outcome === "drifted" || outcome === "dropped" ? (wanted.content ?? Buffer.alloc(0)) : content;
  return own === wanted.content
    ? { content: own, strip: wanted.strip }
    : { content: own, strip: strip ?? findStrip(own, paths) };
}

async function mend(
  store: ObjectStore,
  patch: SettledPatch,
  touches: readonly Touch[],
): Promise<SettledPatch> {
  const { wanted, content, strip } = patch;
  const isOld = patch.outcome === "kept" || patch.outcome === "changed";
  if (!isOld || wanted.content === undefined || content === wanted.content) return patch;
  if (await hasSameEffect(store, touches, { wanted, content, strip })) return patch;
  return { ...patch, content: wanted.content, strip: wanted.strip, outcome: "changed" };
}

function binaryWarnings(patches: readonly SettledPatch[]): string[] {
  return patches
    .filter(({ outcome, content }) => outcome !== "kept" && content.includes("\nGIT binary patch\n"))
    .map(({ file }) => `${file} changes a binary file: only %autosetup -S git (or git_am) can apply it`);
}
