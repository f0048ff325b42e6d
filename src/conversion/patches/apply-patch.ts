import { applyDiff } from "./apply-diff.js";
import { readDiffs, type FileDiff } from "./diff.js";
import { DraftTree } from "./draft-tree.js";
import type { PatchedTree } from "./patched-tree.js";
import { reverseDiff } from "./reverse-diff.js";

export interface Applying {
  readonly content: Buffer;
  /** The `-p` of patch: so many folders are cut off the names; all of them when it is not given. */
  readonly strip: number | undefined;
  /** The `-d` of patch: the folder of the tree that its names count from; the top unless told. */
  readonly folder?: string | undefined;
  /** So many lines of context may differ on either end of a hunk; 2 unless told, as for patch. */
  readonly fuzz?: number;
  readonly reverse?: boolean;
}

export type Applied =
  | {
      readonly outcome: "applied";
      /** The most that a hunk needed. */
      readonly fuzz: number;
      /** What was changed, created or removed. */
      readonly paths: readonly string[];
    }
  | {
      readonly outcome: "failed";
      /** As the patch names it. */
      readonly file: string;
      /** From 1; `undefined` where the file as a whole is the problem. */
      readonly hunk: number | undefined;
      /** In words that follow the name of the file, or "it" for the patch where that is empty. */
      readonly reason: string;
      /** Whether the patch is damaged, or lacks content, so that no tree would do. */
      readonly broken?: boolean;
    };

/** The way out of a patch that is broken. */
export const remake = 'Make the patch anew in dist-git, as with "git diff --binary".';

/**
 * Applies a patch file to a tree as patch(1) and `git apply` would, wherever the two agree; where not, as patch does. All or
 * nothing: a patch that fails leaves the tree as it was. A patch without hunks does nothing.
 */
export async function applyPatch(
  onto: PatchedTree,
  { content, strip, folder = "", fuzz = 2, reverse = false }: Applying,
): Promise<Applied> {
  const { files, foreign } = readDiffs(content);
  if (foreign !== undefined) {
    const reason = `has a ${foreign.kind} at line ${foreign.line}; only unified diffs can be applied`;
    return { outcome: "failed", file: "", hunk: undefined, reason };
  }
  const draft = new DraftTree(onto);
  const diffs = reverse ? files.toReversed().map(reverseDiff) : files;
  const leaving = new Set(diffs.flatMap(({ git }) => (git?.move?.kind === "rename" ? git.move.from : [])));
  let used = 0;
  for (const diff of diffs) {
    draft.enter(diff.group);
    const applied = await applyDiff(draft, diff, { strip, folder, fuzz, leaving });
    if (applied.outcome === "failed") {
      draft.rollBack();
      return { ...applied, file: applied.file ?? nameOf(diff) };
    }
    used = Math.max(used, applied.fuzz);
  }
  return { outcome: "applied", fuzz: used, paths: draft.paths };
}

function nameOf({ old, new: fresh, index, git }: FileDiff): string {
  return fresh ?? old ?? index ?? git?.move?.to ?? git?.names?.new ?? "";
}
