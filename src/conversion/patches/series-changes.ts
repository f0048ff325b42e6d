import type { ObjectStore } from "../../git/object-store.js";
import { mergeTrees } from "../../git/merge.js";
import { isSamePatch, type Failure, type SeriesPatch, type SeriesTrees } from "./series-trees.js";

/** A change of one patch, and upstream's tree with the whole series before and after it. */
export interface SeriesChange {
  readonly kind: "added" | "changed" | "removed";
  readonly patch: SeriesPatch;
  readonly before: string;
  readonly after: string;
  /** The patch in front of which a new one stands; `undefined` for one that is the last. */
  readonly next: string | undefined;
  /** Whether it is of a patch that changes no file. */
  readonly isEmpty: boolean;
}

/** Two series that both apply, with the trees that they make. */
export interface SeriesPair {
  readonly store: ObjectStore;
  readonly trees: SeriesTrees;
  readonly old: readonly SeriesPatch[];
  readonly fresh: readonly SeriesPatch[];
}

/**
 * The changes from one series to another, patch by patch: each can be brought to its place among the commits of the series
 * without a conflict and gives there what dist-git has. `undefined` when that cannot be: patches that were rebased together.
 */
export async function singleChanges(pair: SeriesPair): Promise<readonly SeriesChange[] | undefined> {
  const walk = await SeriesWalk.begin(pair);
  const staying = await findStaying(pair);
  const { old, fresh } = pair;
  for (const patch of old.toReversed()) {
    if (!staying.has(patch.file) && !(await walk.remove(patch))) return undefined;
  }
  for (const patch of fresh) {
    if (staying.has(patch.file) && !(await walk.replace(patch))) return undefined;
  }
  for (const [index, patch] of fresh.entries()) {
    if (!staying.has(patch.file) && !(await walk.insert(patch, index))) return undefined;
  }
  return walk.changes;
}

/** The changes that take back the patches from the first one that differs, the last one first, and add the new ones. */
export async function jointChanges({ trees, old, fresh }: SeriesPair): Promise<readonly SeriesChange[]> {
  const [before, after] = [await treesOf(trees, old), await treesOf(trees, fresh)];
  let start = 0;
  const isSame = (at: number) => old[at]?.file === fresh[at]?.file && before[at + 1] === after[at + 1];
  while (start < Math.min(old.length, fresh.length) && isSame(start)) start += 1;
  const change = (from: string | undefined, to: string | undefined) => ({
    before: from ?? "",
    after: to ?? "",
    next: undefined,
    isEmpty: from === to,
  });
  const removed = old.map((patch, at) => ({
    ...change(before[at + 1], before[at]),
    kind: "removed" as const,
    patch,
  }));
  const added = fresh.map((patch, at) => ({
    ...change(after[at], after[at + 1]),
    kind: "added" as const,
    patch,
  }));
  return [...removed.slice(start).reverse(), ...added.slice(start)];
}

export function isFailure(outcome: readonly string[] | Failure): outcome is Failure {
  return "applied" in outcome;
}

/** A series while it changes one patch at a time. */
class SeriesWalk {
  readonly changes: SeriesChange[] = [];
  readonly #pair: SeriesPair;
  #patches: readonly SeriesPatch[];
  #trees: readonly string[];

  private constructor(pair: SeriesPair, trees: readonly string[]) {
    this.#pair = pair;
    this.#patches = pair.old;
    this.#trees = trees;
  }

  static async begin(pair: SeriesPair): Promise<SeriesWalk> {
    return new SeriesWalk(pair, await treesOf(pair.trees, pair.old));
  }

  remove(patch: SeriesPatch): Promise<boolean> {
    const at = this.#indexOf(patch);
    const isEmpty = this.#trees[at] === this.#trees[at + 1];
    const place = { kind: "removed", patch, isEmpty, next: undefined } as const;
    return this.#step(this.#patches.toSpliced(at, 1), { ...place, from: at + 1, to: at });
  }

  replace(patch: SeriesPatch): Promise<boolean> {
    const at = this.#indexOf(patch);
    const place = { kind: "changed", patch, isEmpty: false, next: undefined } as const;
    return this.#step(this.#patches.with(at, patch), { ...place, from: at + 1, to: at + 1 });
  }

