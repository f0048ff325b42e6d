import { shortCommit, type CommitId } from "../../domain/refs.js";
import type { Commit, ObjectStore } from "../../git/object-store.js";
import { trailerData } from "../../git/trailers.js";
import { replay } from "../replay.js";
import { trailerOf } from "./commit-trailers.js";
import type { HistoryCommit, LinearHistory } from "./history.js";
import { metadataOf, type PatchMetadata } from "./patch-metadata.js";

/** By this trailer a follow-up belongs to an earlier patch, as if it had been squashed into its commit. */
export const amendsTrailer = "Amends-patch";
/** By this trailer a patch goes in front of an earlier one. */
export const beforeTrailer = "Patch-before";

export interface Amended {
  /** The line with each patch at its place, follow-ups squashed into what they amend, and without what was taken back. */
  readonly line: LinearHistory;
  readonly warnings: readonly string[];
}

export interface Telling {
  readonly commits: readonly HistoryCommit[];
  readonly metadata: ReadonlyMap<CommitId, PatchMetadata>;
}

/**
 * Brings follow-ups to the patches that they amend, one after another, so that a patch which was taken back is in nobody's
 * way. One of a patch that is not known is a patch of its own.
 */
export async function foldAmendments(
  store: ObjectStore,
  line: LinearHistory,
  telling: Telling,
): Promise<Amended> {
  if (!saysPlaces(telling)) return { line, warnings: [] };
  const placed = toPlaced(line, telling);
  if (placed.every(({ amends, before }) => amends === undefined && before === undefined)) {
    return { line, warnings: [] };
  }
  const folded = await foldAtOnce(store, line, placed);
  if (folded !== undefined) return { line: folded, warnings: [] };
  const fold = new Fold(store, line.base, (await store.readCommit(line.base)).tree);
  for (const commit of placed) await fold.take({ ...commit, commit: await store.readCommit(commit.id) });
  return { line: fold.toLine(), warnings: fold.warnings };
}

type LineCommit = LinearHistory["commits"][number];

/** A commit of the line with what it says of its place. */
interface PlacedCommit extends LineCommit {
  readonly name: string | undefined;
  readonly slug: string;
  readonly amends: string | undefined;
  readonly before: string | undefined;
  /** Whether it gives its patch another number, and so does not take it back. */
  readonly renumbers: boolean;
}

type LoadedCommit = PlacedCommit & { readonly commit: Commit };

/** Commits that make one patch together; none has no commit. */
interface Unit {
  readonly commits: readonly LoadedCommit[];
}

/** Whether any commit may say where it belongs: most histories have none that does. */
function saysPlaces({ commits, metadata }: Telling): boolean {
  return commits.some(
    (commit) =>
      metadataOf(metadata, commit.id).amends !== undefined || trailerOf(commit, beforeTrailer).length > 0,
  );
}

function toPlaced({ commits: line }: LinearHistory, { commits, metadata }: Telling): readonly PlacedCommit[] {
  const byId = new Map(commits.map((commit) => [commit.id, commit]));
  return line.map((commit) => {
    const origin = commit.origins[0] ?? commit.id;
    const told = byId.get(origin);
    const { name, amends, id } = metadataOf(metadata, origin);
    const [before] = told === undefined ? [] : trailerOf(told, beforeTrailer);
    const slug = told?.slug ?? "";
    const next = before === undefined ? undefined : String(trailerData(before));
    return { ...commit, name, slug, amends, before: next, renumbers: id !== undefined };
  });
}

/** The commits of a patch as they are to be replayed: each but an amendment stays a commit of its own. */
interface Plan {
  readonly commits: (PlacedCommit & { readonly isAmendment: boolean })[];
}

/**
 * All commits at their places by one replay, where none conflicts, no patch is taken back, and the end is that of the line:
 * one after another, each would replay all that is behind its place. `undefined` where it is not that easy.
 */
