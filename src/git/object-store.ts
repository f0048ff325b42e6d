import type { CommitId } from "../domain/refs.js";
import type { Memory } from "./memory.js";
import type { GitOptions, GitResult } from "./run.js";

/** A repository, bare or not, as a store of objects and refs: nothing here looks at a work tree. */
export interface ObjectStore {
  readonly directory: string;
  /** What is known of its objects; it may outlive the store and be shared with others. */
  readonly memory: Memory;

  /** The commit that a revision names (a tag is followed to its commit). */
  resolve(revision: string): Promise<CommitId | undefined>;
  has(id: string): Promise<boolean>;
  /** Whether another branch than the one that is checked out contains the commit. */
  isOnOtherBranch(commit: CommitId): Promise<boolean>;

  /** Throws `UserError` ("unsupported") for a blob larger than `limit` bytes. */
  readBlob(id: string, limit?: number): Promise<Buffer>;
  /** The entries of a tree, or of a commit's tree. */
  readTree(treeish: string): Promise<readonly TreeEntry[]>;
  readCommit(id: CommitId): Promise<Commit>;

  /** New objects are kept in memory until a git command of this store, or `flush`, needs them. */
  /** The content stays the caller's, who does not change it any more. */
  writeBlob(content: Uint8Array): string;
  writeTree(entries: readonly TreeEntry[]): string;
  writeCommit(commit: Commit): CommitId;
  flush(): Promise<void>;

  /** Runs git in this repository, with all new objects in place. */
  git(args: readonly string[], options?: Omit<GitOptions, "directory">): Promise<GitResult>;

  close(): Promise<void>;
}

/** An entry of one tree. Bytes of a name that are not UTF-8 are lone surrogates, U+DC80 to U+DCFF, one a byte. */
export interface TreeEntry {
  /** As git writes it: `100644`, `100755`, `120000` (link), `40000` (tree), `160000` (submodule). */
  readonly mode: string;
  readonly name: string;
  readonly id: string;
}

/** A commit; bytes of its texts that are not UTF-8 are lone surrogates, as in `TreeEntry`. */
export interface Commit {
  readonly tree: string;
  readonly parents: readonly CommitId[];
  readonly author: Signature;
  readonly committer: Signature;
  /** What the object says of its texts' encoding; absent means UTF-8. */
  readonly encoding?: string;
  readonly message: string;
}

export interface Signature {
  readonly name: string;
  readonly email: string;
  /** Seconds since 1970 and the zone, as git stores them: `1700000000 +0100`. */
  readonly date: string;
}
