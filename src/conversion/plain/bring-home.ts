import { UserError } from "../../domain/errors.js";
import { shortCommit, type CommitId } from "../../domain/refs.js";
import { mergeTrees } from "../../git/merge.js";
import { appendTrailer } from "../../git/trailers.js";
import { copyTree } from "../../git/transfer.js";
import { diffTrees } from "../../git/trees.js";
import { distCommitTrailer } from "../commit.js";
import type { BroughtHome, DistToSource, HomeCommit } from "../layout.js";
import { carriedUpTo, listCommitsToCarry, type CommitToCarry } from "../pending.js";
import { lastCommitOn } from "../patches/settle-patches.js";
import { distNames, findJointBase, sourceNames, type JointBase } from "./joint-base.js";
import { readPlainConfiguration, type PlainConfiguration } from "./plain-configuration.js";
import { project } from "./projection.js";
import { shareWithSource } from "./shared-history.js";

/** One source-git commit for each dist-git commit that did not come from there, merges and empty ones included. */
export async function bringHome(request: DistToSource): Promise<BroughtHome> {
  const { source, head, tip } = request;
  const configuration = await readPlainConfiguration(source, head);
  if (configuration.history === "shared") return shareWithSource(request);
  const base = await findBase(request, configuration);
  const range = await listRange(request, base);
  const theirs = await projected(request, configuration, tip);
  const ours = (await source.readCommit(head)).tree;
  const had = await withBrought(request, configuration, { base, range });
  const merged = await mergeTrees(source, { base: had, ours, theirs });
  const replayed = await replayAll(request, { ...range, configuration, ours });
  if (merged.outcome === "conflict") throw await conflict(request, { base, replayed, files: merged.files });

  const carried = commitsToTell(range, { amended: merged.tree !== ours });
  const trees = carried.map((id, index) => {
    const last = index === carried.length - 1;
    return { id, tree: last ? merged.tree : (replayed.trees.get(id) ?? ours) };
  });
  return {
    ...(await commitAll(request, trees)),
    warnings: [...replayed.warnings, ...(await leftOut(request, configuration, range))],
  };
}

/** A commit that came from source-git may have been amended on its way: then the newest tells it. */
function commitsToTell({ start, commits }: Range, { amended }: { amended: boolean }): readonly CommitId[] {
  const pending = commits.filter(({ state }) => state !== "brought").map(({ id }) => id);
  return pending.length > 0 || !amended ? pending : [commits.at(-1)?.id ?? start];
}

async function findBase(request: DistToSource, configuration: PlainConfiguration): Promise<JointBase> {
  const { source, head, since } = request;
  if (since !== undefined) {
    return { tree: await projected(request, configuration, since), source: [], dist: [since], since: head };
  }
  // What dist-git has of source-git's other branches comes home as anything else of it.
  const base = await findJointBase({ ...request, target: head }, { into: source, narrow: configuration });
  if (base !== undefined) return base;
  throw new UserError("missing", {
    message: "source-git and dist-git were never synchronised",
    where: `dist-git's commit ${shortCommit(request.tip)}`,
    remedy: "Name the dist-git commits to carry as RANGE (OLD..NEW), or start with sluice init.",
  });
}

interface Range {
  readonly start: CommitId;
  readonly commits: readonly CommitToCarry[];
}

async function listRange(request: DistToSource, base: JointBase): Promise<Range> {
  const there = distNames({ ...request, target: request.head });
  const start =
    request.since ?? (await carriedUpTo(there, sourceNames(request))) ?? base.dist[0] ?? request.tip;
  const commits = await listCommitsToCarry(there, [start]);
  return {
    start,
    commits: commits.map((commit) => (isFromSource(request, commit) ? brought(commit) : commit)),
  };
}

function isFromSource({ fromSource }: DistToSource, { id }: CommitToCarry): boolean {
  return fromSource?.has(id) === true;
}

function brought(commit: CommitToCarry): CommitToCarry {
  return { ...commit, state: "brought" };
}

/**
 * The base with what source-git is known to have had, though no trailer tells: compared with that, dist-git did nothing of it,
 * and source-git what it did since. What does not fit by itself is left to the merge of the whole.
 */
async function withBrought(
  request: DistToSource,
  configuration: PlainConfiguration,
  { base, range }: { base: JointBase; range: Range },
): Promise<string> {
  let { tree } = base;
  for (const commit of range.commits.filter((each) => isFromSource(request, each))) {
    const before = await parentTree(request, configuration, commit);
    const after = await projected(request, configuration, commit.id);
    const merged = await mergeTrees(request.source, { base: before, ours: tree, theirs: after });
    if (merged.outcome === "merged") tree = merged.tree;
  }
  return tree;
}