async function foldAtOnce(
  store: ObjectStore,
  line: LinearHistory,
  placed: readonly PlacedCommit[],
): Promise<LinearHistory | undefined> {
  const commits: LineCommit[] = [];
  let tip = line.base;
  for (const unit of planUnits(placed)) {
    const made = await replayUnit(store, unit, tip);
    if (made === undefined) return undefined;
    commits.push(...made);
    tip = made.at(-1)?.id ?? tip;
  }
  const [end, wanted] = [await store.readCommit(tip), await store.readCommit(line.tip)];
  return end.tree === wanted.tree ? { base: line.base, tip, commits } : undefined;
}

function planUnits(placed: readonly PlacedCommit[]): readonly Plan[] {
  const units: Plan[] = [];
  for (const commit of placed) {
    const { amends, before, name } = commit;
    const amended = amends === undefined ? -1 : findUnit(units, amends);
    const next = before === undefined ? -1 : findUnit(units, before);
    const last = units.at(-1);
    const joined = name !== undefined && last?.commits[0]?.name === name ? last : undefined;
    if (amended >= 0) units[amended]?.commits.push({ ...commit, isAmendment: true });
    else if (next >= 0) units.splice(next, 0, { commits: [{ ...commit, isAmendment: false }] });
    else if (joined !== undefined) joined.commits.push({ ...commit, isAmendment: false });
    else units.push({ commits: [{ ...commit, isAmendment: false }] });
  }
  return units;
}

/** The commits of a patch on top of others; `undefined` when one conflicts, or takes the patch back. */
async function replayUnit(
  store: ObjectStore,
  { commits }: Plan,
  onto: CommitId,
): Promise<readonly LineCommit[] | undefined> {
  const [lead] = commits;
  const { tree: before } = await store.readCommit(onto);
  let made: readonly LineCommit[] = [];
  for (const { id, origins, isAmendment, renumbers } of commits) {
    const tip = made.at(-1)?.id ?? onto;
    const { tip: end, conflicts } = await replay(store, { commits: [id], onto: tip });
    if (conflicts.length > 0 || lead === undefined) return undefined;
    if (!isAmendment) {
      made = [...made, { id: end, origins }];
      continue;
    }
    const { tree } = await store.readCommit(end);
    if (!renumbers && tree === before) return undefined;
    const squashed = store.writeCommit({ ...(await store.readCommit(lead.id)), tree, parents: [onto] });
    made = [{ id: squashed, origins: [...made.flatMap((each) => each.origins), ...origins] }];
  }
  return made;
}

/** The line as far as its commits have been brought to their places; its end has the tree of the last one taken. */
class Fold {
  readonly warnings: string[] = [];
  readonly #store: ObjectStore;
  readonly #base: CommitId;
  readonly #tree: string;
  #units: readonly Unit[] = [];

  constructor(store: ObjectStore, base: CommitId, tree: string) {
    this.#store = store;
    this.#base = base;
    this.#tree = tree;
  }

