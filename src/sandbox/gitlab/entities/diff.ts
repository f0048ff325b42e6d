import type { FileDiff } from "../git.js";

/** One file of a difference. */
export function diffObject({ oldPath, newPath, oldMode, newMode, change, hunks }: FileDiff) {
  return {
    diff: hunks,
    collapsed: false,
    too_large: false,
    new_path: newPath,
    old_path: oldPath,
    a_mode: oldMode,
    b_mode: newMode,
    new_file: change === "added",
    renamed_file: change === "renamed",
    deleted_file: change === "removed",
    generated_file: false,
  };
}
