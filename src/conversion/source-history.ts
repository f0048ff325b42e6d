import type { CommitId } from "../domain/refs.js";
import type { ObjectStore } from "../git/object-store.js";
import { findBase, requireCommonHistory } from "./base.js";
import { readConfiguration, type SourceGitConfiguration } from "./configuration.js";
import { listCommits } from "./patches/commit-list.js";
import { isLine, type HistoryCommit } from "./patches/history.js";

/** What source-git is at one commit: upstream's base and the downstream commits on it. */
export interface SourceHistory {
  readonly head: CommitId;
  readonly configuration: SourceGitConfiguration;
  readonly base: CommitId;
  /** The downstream commits, oldest first. */
  readonly commits: readonly HistoryCommit[];
}

/** Throws `UserError` for a commit that is no source-git commit, naming what it lacks. */
export async function readSourceHistory(store: ObjectStore, head: CommitId): Promise<SourceHistory> {
  const configuration = await readConfiguration(store, head);
  const base = await findBase(store, configuration);
  const commits = await listCommits(store, { base, head });
  // A line that begins at the base has it in common.
  if (!isLine({ base, commits })) {
    await requireCommonHistory(store, { base, head, file: configuration.file });
  }
  return { head, configuration, base, commits };
}