  async take(commit: LoadedCommit): Promise<void> {
    const { amends, before, name } = commit;
    const amended = amends === undefined ? -1 : findUnit(this.#units, amends);
    const next = before === undefined ? -1 : findUnit(this.#units, before);
    const moved =
      amended >= 0
        ? await this.#amend(commit, amended)
        : next >= 0
          ? await this.#insert(commit, next)
          : undefined;
    if (moved !== undefined) {
      this.#units = moved;
      return;
    }
    if (amended >= 0 || next >= 0) this.warnings.push(cannotMove(commit));
    const last = this.#units.at(-1);
    const joins = name !== undefined && last?.commits[0]?.name === name;
    const fresh = this.#placeAfter(this.#units, commit);
    this.#units = joins
      ? [...this.#units.slice(0, -1), { commits: [...last.commits, fresh] }]
      : [...this.#units, { commits: [fresh] }];
  }

  toLine(): LinearHistory {
    const commits = this.#units.flatMap((unit) => unit.commits);
    return {
      base: this.#base,
      tip: this.#tipOf(this.#units),
      commits: commits.map(({ id, origins }) => ({ id, origins })),
    };
  }

  /** The units with the commit squashed into one of them; without that one when both together are nothing. */
  async #amend(commit: LoadedCommit, at: number): Promise<readonly Unit[] | undefined> {
    const [before, unit] = [this.#units.slice(0, at), this.#units[at]];
    const [lead] = unit?.commits ?? [];
    if (unit === undefined || lead === undefined) return undefined;
    const replayed = await this.#replay([commit], this.#tipOf([...before, unit]));
    const end = replayed?.[0];
    if (end === undefined) return undefined;
    const origins = [...unit.commits, commit].flatMap((each) => each.origins);
    const squashed = { ...lead, origins, commit: { ...lead.commit, tree: end.commit.tree } };
    const isNothing = !commit.renumbers && squashed.commit.tree === this.#treeOf(before);
    const left = isNothing ? before : [...before, { commits: [this.#placeAfter(before, squashed)] }];
    return this.#putBack(left, this.#units.slice(at + 1), commit);
  }

  async #insert(commit: LoadedCommit, at: number): Promise<readonly Unit[] | undefined> {
    const before = this.#units.slice(0, at);
    const [placed] = (await this.#replay([commit], this.#tipOf(before))) ?? [];
    if (placed === undefined) return undefined;
    return this.#putBack([...before, { commits: [placed] }], this.#units.slice(at), commit);
  }

  /** The later units again, when they lead to the tree of the commit that was moved. */
  async #putBack(
    units: readonly Unit[],
    rest: readonly Unit[],
    { commit }: LoadedCommit,
  ): Promise<readonly Unit[] | undefined> {
    let line = units;
    for (const unit of rest) {
      const commits = await this.#replay(unit.commits, this.#tipOf(line));
      if (commits === undefined) return undefined;
      line = [...line, { commits }];
    }
    return this.#treeOf(line) === commit.tree ? line : undefined;
  }

  /** The commits on top of another one; `undefined` where one conflicts. */
  async #replay(
    commits: readonly LoadedCommit[],
    onto: CommitId,
  ): Promise<readonly LoadedCommit[] | undefined> {
    const { origins, conflicts } = await replay(this.#store, { commits: commits.map(({ id }) => id), onto });
    if (conflicts.length > 0) return undefined;
    const ids = new Map([...origins].map(([id, from]) => [from, id]));
    const moved: LoadedCommit[] = [];
    for (const each of commits) {
      const id = ids.get(each.id) ?? each.id;
      moved.push({ ...each, id, commit: await this.#store.readCommit(id) });
    }
    return moved;
  }

  /** The commit with its own tree at the end of the units. */
  #placeAfter(units: readonly Unit[], commit: LoadedCommit): LoadedCommit {
    const tip = this.#tipOf(units);
    const placed = { ...commit.commit, parents: [tip] };
    return { ...commit, id: this.#store.writeCommit(placed), commit: placed };
  }

  #tipOf(units: readonly Unit[]): CommitId {
    return units.at(-1)?.commits.at(-1)?.id ?? this.#base;
  }

  #treeOf(units: readonly Unit[]): string {
    return units.at(-1)?.commits.at(-1)?.commit.tree ?? this.#tree;
  }
}

/** The newest patch of this name; else the newest whose commit gives it. */
function findUnit(units: readonly { readonly commits: readonly PlacedCommit[] }[], file: string): number {
  const named = units.findLastIndex(({ commits: [lead] }) => lead?.name === file);
  return named >= 0
    ? named
    : units.findLastIndex(({ commits: [lead] }) => lead !== undefined && isCalled(lead, file));
}

/** A patch that has no name by a trailer is called by its subject, maybe with a number and a folder in front. */
function isCalled({ name, slug }: PlacedCommit, file: string): boolean {
  if (name !== undefined) return false;
  const stem = file
    .replace(/^.*\//, "")
    .replace(/^\d+-/, "")
    .replace(/\.patch$/, "");
  const unique = stem.replace(/-\d+$/, "");
  return (
    stem !== "" && [stem, unique].some((each) => slug === each || (each.length > 40 && slug.startsWith(each)))
  );
}

function cannotMove({ id, origins, amends, before }: PlacedCommit): string {
  const commit = shortCommit(origins[0] ?? id);
  const place = amends === undefined ? `comes before ${before ?? ""}` : `amends ${amends}`;
  return `commit ${commit} ${place}, but conflicts with commits between; it is a patch of its own at the end`;
}
