import type { CommitId } from "../../domain/refs.js";
import type { ObjectStore } from "../../git/object-store.js";
import type { NamingSide } from "../exchanges.js";
import { listCommitsToCarry, type CommitToCarry } from "../pending.js";
import { listCommits } from "./commit-list.js";
import { linearize } from "./history.js";

/** A dist-git commit on the one line that all commits since the synchronised point are put in. */
export interface DistStep {
  readonly from: CommitId;
  /** A commit with its words and with the tree that the line has there; made up for commits of merged branches. */
  readonly at: CommitId;
  /** Whether source-git has it already, for it came from there. */
  readonly brought: boolean;
}

/**
 * The commits of dist-git since one of them, as one line: those of a merged branch come where it was merged, then the merge
 * with what only it holds, be that nothing.
 */
export async function listSteps(there: NamingSide, since: CommitId): Promise<readonly DistStep[]> {
  const commits = await listCommitsToCarry(there, [since]);
  const brought = new Set(commits.filter(({ state }) => state === "brought").map(({ id }) => id));
  const steps: DistStep[] = [];
  let before = since;
  for (const commit of commits.filter(({ onFirstParentLine }) => onFirstParentLine)) {
    if (follows(commit, before)) {
      steps.push({ from: commit.id, at: commit.id, brought: brought.has(commit.id) });
    } else {
      steps.push(...(await listBranch(there.store, { base: before, head: commit.id, brought })));
    }
    before = commit.id;
  }
  return steps;
}

function follows({ parents }: CommitToCarry, before: CommitId): boolean {
  return parents.length === 1 && parents[0] === before;
}

interface Branch {
  readonly base: CommitId;
  readonly head: CommitId;
  readonly brought: ReadonlySet<CommitId>;
}

async function listBranch(store: ObjectStore, { base, head, brought }: Branch): Promise<readonly DistStep[]> {
  const commits = await listCommits(store, { base, head });
  const line = await linearize(store, { base, head, commits });
  const steps = line.commits.map(({ id, origins }) => ({
    from: origins.at(-1) ?? id,
    at: id,
    brought: origins.every((origin) => brought.has(origin)),
  }));
  return steps.at(-1)?.from === head
    ? steps
    : [...steps, { from: head, at: head, brought: brought.has(head) }];
}
