import { applyHunks } from "./apply-hunks.js";
import { candidatesOf, choosePath, type Candidates, type Names } from "./apply-target.js";
import type { FileDiff, Move } from "./diff.js";
import { applyBinary } from "./git-binary.js";
import { withoutCarriageReturns } from "./hunk.js";
import type { DraftTree } from "./draft-tree.js";
import { FileContent, type PatchedFile } from "./patched-tree.js";

export interface Manner extends Names {
  readonly fuzz: number;
  /** Names that a rename of this patch takes away, as it writes them. */
  readonly leaving: ReadonlySet<string>;
}

const linkMode = "120000";

export type DiffApplied = { readonly outcome: "applied"; readonly fuzz: number } | Failure;

interface Failure {
  readonly outcome: "failed";
  readonly file: string | undefined;
  readonly hunk: number | undefined;
  readonly reason: string;
  /** Whether the patch applies to nothing at all. */
  readonly broken?: boolean;
}

/** Applies what a patch does to one file. */
export async function applyDiff(tree: DraftTree, diff: FileDiff, manner: Manner): Promise<DiffApplied> {
  if (diff.damage !== undefined) return { ...failed("", diff.damage), broken: true };
  if (diff.binary === "lacking") {
    return { ...failed(undefined, "is binary, and the patch does not hold its content"), broken: true };
  }
  const target = await findTarget(tree, diff, manner);
  if ("outcome" in target) return target;
  const refused = await refusal(tree, diff, target);
  if (refused !== undefined) return failed(target.to, refused);
  const changed = changeContent(diff, target, manner);
  if (changed.outcome === "failed") return changed;
  const file = settle(diff, target.file, changed.content);
  if (file === "differs") {
    return failed(target.to, "would be deleted, but its content differs from the patch");
  }
  if (target.removesSource) await tree.set(target.from, undefined);
  await tree.set(target.to, file);
  return { outcome: "applied", fuzz: changed.fuzz };
}

interface Target {
  readonly from: string;
  readonly to: string;
  /** What is there before; `undefined` when the diff creates it. */
  readonly file: PatchedFile | undefined;
  readonly removesSource: boolean;
}

async function findTarget(tree: DraftTree, diff: FileDiff, manner: Manner): Promise<Target | Failure> {
  const names = candidatesOf(diff, manner);
  if (diff.git?.move !== undefined) return findMove(tree, names, { move: diff.git.move, manner });
  const path = await choosePath(names, tree, diff.absent.old !== "no");
  if (path !== undefined) return { from: path, to: path, file: await tree.find(path), removesSource: false };
  const { old, new: fresh, index, dangerous } = names;
  const name = fresh ?? old ?? index;
  if (name !== undefined) return failed(name, "does not exist");
  if (dangerous !== undefined) return failed(dangerous, "is no path inside a tree");
  return failed(undefined, `has no name that is left with -p${manner.strip ?? ""}`);
}

async function findMove(
  tree: DraftTree,
  { old: from, new: to, dangerous }: Candidates,
  { move, manner }: { move: Move; manner: Manner },
): Promise<Target | Failure> {
  if (from === undefined || to === undefined) return failed(dangerous, "is no path inside a tree");
  const file = await tree.findAtStart(from);
  if (file === undefined) return failed(from, "does not exist");
  if (move.kind === "uncopy") return { from, to: from, file, removesSource: true };
  // Files of one mail may change places.
  if (from !== to && !manner.leaving.has(move.to) && (await tree.find(to)) !== undefined) {
    return failed(to, "exists already");
  }
  const stays = move.kind === "copy" || from === to || tree.isReplaced(from);
  return { from, to, file, removesSource: !stays };
}

/** Why a diff may not change its target, in words that follow the name. */
async function refusal(tree: DraftTree, diff: FileDiff, { to, file }: Target): Promise<string | undefined> {
  const obstacle = await tree.obstacle(to);
  if (obstacle !== undefined) return obstacle;
  if (file === undefined) return diff.absent.old === "no" ? "does not exist" : undefined;
  if (file.mode === "160000") return "is a submodule";
  const isLink = file.mode === linkMode;
  const modes = [diff.git?.oldMode, diff.git?.newMode].filter((mode) => mode !== undefined);
  const meansLink = modes.some((mode) => mode.startsWith("12"));
  // git renames a link whole without a word of what it is.
  const movesWhole = diff.git?.move !== undefined && diff.hunks.length === 0;
  if (isLink && !meansLink && !movesWhole) return "is a symbolic link, and the patch means a file";
  if (!isLink && meansLink && !file.content.isEmpty) return "is a file, and the patch means a symbolic link";
  if (diff.absent.old === "surely" && !file.content.isEmpty)
    return "exists already, and the patch creates it";
  return undefined;
}

type Changed =
  { readonly outcome: "applied"; readonly content: FileContent; readonly fuzz: number } | Failure;

function changeContent(diff: FileDiff, { to, file }: Target, { fuzz }: Manner): Changed {
  const before = file?.content ?? new FileContent("");
  if (typeof diff.binary === "object") {
    const after = applyBinary(diff.binary.forward, Buffer.from(before.whole, "latin1"));
    if (after === undefined) return failed(to, "is binary, and is not what the patch was made for");
    return { outcome: "applied", content: new FileContent(after.toString("latin1")), fuzz: 0 };
  }
  if (diff.hunks.length === 0) return { outcome: "applied", content: before, fuzz: 0 };
  const stripped = diff.carriageReturns ? diff.hunks.map(withoutCarriageReturns) : diff.hunks;
  let hunked = applyHunks(before.lines, stripped, fuzz);
  // The file may have such line ends, too.
  if (hunked.outcome === "failed" && diff.carriageReturns)
    hunked = applyHunks(before.lines, diff.hunks, fuzz);
  if (hunked.outcome === "applied") {
    return { outcome: "applied", content: new FileContent(hunked.lines), fuzz: hunked.fuzz };
  }
  const line = diff.hunks[hunked.hunk - 1]?.line ?? diff.line;
  return {
    ...failed(to, `does not have what hunk ${hunked.hunk} (line ${line} of the patch) looks for`),
    hunk: hunked.hunk,
  };
}

/** What the target holds afterwards; `undefined` when it is gone. */
function settle(
  { absent, git }: FileDiff,
  before: PatchedFile | undefined,
  content: FileContent,
): PatchedFile | undefined | "differs" {
  if (git?.move?.kind === "uncopy") return undefined;
  if (absent.new === "surely") return content.isEmpty ? undefined : "differs";
  const told = git?.newMode !== undefined && (before === undefined || git.newMode !== git.oldMode);
  return { mode: told ? treeMode(git.newMode) : (before?.mode ?? "100644"), content };
}

/** Trees know files, programs and links. */
function treeMode(mode: string): string {
  if (mode.startsWith("12")) return linkMode;
  return (parseInt(mode, 8) & 0o111) === 0 ? "100644" : "100755";
}

function failed(file: string | undefined, reason: string): Failure {
  return { outcome: "failed", file, hunk: undefined, reason };
}
