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

/** Who asks while another does gets the same answer. */
const asking = new WeakMap<ObjectStore, Map<CommitId, Promise<SourceHistory>>>();

/** Throws `UserError` for a commit that is no source-git commit, naming what it lacks. */
export function readSourceHistory(store: ObjectStore, head: CommitId): Promise<SourceHistory> {
  const asked = asking.get(store) ?? new Map<CommitId, Promise<SourceHistory>>();
  const answer = asked.get(head) ?? readHistory(store, head).finally(() => asked.delete(head));
  asking.set(store, asked.set(head, answer));
  return answer;
}

async function readHistory(store: ObjectStore, head: CommitId): Promise<SourceHistory> {
  const configuration = await readConfiguration(store, head);
  const base = await findBase(store, configuration);
  const commits = await listCommits(store, { base, head });
  // A line that begins at the base has it in common.
  if (!isLine({ base, commits })) {
    await requireCommonHistory(store, { base, head, file: configuration.file });
  }
  return { head, configuration, base, commits };
}
