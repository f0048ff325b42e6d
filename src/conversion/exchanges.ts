import type { CommitId } from "../domain/refs.js";
import type { ObjectStore } from "../git/object-store.js";
import { trailerValues } from "../git/trailers.js";
import { readLog, type LoggedCommit } from "./commit-log.js";
import { isAncestor } from "./ancestry.js";
import { mostAsked } from "./unmerged.js";
import { listNamedCommits } from "./named-commits.js";

/** A commit of one side that carries one of the other, as its trailer says. */
export interface Exchange {
  readonly at: CommitId;
  readonly of: CommitId;
}

/** One side whose commits name those of the other. */
export interface NamingSide {
  readonly store: ObjectStore;
  readonly tip: CommitId;
  /** The newest commit whose word counts (see `SourceToDist`); unless told, the tip. */
  readonly believed?: CommitId | undefined;
  /** The trailer by which they do. */
  readonly trailer: string;
  readonly other: ObjectStore;
  readonly otherTip: CommitId;
  /** Whether `otherTip` is known to contain a commit; unless told, git is asked. */
  readonly contains?: (commit: CommitId) => boolean;
  /** Whether the other side took a commit that `otherTip` does not contain: by a squash, a rebase. */
  readonly took?: (commit: CommitId) => Promise<boolean>;
  /** Commits at which to stop: the upstream release. */
  readonly bounds?: readonly CommitId[];
}

/**
 * The newest exchange on the first-parent line, or in a branch merged there that brought nothing but exchanges: trailers in
 * merged foreign history do not count. A commit that the other branch contains is preferred to one that merely exists in
 * its repository, for cherry-picks carry the trailers of other branches along.
 */
export async function newestExchange(side: NamingSide): Promise<Exchange | undefined> {
  let existing: Exchange | undefined;
  let asked = 0;
  for await (const exchange of listExchanges(side)) {
    existing ??= exchange;
    const { otherTip, contains, took } = side;
    if (contains?.(exchange.of) === true) return exchange;
    if (await isAncestor(side.other, exchange.of, otherTip)) return exchange;
    if ((asked += 1) <= mostAsked && (await took?.(exchange.of)) === true) return exchange;
  }
  return existing;
}

/** The oldest exchange; `undefined` when there is none. */
export async function oldestExchange(side: NamingSide): Promise<Exchange | undefined> {
  let oldest: Exchange | undefined;
  for await (const exchange of listExchanges(side)) oldest = exchange;
  return oldest;
}

/** The commit that a message names, when the other side has it. */
export async function namedCommit(
  message: string,
  { trailer, other }: Pick<NamingSide, "trailer" | "other">,
): Promise<CommitId | undefined> {
  const [named] = await listNamedCommits(other, trailerValues(message, trailer));
  return named;
}

/** Enough for most: beyond so many commits, the whole history is searched. */
const recently = 50;

async function* listExchanges(side: NamingSide): AsyncGenerator<Exchange> {
  const { store, bounds = [] } = side;
  const tip = side.believed ?? side.tip;
  const recent = await readLog(store, { tip, without: bounds }, [
    "--first-parent",
    `--max-count=${recently}`,
  ]);
  yield* exchangesOf(recent, side);
  const rest = recent.length < recently ? undefined : recent.at(-1)?.parents[0];
  if (rest === undefined) return;
  const older = { tip: rest, without: bounds };
  const line = await readLog(store, older, ["--first-parent", "--grep", `^${side.trailer}: `]);
  const merges = await readLog(store, older, ["--first-parent", "--merges", "--max-count=1000"]);
  yield* exchangesOf(line, side);
  if (line.length === 0) yield* exchangesOf(merges, side);
}

async function* exchangesOf(commits: readonly LoggedCommit[], side: NamingSide): AsyncGenerator<Exchange> {
  for (const commit of commits) {
    const own = await namedCommit(commit.message, side);
    const of = own ?? (await namedByBranch(commit, side));
    if (of !== undefined) yield { at: commit.id, of };
  }
}

/** What the tip of a merged branch names, when the whole branch came from the other side: a mirrored merge request. */
async function namedByBranch({ parents }: LoggedCommit, side: NamingSide): Promise<CommitId | undefined> {
  const [first, second] = parents;
  if (first === undefined || second === undefined || parents.length > 2) return undefined;
  const of = await namedCommit((await side.store.readCommit(second)).message, side);
  if (of === undefined) return undefined;
  const branch = await readLog(side.store, { tip: second, without: [first] }, ["--max-count=100"]);
  for (const { message } of branch) {
    if ((await namedCommit(message, side)) === undefined) return undefined;
  }
  return of;
}
