import type { CommitId } from "../domain/refs.js";
import type { ObjectStore, Signature } from "../git/object-store.js";

export type LayoutName = "rpm" | "quilt" | "plain" | "subdirectory";

/** How dist-git stores source changes. Trees in, trees out: no work tree, no network, nothing executed. */
export interface Layout {
  readonly name: LayoutName;

  /**
   * The dist-git tree that stands for `head` on top of what dist-git holds at `tip`. Throws `UserError`: `conflict` with
   * commit and file, `unsupported` or `invalid` with file and line.
   */
  sourceToDist(request: SourceToDist): Promise<Converted>;

  /**
   * The source-git commits that carry what dist-git alone changed. Throws `UserError`: `conflict` with commit, patch, hunk
   * and file.
   */
  distToSource(request: DistToSource): Promise<BroughtHome>;

  /**
   * The beginning of a source-git history, made of upstream's base and a dist-git commit: `sourceToDist` of it is an empty
   * change. Throws `UserError`: `conflict` for a patch that does not apply, with hunk and file.
   */
  start(request: Start): Promise<Started>;

  /** What Sluice understands of a dist-git commit, and what it does not; nothing is executed. */
  inspect(store: ObjectStore, commit: CommitId): Promise<Inspection>;
}

export interface SourceToDist {
  /** Holds `head`, its history and the tag that its base is named by. */
  readonly source: ObjectStore;
  /** The source-git commit to convert: a merge request's head as it would land (see `landing.ts`). */
  readonly head: CommitId;
  /**
   * The tip of the branch that `head` wants to land on: what commits beyond it say of dist-git is a stranger's word, and
   * proves nothing of what came home. Unless told, all of `head` counts.
   */
  readonly target?: CommitId | undefined;
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
  /** The source-git commits that are carried, oldest first; `undefined` where the patches alone tell. */
  readonly commits?: readonly CommitId[] | undefined;
  /** The source-git commit itself, when dist-git shall have that very one; the store has it with its history. */
  readonly commit?: CommitId;
  /** Sentences for people about what was understood differently than they may expect. */
  readonly warnings: readonly string[];
}

export interface ConvertedPatch {
  readonly file: string;
  readonly change: "kept" | "added" | "changed";
  /** The source-git commits whose change it carries. */
  readonly commits: readonly CommitId[];
}

export interface DistToSource {
  /** Holds `head`, its history and its base; receives the new objects. */
  readonly source: ObjectStore;
  readonly head: CommitId;
  readonly dist: ObjectStore;
  readonly tip: CommitId;
  /** The dist-git commit after which to begin; `undefined`: the last synchronised one. */
  readonly since: CommitId | undefined;
  /** dist-git commits that came from source-git though no trailer tells: a squash took it away on one side. */
  readonly fromSource?: ReadonlySet<CommitId>;
  /** Who commits; the author of each commit is dist-git's. */
  readonly committer: Signature;
}

export interface BroughtHome {
  /** The new head of source-git; the old one when there is nothing to bring home. */
  readonly head: CommitId;
  /** One for each dist-git commit, oldest first. */
  readonly commits: readonly HomeCommit[];
  readonly warnings: readonly string[];
}

export interface HomeCommit {
  readonly from: CommitId;
  /** The source-git commits that carry it: of the distribution's files, then of each changed patch. */
  readonly to: readonly CommitId[];
}

export interface Start {
  /** Holds `base`; receives the new objects. */
  readonly source: ObjectStore;
  readonly base: CommitId;
  /** The base as people name it (a tag, a branch, a commit), for `upstream_ref`. */
  readonly upstreamRef: string;
  /** Where upstream's repository can be cloned from, if that is known. */
  readonly upstreamUrl?: string | undefined;
  readonly dist: ObjectStore;
  readonly tip: CommitId;
  readonly committer: Signature;
}

export interface Started {
  readonly head: CommitId;
  /** The patches that became commits, in order of application. */
  readonly patches: readonly { readonly file: string; readonly commit: CommitId }[];
  readonly warnings: readonly string[];
}

/** What `sluice inspect` prints. */
export interface Inspection {
  readonly layout: LayoutName;
  readonly package: string | undefined;
  readonly version: string | undefined;
  readonly sources: readonly { readonly number: number; readonly file: string }[];
  /** Every patch that the spec or series names, in order of application, those that nothing applies last. */
  readonly patches: readonly InspectedPatch[];
  readonly unsupported: readonly { readonly line: number; readonly reason: string }[];
}

export interface InspectedPatch {
  readonly number: number;
  readonly file: string;
  /** The `-p` with which it is applied. */
  readonly strip: number;
  /** The folder of the source tree in which it is; the top unless told. */
  readonly folder?: string;
  /** `%autosetup`, `%autopatch`, `%patch`, `series`, ...; `undefined` when nothing applies it. */
  readonly appliedBy: string | undefined;
}