  insert(patch: SeriesPatch, at: number): Promise<boolean> {
    const place = { kind: "added", patch, next: this.#patches[at]?.file } as const;
    return this.#step(this.#patches.toSpliced(at, 0, patch), { ...place, from: at, to: at + 1 });
  }

  #indexOf({ file }: SeriesPatch): number {
    return this.#patches.findIndex((each) => each.file === file);
  }

  /** Answers whether the change is one that can be brought to its place. */
  async #step(
    patches: readonly SeriesPatch[],
    {
      from,
      to,
      ...place
    }: Omit<SeriesChange, "before" | "after" | "isEmpty"> & {
      readonly isEmpty?: boolean;
      readonly from: number;
      readonly to: number;
    },
  ): Promise<boolean> {
    const trees = await this.#pair.trees.of(patches);
    if (isFailure(trees)) return false;
    const [before = "", after = ""] = [this.#trees.at(-1), trees.at(-1)];
    const silent = place.kind === "changed" && trees.every((tree, at) => tree === this.#trees[at]);
    if (!silent && !(await this.#fits({ before, after }, { from, expected: trees.slice(to) }))) return false;
    const isEmpty = place.isEmpty ?? trees[to] === trees[to - 1];
    if (!silent) this.changes.push({ ...place, isEmpty, before, after });
    this.#patches = patches;
    this.#trees = trees;
    return true;
  }

  /** Whether merging the change at its place, and each later patch on top of it, gives the trees that dist-git has. */
  async #fits(
    { before, after }: { before: string; after: string },
    { from, expected }: { from: number; expected: readonly string[] },
  ): Promise<boolean> {
    const { store } = this.#pair;
    const line = this.#trees.slice(from);
    let ours = line[0] ?? before;
    const steps = [{ base: before, theirs: after }];
    for (const [at, base] of line.slice(0, -1).entries()) steps.push({ base, theirs: line[at + 1] ?? base });
    for (const [at, step] of steps.entries()) {
      const merged = await mergeTrees(store, { ...step, ours });
      if (merged.outcome === "conflict" || merged.tree !== expected[at]) return false;
      ours = merged.tree;
    }
    return true;
  }
}

async function treesOf(trees: SeriesTrees, patches: readonly SeriesPatch[]): Promise<readonly string[]> {
  const found = await trees.of(patches);
  if (isFailure(found)) throw new Error("both series of a pair apply");
  return found;
}

/** The patches of both series that keep their order, and are not empty in one of them alone. */
async function findStaying({ trees, old, fresh }: SeriesPair): Promise<ReadonlySet<string>> {
  const [before, after] = [await treesOf(trees, old), await treesOf(trees, fresh)];
  const places = new Map(old.map(({ file }, at) => [file, at]));
  const isEmpty = (line: readonly string[], at: number) => line[at] === line[at + 1];
  const common = fresh.flatMap(({ file }, at) => {
    const place = places.get(file);
    return place === undefined || isEmpty(before, place) !== isEmpty(after, at) ? [] : [{ file, place }];
  });
  return longestRising(common);
}

/** The largest part whose places rise; quadratic, which for the patches of one package is nothing. */
function longestRising(
  common: readonly { readonly file: string; readonly place: number }[],
): ReadonlySet<string> {
  const chains: string[][] = [];
  for (const [at, { file, place }] of common.entries()) {
    const before = chains.slice(0, at).filter((_, other) => (common[other]?.place ?? place) < place);
    const longest = before.reduce<string[]>((one, other) => (other.length > one.length ? other : one), []);
    chains.push([...longest, file]);
  }
  return new Set(chains.reduce<string[]>((one, other) => (other.length > one.length ? other : one), []));
}

/** Whether two series are the same, patch by patch. */
export function isSameSeries(one: readonly SeriesPatch[], other: readonly SeriesPatch[]): boolean {
  return (
    one.length === other.length &&
    one.every((patch, at) => {
      const counterpart = other[at];
      return counterpart?.file === patch.file && isSamePatch(patch, counterpart);
    })
  );
}
