import { UserError } from "../domain/errors.js";
import type { CommitId } from "../domain/refs.js";
import { findBase } from "./base.js";
import { distCommitTrailer, sourceCommitTrailer } from "./commit.js";
import { readConfiguration } from "./configuration.js";
import { newestExchange, type Exchange, type NamingSide } from "./exchanges.js";
import type { Layout, SourceToDist } from "./layout.js";
import { carriedUpTo, listCommitsToCarry, type CommitToCarry } from "./pending.js";
import { findJointBase } from "./plain/joint-base.js";
import { defaultConfiguration } from "./plain/plain-configuration.js";
import { isAncestor } from "./ancestry.js";
import { isTaken } from "./unmerged.js";

export type SyncState = "in-step" | "source-ahead" | "dist-ahead" | "diverged" | "never-synchronised";

/** Whether source-git and dist-git stand for one another, and what each has that the other lacks. */
export interface SyncStatus {
  readonly state: SyncState;
  /** The newest commits that are known to have been in step. */
  readonly point: { readonly source: CommitId; readonly dist: CommitId } | undefined;
  readonly source: Ahead;
  readonly dist: Ahead;
}

export interface Ahead {
  /** The commits that the other side lacks; those that came from there do not count. */
  readonly ahead: number;
  /** The oldest of them. */
  readonly first: { readonly sha: CommitId; readonly subject: string } | undefined;
}

/** Throws `UserError` only for repositories that cannot be read: every answer about them is a value. */
export async function readStatus(sides: SourceToDist, layout: Layout): Promise<SyncStatus> {
  const { point, source, dist } = await commitsAhead(sides, layout);
  if (point === undefined) {
    return { state: "never-synchronised", point, source: nothing, dist: nothing };
  }
  const tries = source.length > 0 && !(await isSurelyMore(sides, { point, commits: source }));
  const fresh = tries && (await convertsToNothing(sides, layout)) ? [] : source;
  const own = await withoutRewritten(sides, { layout, commits: dist });
  return { state: stateOf(fresh, own), point, source: summary(fresh), dist: summary(own) };
}

/** What each side has that no commit of the other names, oldest first; what it comes to when converted is not asked. */
export interface CommitsAhead {
  readonly point: SyncStatus["point"];
  readonly source: readonly CommitToCarry[];
  readonly dist: readonly CommitToCarry[];
}

/** Throws `UserError` only for repositories that cannot be read. */
export async function commitsAhead(sides: SourceToDist, layout: Layout): Promise<CommitsAhead> {
  const { here, there } = await namingSides(sides, layout);
  const point = await findPoint(sides, { here, there, layout });
  if (point === undefined) return { point, source: [], dist: [] };
  const source = await aheadOf(here, { other: there, since: point.source });
  const dist = await aheadOf(there, { other: here, since: point.dist });
  return { point, source, dist };
}

const nothing: Ahead = { ahead: 0, first: undefined };

interface Both {
  readonly here: NamingSide;
  readonly there: NamingSide;
}

async function namingSides(
  { source, head, target = head, dist, tip }: SourceToDist,
  layout: Layout,
): Promise<Both> {
  const base = layout.name === "plain" ? undefined : await baseOf(source, head);
  return {
    here: {
      ...{ store: source, tip: head, trailer: distCommitTrailer, other: dist, otherTip: tip },
      bounds: base === undefined ? [] : [base],
    },
    there: {
      ...{ store: dist, tip, trailer: sourceCommitTrailer, other: source, otherTip: head },
      took: (commit) => isTaken({ source, head, target }, commit),
    },
  };
}

/** The upstream commit from which patches are counted: no commit before it can be to carry. */
async function baseOf(source: SourceToDist["source"], head: CommitId): Promise<CommitId | undefined> {
  return findBase(source, await readConfiguration(source, head));
}