/** dist-git's files at a commit, as far as they are source-git's, too, in source-git's store. */
async function projected(
  { source, dist }: DistToSource,
  configuration: PlainConfiguration,
  commit: CommitId,
): Promise<string> {
  const tree = await project(dist, commit, configuration);
  await copyTree(dist, source, tree);
  return tree;
}

interface Replaying extends Range {
  readonly configuration: PlainConfiguration;
  readonly ours: string;
}

interface Replayed {
  /** source-git's tree with each commit. */
  readonly trees: ReadonlyMap<CommitId, string>;
  /** The first commit that does not fit by itself. */
  readonly misfit: CommitId | undefined;
  readonly warnings: readonly string[];
}

/** dist-git's tree, as far as the commits were told, and source-git's with them. */
interface Progress {
  readonly there: string;
  readonly here: string;
}

/** Each commit by itself; where one does not fit, its change comes with a later one. */
async function replayAll(request: DistToSource, replaying: Replaying): Promise<Replayed> {
  const { configuration, start, commits, ours } = replaying;
  const trees = new Map<CommitId, string>();
  const misfits: CommitId[] = [];
  let progress: Progress = { there: await projected(request, configuration, start), here: ours };
  for (const commit of commits) {
    const next = await replayOne(request, configuration, { commit, progress });
    if (next === undefined) misfits.push(commit.id);
    progress = next ?? progress;
    trees.set(commit.id, progress.here);
  }
  return { trees, misfit: misfits[0], warnings: misfits.map(withLater) };
}

async function replayOne(
  request: DistToSource,
  configuration: PlainConfiguration,
  { commit, progress: { there, here } }: { commit: CommitToCarry; progress: Progress },
): Promise<Progress | undefined> {
  const { source } = request;
  const after = await projected(request, configuration, commit.id);
  // The commits of a merged branch are told apart, each on top of what came before it.
  const base = commit.onFirstParentLine ? there : await parentTree(request, configuration, commit);
  const next = await mergeTrees(source, { base, ours: there, theirs: after });
  if (next.outcome === "conflict") return undefined;
  if (commit.state === "brought") return { there: next.tree, here };
  const merged = await mergeTrees(source, { base: there, ours: here, theirs: next.tree });
  return merged.outcome === "conflict" ? undefined : { there: next.tree, here: merged.tree };
}

function withLater(commit: CommitId): string {
  return `dist-git's commit ${shortCommit(commit)} does not fit by itself; its change comes with a later one`;
}

async function parentTree(
  request: DistToSource,
  configuration: PlainConfiguration,
  { parents: [parent] }: CommitToCarry,
): Promise<string> {
  return parent === undefined ? request.source.writeTree([]) : projected(request, configuration, parent);
}

async function commitAll(
  { source, head, dist, committer }: DistToSource,
  trees: readonly { readonly id: CommitId; readonly tree: string }[],
): Promise<{ head: CommitId; commits: readonly HomeCommit[] }> {
  const commits: HomeCommit[] = [];
  let tip = head;
  for (const { id, tree } of trees) {
    const { author, message, encoding } = await dist.readCommit(id);
    tip = source.writeCommit({
      tree,
      parents: [tip],
      author,
      committer,
      ...(encoding === undefined ? {} : { encoding }),
      message: appendTrailer(message, { key: distCommitTrailer, value: id }),
    });
    commits.push({ from: id, to: [tip] });
  }
  return { head: tip, commits };
}

async function conflict(
  { source, head, dist, tip }: DistToSource,
  { base, replayed, files }: { base: JointBase; replayed: Replayed; files: readonly string[] },
): Promise<UserError> {
  const path = files[0] ?? "";
  const [there, here] = await Promise.all([
    lastCommitOn(dist, { path, since: base.dist[0], tip: replayed.misfit ?? tip }),
    lastCommitOn(source, { path, since: base.source[0], tip: head }),
  ]);
  return new UserError("conflict", {
    message: `${files.join(", ")} was changed in dist-git${there} and in source-git${here}`,
    where: path,
    remedy: `Make dist-git's change in source-git by hand, in a commit with the trailer "${distCommitTrailer}: ${tip}". A trailer counts once its commit is merged.`,
  });
}

/** Changed files that source-git does not hold are dist-git's alone; those that nobody declared so are named. */
async function leftOut(
  { dist, tip }: DistToSource,
  configuration: PlainConfiguration,
  { start }: Range,
): Promise<string[]> {
  if (configuration.whole) return [];
  const tree = async (commit: CommitId) => (await dist.readCommit(commit)).tree;
  const differences = await diffTrees(dist, await tree(start), await tree(tip));
  return differences
    .filter(({ path }) => !configuration.carries(path) && !configuration.keeps(path))
    .map(({ path }) => `${path} stays in dist-git alone, for include and exclude leave it out`);
}
