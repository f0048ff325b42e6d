import { UserError } from "../../domain/errors.js";
import { shortCommit, type CommitId } from "../../domain/refs.js";
import { mergeTrees, mergeTreesIncluded } from "../../git/merge.js";
import type { Commit, Signature } from "../../git/object-store.js";
import { appendTrailer, type Trailer } from "../../git/trailers.js";
import { distCommitTrailer, sourceCommitTrailer } from "../commit.js";
import type { BroughtHome, DistToSource, HomeCommit } from "../layout.js";
import { withoutOwnTrailers } from "../message.js";
import { isTaken } from "../unmerged.js";
import { amendsTrailer, beforeTrailer } from "./amendments.js";
import { listSteps, type DistStep } from "./dist-steps.js";
import { isFailure, isSameSeries, jointChanges, singleChanges, type SeriesChange } from "./series-changes.js";
import { SeriesTrees, type Failure, type SeriesPatch } from "./series-trees.js";

/** dist-git at one commit, as far as its patches go. */
export interface HomeState {
  /** Says what the series is: equal for equal series, whether they apply or not. */
  readonly series: string;
  /** The patches that are applied, in order; those that source-git has as files are none. Throws `UserError` ("conflict"). */
  readonly patches: () => Promise<readonly SeriesPatch[]>;
}

/** One dist-git commit that is brought home, and what it is put on. */
export interface HomeStep<S extends HomeState> {
  readonly from: CommitId;
  /** The words of the commit. */
  readonly commit: Commit;
  readonly before: S;
  readonly after: S;
  /** source-git's tree. */
  readonly tree: string;
}

/** What differs between layouts. */
export interface HomeHabits<S extends HomeState> {
  /** The upstream commit that the patches apply to. */
  readonly base: CommitId;
  /** The dist-git commit up to which source-git has everything. */
  readonly since: CommitId;
  /** Patches that dist-git had by then and that source-git never had. */
  readonly unknown: ReadonlySet<string>;
  /** Whether a commit of a merged branch is upstream's, which merges into the packaging's branch brought along. */
  readonly isUpstreams?: (commit: CommitId) => Promise<boolean>;
  readonly read: (commit: CommitId) => Promise<S>;
  /** source-git's tree with what the step changes of the distribution's own files. Throws `UserError` ("conflict"). */
  readonly carryFiles: (step: HomeStep<S>) => Promise<{ tree: string; warnings: readonly string[] }>;
  /** Patches of which source-git's commits, up to `head`, say another number than dist-git now has. */
  readonly renumbered?: (step: HomeStep<S>, head: CommitId) => Promise<ReadonlyMap<string, number>>;
  /** The words of the commit that a new patch becomes, trailers but those of the way back included. */
  readonly describe: (
    change: SeriesChange,
    step: HomeStep<S>,
  ) => Promise<{ author: Signature; message: string }>;
}

/**
 * For each dist-git commit that did not come from source-git: a commit of the distribution's files, and one for each patch
 * that is new, changed or gone. Throws `UserError` ("conflict") naming commit, patch, hunk and file.
 */
export async function bringHome<S extends HomeState>(
  request: DistToSource,
  habits: HomeHabits<S>,
): Promise<BroughtHome> {
  const { source, head, dist, tip } = request;
  const there = {
    ...{ store: dist, tip, trailer: sourceCommitTrailer, other: source, otherTip: head },
    took: (commit: CommitId) => isTaken({ source, head, target: head }, commit),
  };
  const steps = (await listSteps(there, habits.since)).map((step) => ({
    ...step,
    brought: step.brought || request.fromSource?.has(step.from) === true,
  }));
  const home = new Home(request, habits, { isMixed: steps.some(({ brought }) => brought) });
  const last = steps.findLastIndex(({ brought }) => !brought);
  for (const [index, step] of steps.entries()) {
    if (step.brought || (await habits.isUpstreams?.(step.from)) === true) await home.pass(step);
    else await home.bring(step, { isLast: index === last });
  }
  return { head: home.head, commits: home.commits, warnings: home.warnings };
}

