import type { CommitId } from "../../domain/refs.js";
import type { ObjectStore } from "../../git/object-store.js";
import { distCommitTrailer } from "../commit.js";
import { composePatch } from "../patches/compose-patch.js";
import { readFileChanges } from "../patches/file-changes.js";
import type { HistoryCommit } from "../patches/history.js";
import { filesIn, intoFolder, pathsIn } from "../patches/patch-folder.js";
import { readPatchHead } from "../patches/patch-head.js";
import { findStrip } from "../patches/patch-text.js";
import type { SettledPatch } from "../patches/settle-patches.js";
import type { Touch } from "../patches/touches.js";
import { outside } from "./patch-ways.js";

export interface RewriteGrounds {
  /** The commits that the patches were made from, with their messages. */
  readonly commits: readonly HistoryCommit[];
  /** Those that source-git had when the two were last in step: their messages are what they were. */
  readonly before: ReadonlySet<CommitId>;
  readonly touches: readonly Touch[];
}

/**
 * The settled patches with as many of dist-git's bytes as can stay: where a commit's code changed, the header of its patch,
 * the other files and the other hunks do. Whether the result has the commits' effect is proved with all the others.
 */
export async function rewritePatches(
  source: ObjectStore,
  patches: readonly SettledPatch[],
  grounds: RewriteGrounds,
): Promise<readonly SettledPatch[]> {
  const rewritten: SettledPatch[] = [];
  for (const patch of patches) rewritten.push(await rewrite(source, patch, grounds));
  return rewritten;
}

async function rewrite(
  source: ObjectStore,
  patch: SettledPatch,
  { commits, before, touches }: RewriteGrounds,
): Promise<SettledPatch> {
  const { wanted, content, present, outcome, folder = "", reverse = false } = patch;
  const hasNewCode = outcome === "changed" && present !== undefined && content !== present.content;
  // Several mails in one file are no header with a diff.
  if (!hasNewCode || reverse || wanted.content === undefined || wanted.line.length !== 1) return patch;
  const own = touches.filter(({ commit }) => commit === wanted.line[0]);
  const fresh = intoFolder(wanted.content, folder);
  if (fresh === undefined) throw outside(patch);
  const paths = pathsIn(
    folder,
    own.map(({ path }) => path),
  );
  const strip = patch.strip ?? findStrip(present.content, paths);
  const lead = commits.find(({ id }) => id === wanted.commits[0]);
  const message = lead !== undefined && !before.has(lead.id) && hasNewMessage(present.content, lead.message);
  const changed = { message, code: true };
  const files = filesIn(folder, await readFileChanges(source, own));
  const composition = { old: present.content, strip, fresh, changed, files };
  return { ...patch, content: composePatch(composition), strip };
}

/** A patch that says nothing, or not as a mail, keeps its silence. */
function hasNewMessage(old: Buffer, message: string): boolean {
  const said = readPatchHead(old).message;
  return said !== undefined && withoutOwnLines(said) !== withoutOwnLines(message);
}

const ownTrailer = new RegExp(
  `^(?:patch-(?:name|id|status|present-in-specfile|before)|amends-patch|ignore-patch|no-prefix|${distCommitTrailer})[ \\t]*:`,
  "i",
);

/** A text as it compares: without the lines that are for the conversion, and white space that git trims. */
function withoutOwnLines(text: string): string {
  let inside = false;
  const lines = text.split("\n").filter((line) => {
    inside = ownTrailer.test(line) || (inside && /^[ \t]+\S/.test(line));
    return !inside;
  });
  return lines
    .join("\n")
    .replace(/[ \t\r]+$/gm, "")
    .replace(/\n{2,}/g, "\n\n")
    .trim();
}
