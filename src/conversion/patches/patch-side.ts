import type { CommitId } from "../../domain/refs.js";
import type { TreeFile } from "../../git/trees.js";
import type { PresentPatch } from "./matching.js";

/** dist-git at one commit, as far as its patches go. */
export interface PatchSide {
  readonly commit: CommitId;
  readonly files: ReadonlyMap<string, TreeFile>;
  /** Where patches are: `""` for the top, else with a slash at its end. */
  readonly patchFolder: string;
  /** The patch files, named by the spec or series, or looking like it. */
  readonly patches: readonly PresentPatch[];
  /** The files that the spec or series names. */
  readonly named: ReadonlySet<string>;
  /** Whether dist-git lives by a file of this name in the patch folder, so that no patch may take it. */
  readonly reserves: (file: string) => boolean;
}