/** source-git while dist-git's commits come home. */
class Home<S extends HomeState> {
  head: CommitId;
  readonly commits: HomeCommit[] = [];
  readonly warnings: string[] = [];
  readonly #request: DistToSource;
  readonly #habits: HomeHabits<S>;
  readonly #trees: SeriesTrees;
  readonly #states = new Map<string, Promise<S>>();
  /** Whether source-git's own commits are among those of dist-git since. */
  readonly #isMixed: boolean;
  #before: CommitId;
  #unknown: ReadonlySet<string>;
  /** What is wrong with the first of the commits that could not come by themselves. */
  #trouble: UserError | undefined;

  constructor(request: DistToSource, habits: HomeHabits<S>, { isMixed }: { isMixed: boolean }) {
    this.#isMixed = isMixed;
    this.head = request.head;
    this.#request = request;
    this.#habits = habits;
    this.#trees = new SeriesTrees(request.source, habits.base);
    this.#before = habits.since;
    this.#unknown = habits.unknown;
  }

  /** A commit that came from source-git. */
  async pass({ at }: DistStep): Promise<void> {
    // What waits for a later commit still has to come.
    if (this.#trouble === undefined) this.#before = at;
    return Promise.resolve();
  }

  async bring(step: DistStep, { isLast }: { isLast: boolean }): Promise<void> {
    try {
      await this.#carry(step);
      this.#trouble = undefined;
    } catch (error) {
      if (!(error instanceof UserError) || error.kind !== "conflict") throw error;
      this.#trouble ??= error;
      if (isLast) throw this.#trouble;
      // A commit that repairs it may follow; both then come together.
      this.commits.push({ from: step.from, to: [] });
      this.warnings.push(
        `dist-git's commit ${shortCommit(step.from)} does not fit by itself; its change comes with a later one`,
      );
    }
  }

  async #carry({ from, at }: DistStep): Promise<void> {
    const { source, dist } = this.#request;
    const commit = await dist.readCommit(at);
    const { tree } = await source.readCommit(this.head);
    const line = new Line(this.#request, { head: this.head, from });
    if (commit.tree === (await dist.readCommit(this.#before)).tree && this.#unknown.size === 0) {
      line.addLike(commit, tree);
    } else {
      const [before, after] = [await this.#read(this.#before), await this.#read(at)];
      const warnings = await this.#carryState({ from, commit, before, after, tree }, line);
      this.warnings.push(...warnings);
    }
    this.head = line.head;
    this.commits.push({ from, to: line.commits });
    this.#before = at;
    this.#unknown = new Set();
  }

  async #carryState(step: HomeStep<S>, line: Line): Promise<readonly string[]> {
    const files = await this.#habits.carryFiles(step);
    if (files.tree !== step.tree) line.addLike(step.commit, files.tree);
    let { tree } = files;
    for (const change of await this.#changes(step)) {
      const next = await this.#merge(change, { ...step, tree });
      // source-git has it already, by a commit of its own.
      if (next === tree && !change.isEmpty) continue;
      tree = next;
      if (change.kind === "added") line.add({ ...(await this.#describe(change, step)), tree });
      else line.addLike(step.commit, tree, { key: amendsTrailer, value: change.patch.file });
    }
    for (const [file, id] of (await this.#habits.renumbered?.(step, line.head)) ?? []) {
      const trailers = [
        { key: amendsTrailer, value: file },
        { key: "Patch-id", value: String(id) },
      ];
      line.addLike(step.commit, tree, ...trailers);
    }
    if (line.commits.length === 0) line.addLike(step.commit, tree);
    return files.warnings;
  }

  async #changes({ before, after, from }: HomeStep<S>): Promise<readonly SeriesChange[]> {
    if (before.series === after.series && this.#unknown.size === 0) return [];
    const old = (await before.patches()).filter(({ file }) => !this.#unknown.has(file));
    const fresh = await after.patches();
    if (isSameSeries(old, fresh)) return [];
    for (const series of [old, fresh]) {
      const trees = await this.#trees.of(series);
      if (isFailure(trees)) throw doesNotApply(trees, from);
    }
    const pair = { store: this.#request.source, trees: this.#trees, old, fresh };
    return (await singleChanges(pair)) ?? jointChanges(pair);
  }

  async #describe(change: SeriesChange, step: HomeStep<S>): Promise<{ author: Signature; message: string }> {
    const { author, message } = await this.#habits.describe(change, step);
    const next = change.next ?? (await this.#follower(change, step));
    if (next === undefined) return { author, message };
    return { author, message: appendTrailer(message, { key: beforeTrailer, value: next }) };
  }

  /** source-git's own patch that dist-git applies behind a new one. */
  async #follower({ patch }: SeriesChange, { after }: HomeStep<S>): Promise<string | undefined> {
    if (!this.#isMixed) return undefined;
    const final = await (await this.#read(this.#request.tip)).patches();
    const at = final.findIndex(({ file }) => file === patch.file);
    const known = new Set((await after.patches()).map(({ file }) => file));
    return at < 0 ? undefined : final.slice(at + 1).find(({ file }) => !known.has(file))?.file;
  }

  async #merge(change: SeriesChange, { tree, from }: HomeStep<S>): Promise<string> {
    const { before, after, patch } = change;
    // A new patch may be a commit of source-git that others were put on since.
    const merge = change.kind === "added" ? mergeTreesIncluded : mergeTrees;
    const merged = await merge(this.#request.source, { base: before, ours: tree, theirs: after });
    if (merged.outcome === "merged") return merged.tree;
    throw new UserError("conflict", {
      message: `dist-git's commit ${shortCommit(from)} ${changes[change.kind]} ${patch.file}, which conflicts with source-git in ${merged.places.join(", ")}`,
      where: merged.files[0],
      remedy: byHand(from),
    });
  }

  /** Equal trees are one state. */
  async #read(commit: CommitId): Promise<S> {
    const { tree } = await this.#request.dist.readCommit(commit);
    const state = this.#states.get(tree) ?? this.#habits.read(commit);
    this.#states.set(tree, state);
    return state;
  }
}

const changes: Readonly<Record<SeriesChange["kind"], string>> = {
  added: "adds",
  changed: "changes",
  removed: "removes",
};

/** The way out of every conflict on the way back. */
export function byHand(from: CommitId): string {
  return `Make the change in source-git by hand, in a commit with the trailer "${distCommitTrailer}: ${from}". A trailer counts once its commit is merged.`;
}

function doesNotApply({ patch, applied: { file, reason } }: Failure, from: CommitId): UserError {
  return new UserError("conflict", {
    message: `${patch.file} of dist-git's commit ${shortCommit(from)} does not apply to source-git's base: ${file === "" ? "it" : file} ${reason}`,
    where: patch.file,
    remedy: byHand(from),
  });
}

interface Words {
  readonly author: Signature;
  readonly message: string;
  readonly encoding?: string | undefined;
  readonly tree: string;
}

/** The source-git commits that carry one of dist-git. */
class Line {
  readonly commits: CommitId[] = [];
  head: CommitId;
  readonly #request: DistToSource;
  readonly #from: CommitId;

  constructor(request: DistToSource, { head, from }: { head: CommitId; from: CommitId }) {
    this.#request = request;
    this.head = head;
    this.#from = from;
  }

  /** In the words of dist-git's commit. */
  addLike({ author, message, encoding }: Commit, tree: string, ...trailers: readonly Trailer[]): void {
    const said = trailers.reduce(appendTrailer, withoutForeignTrailers(message));
    this.add({ author, encoding, tree, message: said });
  }

  add({ author, message, encoding, tree }: Words): void {
    const { source, committer } = this.#request;
    this.head = source.writeCommit({
      tree,
      parents: [this.head],
      author,
      committer,
      ...(encoding === undefined ? {} : { encoding }),
      message: appendTrailer(message, { key: distCommitTrailer, value: this.#from }),
    });
    this.commits.push(this.head);
  }
}

const foreign = new RegExp(`^(?:${sourceCommitTrailer}|${distCommitTrailer})[ \\t]*:.*\\n?`, "gim");

/** What a dist-git commit says of conversion is of another commit than the one that it becomes. */
function withoutForeignTrailers(message: string): string {
  return withoutOwnTrailers(message.replace(foreign, ""));
}
