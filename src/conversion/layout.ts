import type { CommitId } from "../domain/refs.js";
import type { ObjectStore } from "../git/object-store.js";

export type LayoutName = "rpm" | "quilt" | "plain" | "subdirectory";

/** How dist-git stores source changes. Trees in, trees out: no work tree, no network, nothing executed. */
export interface Layout {
  readonly name: LayoutName;

  /**
   * The dist-git tree that stands for `head` on top of what dist-git holds at `tip`. Throws `UserError`: `conflict` with
   * commit and file, `unsupported` or `invalid` with file and line.
   */
  sourceToDist(request: SourceToDist): Promise<Converted>;
}

export interface SourceToDist {
  /** Holds `head`, its history and the tag that its base is named by. */
  readonly source: ObjectStore;
  /** The source-git commit to convert: a merge request's head as it would land (see `landing.ts`). */
  readonly head: CommitId;
  /** Holds `tip`; receives the new blobs and trees. */
  readonly dist: ObjectStore;
  readonly tip: CommitId;
}

export interface Converted {
  /** The tree in `dist`; equal to the tip's own when there is nothing to do. */
  readonly tree: string;
  readonly changed: boolean;
  /** The patch files that the tree holds because of source-git's commits, in order of application. */
  readonly patches: readonly ConvertedPatch[];
  /** Sentences for people about what was understood differently than they may expect. */
  readonly warnings: readonly string[];
}

export interface ConvertedPatch {
  readonly file: string;
  readonly change: "kept" | "added" | "changed";
  /** The source-git commits whose change it carries. */
  readonly commits: readonly CommitId[];
}
