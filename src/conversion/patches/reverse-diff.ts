import type { FileDiff, GitHeader } from "./diff.js";
import type { BinaryChange } from "./git-binary.js";
import { reverseHunk } from "./hunk.js";

/** The diff that takes back what this one does. */
export function reverseDiff(diff: FileDiff): FileDiff {
  return {
    ...diff,
    old: diff.new,
    new: diff.old,
    absent: { old: diff.absent.new, new: diff.absent.old },
    git: diff.git && reverseGit(diff.git),
    hunks: diff.hunks.map(reverseHunk),
    binary: typeof diff.binary === "object" ? reverseBinary(diff.binary) : diff.binary,
  };
}

function reverseGit({ names, oldMode, newMode, move }: GitHeader): GitHeader {
  return {
    names: names && { old: names.new, new: names.old },
    oldMode: newMode,
    newMode: oldMode,
    move: move && { kind: move.kind === "copy" ? "uncopy" : "rename", from: move.to, to: move.from },
  };
}

function reverseBinary({ forward, reverse }: BinaryChange): BinaryChange | "lacking" {
  return reverse === undefined ? "lacking" : { forward: reverse, reverse: forward };
}