async function findPoint(
  sides: SourceToDist,
  { here, there, layout }: Both & { layout: Layout },
): Promise<SyncStatus["point"]> {
  const inDist = await newestExchange(there);
  const inSource = await newestExchange(here);
  if (inDist !== undefined && (inSource === undefined || (await isNewer(sides, { inDist, inSource })))) {
    return { source: inDist.of, dist: inDist.at };
  }
  if (inSource !== undefined) return { source: inSource.at, dist: inSource.of };
  if (layout.name !== "plain") return undefined;
  // Branches of one history need no trailers, nor do those that began with the same files.
  const base = await findJointBase(sides, { into: sides.dist, narrow: defaultConfiguration });
  const [source, dist] = [base?.source[0], base?.dist[0]];
  return source === undefined || dist === undefined ? undefined : { source, dist };
}

/** Whether the exchange that dist-git tells of came after the one that source-git tells of. */
async function isNewer(
  { source, dist }: SourceToDist,
  { inDist, inSource }: { inDist: Exchange; inSource: Exchange },
): Promise<boolean> {
  if (await isAncestor(source, inSource.at, inDist.of)) return true;
  return !(await isAncestor(dist, inDist.at, inSource.of));
}

async function aheadOf(
  side: NamingSide,
  { other, since }: { other: NamingSide; since: CommitId },
): Promise<readonly CommitToCarry[]> {
  const from = (await carriedUpTo(side, other)) ?? since;
  const commits = await listCommitsToCarry(side, [from, ...(side.bounds ?? [])]);
  return commits.filter(({ state }) => state !== "brought");
}

/** So many commits are converted to see whether they come to nothing. */
const mostTried = 1000;

/** To convert thousands of commits takes seconds, and where they left other code behind, they are no empty ones. */
async function isSurelyMore(
  { source, head }: SourceToDist,
  { point, commits }: { point: { readonly source: CommitId }; commits: readonly unknown[] },
): Promise<boolean> {
  if (commits.length <= mostTried) return false;
  return (await codeOf(source, point.source)) !== (await codeOf(source, head));
}

/** The tree without what is the distribution's own. */
async function codeOf(source: SourceToDist["source"], commit: CommitId): Promise<string> {
  const entries = await source.readTree(commit);
  return source.writeTree(entries.filter(({ name }) => ![".distro", "debian", ".sluice.yml"].includes(name)));
}

/** Empty commits, and those of ignored paths, leave dist-git as it is, so there is nothing to carry for ever. */
async function convertsToNothing(sides: SourceToDist, layout: Layout): Promise<boolean> {
  return ifPossible(async () => !(await layout.sourceToDist(sides)).changed);
}

/**
 * A squash or a rebase in source-git takes away the commit that a dist-git commit names. When bringing home changes nothing,
 * that is what happened.
 */
async function withoutRewritten(
  { source, head, dist, tip }: SourceToDist,
  { layout, commits }: { layout: Layout; commits: readonly CommitToCarry[] },
): Promise<readonly CommitToCarry[]> {
  if (!commits.some(({ state }) => state === "doubtful")) return commits;
  const { committer, tree } = await source.readCommit(head);
  const changesNothing = await ifPossible(async () => {
    const brought = await layout.distToSource({ source, head, dist, tip, since: undefined, committer });
    return (await source.readCommit(brought.head)).tree === tree;
  });
  return changesNothing ? commits.filter(({ state }) => state !== "doubtful") : commits;
}

async function ifPossible(ask: () => Promise<boolean>): Promise<boolean> {
  try {
    return await ask();
  } catch (error) {
    // A conflict is no state of its own: the commits that conflict are counted.
    if (error instanceof UserError) return false;
    throw error;
  }
}

function stateOf(source: readonly unknown[], dist: readonly unknown[]): SyncState {
  if (source.length > 0) return dist.length > 0 ? "diverged" : "source-ahead";
  return dist.length > 0 ? "dist-ahead" : "in-step";
}

function summary(commits: readonly CommitToCarry[]): Ahead {
  const [first] = commits;
  if (first === undefined) return nothing;
  const subject = first.message.trimStart().split("\n")[0] ?? "";
  return { ahead: commits.length, first: { sha: first.id, subject } };
}
