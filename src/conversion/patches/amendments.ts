import { shortCommit, type CommitId } from "../../domain/refs.js";
import type { Commit, ObjectStore } from "../../git/object-store.js";
import { trailerData, trailerValues } from "../../git/trailers.js";
import { replay } from "../replay.js";
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

/** Brings follow-ups to the patches that they amend. One of a patch that is not known is a patch of its own. */
export async function foldAmendments(
  store: ObjectStore,
  line: LinearHistory,
  telling: Telling,
): Promise<Amended> {
  const placed = line.commits.map((commit) => toPlaced(commit, telling));
  if (placed.every((commit) => !wantsPlace(commit))) return { line, warnings: [] };
  const units = collectUnits(placed, new Set());
  const moved = await arrange(store, line, units);
  if (moved !== undefined) return { line: await squash(store, line.base, moved), warnings: [] };

  const refused = await findRefused(store, line, placed);
  const others = collectUnits(placed, refused);
  const rest = (await arrange(store, line, others)) ?? { units: others, ids: sameIds(placed) };
  return {
    line: await squash(store, line.base, rest),
    warnings: [...refused].map(
      (commit) =>
        `commit ${shortCommit(originOf(commit))} conflicts with commits between it and the patch that it amends; it is a patch of its own`,
    ),
  };
}

type LineCommit = LinearHistory["commits"][number];

/** A commit of the line with what it says of its place. */
interface PlacedCommit extends LineCommit {
  readonly name: string | undefined;
  readonly slug: string;
  readonly amends: string | undefined;
  readonly before: string | undefined;
}

/** Commits that make one patch together. */
interface Unit {
  readonly commits: PlacedCommit[];
  isAmended: boolean;
}

function toPlaced(commit: LineCommit, { commits, metadata }: Telling): PlacedCommit {
  const origin = originOf(commit);
  const { slug = "", message = "" } = commits.find(({ id }) => id === origin) ?? {};
  const { name, amends } = metadataOf(metadata, origin);
  const [before] = trailerValues(message, beforeTrailer);
  return {
    ...commit,
    name,
    slug,
    amends,
    before: before === undefined ? undefined : String(trailerData(before)),
  };
}

function wantsPlace({ amends, before }: PlacedCommit): boolean {
  return amends !== undefined || before !== undefined;
}

/** The patches in their order; what is `refused` stays where it is. */
function collectUnits(line: readonly PlacedCommit[], refused: ReadonlySet<PlacedCommit>): readonly Unit[] {
  const units: Unit[] = [];
  for (const commit of line) {
    const { name, amends, before } = refused.has(commit)
      ? { ...commit, amends: undefined, before: undefined }
      : commit;
    const amended = amends === undefined ? undefined : findUnit(units, amends);
    const next = before === undefined ? undefined : findUnit(units, before);
    const last = units.at(-1);
    if (amended !== undefined) {
      amended.commits.push(commit);
      amended.isAmended = true;
    } else if (next !== undefined) {
      units.splice(units.indexOf(next), 0, { commits: [commit], isAmended: false });
    } else if (name !== undefined && last?.commits[0]?.name === name) {
      last.commits.push(commit);
    } else {
      units.push({ commits: [commit], isAmended: false });
    }
  }
  return units;
}

/** The newest patch of this name; else the newest whose commit gives it. */
function findUnit(units: readonly Unit[], file: string): Unit | undefined {
  return (
    units.findLast(({ commits: [lead] }) => lead?.name === file) ??
    units.findLast(({ commits: [lead] }) => lead !== undefined && isCalled(lead, file))
  );
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

interface Arranged {
  readonly units: readonly Unit[];
  /** The commit of the new line for each of the old one. */
  readonly ids: ReadonlyMap<CommitId, CommitId>;
}

function sameIds(commits: readonly LineCommit[]): ReadonlyMap<CommitId, CommitId> {
  return new Map(commits.map(({ id }) => [id, id]));
}

/** The commits in the order of the units, when that leads to the same tree. */
async function arrange(
  store: ObjectStore,
  { base, tip, commits }: LinearHistory,
  units: readonly Unit[],
): Promise<Arranged | undefined> {
  const order = units.flatMap((unit) => unit.commits);
  const moved = order.findIndex(({ id }, at) => commits[at]?.id !== id);
  if (moved < 0) return { units, ids: sameIds(order) };
  const {
    tip: end,
    origins,
    conflicts,
  } = await replay(store, {
    commits: order.slice(moved).map(({ id }) => id),
    onto: order[moved - 1]?.id ?? base,
  });
  const [before, after] = await Promise.all([store.readCommit(tip), store.readCommit(end)]);
  if (conflicts.length > 0 || before.tree !== after.tree) return undefined;
  const ids = new Map([...origins].map(([id, from]) => [from, id]));
  return { units, ids: new Map([...sameIds(order.slice(0, moved)), ...ids]) };
}

/** The commits that cannot come to their places, found one after another. */
async function findRefused(
  store: ObjectStore,
  { base, commits }: LinearHistory,
  placed: readonly PlacedCommit[],
): Promise<ReadonlySet<PlacedCommit>> {
  const refused = new Set<PlacedCommit>();
  for (const [at, commit] of placed.entries()) {
    if (!wantsPlace(commit)) continue;
    const line = { base, tip: commit.id, commits: commits.slice(0, at + 1) };
    const units = collectUnits(placed.slice(0, at + 1), refused);
    if ((await arrange(store, line, units)) === undefined) refused.add(commit);
  }
  return refused;
}

/** Each amended patch as one commit in the words of its first; what sums up to nothing goes. */
async function squash(store: ObjectStore, base: CommitId, { units, ids }: Arranged): Promise<LinearHistory> {
  const line: LineCommit[] = [];
  let tip = base;
  let { tree } = await store.readCommit(base);
  const add = (id: CommitId, commit: Commit, { origins }: Pick<LineCommit, "origins">) => {
    tip = commit.parents[0] === tip ? id : store.writeCommit({ ...commit, parents: [tip] });
    tree = commit.tree;
    line.push({ id: tip, origins });
  };
  for (const { commits, isAmended } of units) {
    const loaded: { id: CommitId; commit: Commit }[] = [];
    for (const { id } of commits) {
      const fresh = ids.get(id) ?? id;
      loaded.push({ id: fresh, commit: await store.readCommit(fresh) });
    }
    const [lead, end] = [loaded[0], loaded.at(-1)];
    if (!isAmended || lead === undefined || end === undefined) {
      for (const [at, { id, commit }] of loaded.entries()) add(id, commit, commits[at] ?? { origins: [id] });
    } else if (end.commit.tree !== tree) {
      const commit = { ...lead.commit, tree: end.commit.tree, parents: [] };
      add(lead.id, commit, { origins: commits.flatMap(({ origins }) => origins) });
    }
  }
  return { base, tip, commits: line };
}

function originOf({ id, origins }: LineCommit): CommitId {
  return origins[0] ?? id;
}
