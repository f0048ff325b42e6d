import type { CommitId } from "../../domain/refs.js";
import type { ObjectStore } from "../../git/object-store.js";
import { replay } from "../replay.js";
import type { HistoryCommit, LinearHistory } from "./history.js";
import { metadataOf, type PatchMetadata } from "./patch-metadata.js";

/** By this trailer a follow-up belongs to an earlier patch, as if it had been squashed into its commit. */
export const amendsTrailer = "Amends-patch";

export interface Amended {
  /** The line with each follow-up behind what it amends, and without patches that were taken back. */
  readonly line: LinearHistory;
  /** The commit that leads the patch of each follow-up; both as in the real history. */
  readonly leads: ReadonlyMap<CommitId, CommitId>;
  /** Leads whose follow-ups conflict with the commits between, so that they stay where they are. */
  readonly scattered: ReadonlySet<CommitId>;
}

type LineCommit = LinearHistory["commits"][number];

/** Commits that make one patch together. */
interface Unit {
  readonly name: string | undefined;
  readonly slug: string;
  readonly commits: LineCommit[];
  amended: boolean;
}

export interface Telling {
  readonly commits: readonly HistoryCommit[];
  readonly metadata: ReadonlyMap<CommitId, PatchMetadata>;
}

/** Brings follow-ups to the patches that they amend; a follow-up of nothing known is a patch of its own. */
export async function foldAmendments(
  store: ObjectStore,
  line: LinearHistory,
  telling: Telling,
): Promise<Amended> {
  if (![...telling.metadata.values()].some(({ amends }) => amends !== undefined)) {
    return { line, leads: new Map(), scattered: new Set() };
  }
  const units = collectUnits(line, telling);
  const leads = new Map(
    units.flatMap(({ commits: [lead, ...others] }) =>
      others.map((commit) => [originOf(commit), originOf(lead)] as const),
    ),
  );
  const moved = await arrange(
    store,
    line,
    units.flatMap(({ commits }) => commits),
  );
  if (moved === undefined) {
    const amended = units.filter((unit) => unit.amended).map(({ commits: [lead] }) => originOf(lead));
    return { line, leads, scattered: new Set(amended) };
  }
  const gone = await takenBack(store, moved, units);
  const left = moved.commits.filter((commit) => !gone.has(originOf(commit)));
  const shorter = gone.size === 0 ? moved : await arrange(store, moved, left);
  return { line: shorter ?? moved, leads, scattered: new Set() };
}

function collectUnits({ commits }: LinearHistory, telling: Telling): readonly Unit[] {
  const byId = new Map(telling.commits.map((commit) => [commit.id, commit]));
  const units: Unit[] = [];
  for (const commit of commits) {
    const { name, amends } = metadataOf(telling.metadata, originOf(commit));
    const slug = byId.get(originOf(commit))?.slug ?? "";
    const amended = amends === undefined ? undefined : units.findLast((unit) => isCalled(unit, amends));
    const last = units.at(-1);
    if (amended !== undefined) {
      amended.commits.push(commit);
      amended.amended = true;
    } else if (name !== undefined && last?.name === name) {
      last.commits.push(commit);
    } else {
      units.push({ name, slug, commits: [commit], amended: false });
    }
  }
  return units;
}

/** A patch that has no name by a trailer is called by its subject, maybe with a number and a folder in front. */
function isCalled({ name, slug }: Unit, file: string): boolean {
  if (name !== undefined) return name === file;
  const stem = file
    .replace(/^.*\//, "")
    .replace(/^\d+-/, "")
    .replace(/\.patch$/, "");
  // git cuts long names, and equal ones get a number behind.
  const stems = [stem, stem.replace(/-\d+$/, "")].filter(Boolean);
  return stems.some((each) => slug === each || (each.length > 40 && slug.startsWith(each)));
}

/** The commits in another order, when that leads to the same tree. */
async function arrange(
  store: ObjectStore,
  { base, tip }: LinearHistory,
  commits: readonly LineCommit[],
): Promise<LinearHistory | undefined> {
  const replayed = await replay(store, { commits: commits.map(({ id }) => id), onto: base });
  const [before, after] = await Promise.all([store.readCommit(tip), store.readCommit(replayed.tip)]);
  if (replayed.conflicts.length > 0 || before.tree !== after.tree) return undefined;
  const byId = new Map(commits.map((commit) => [commit.id, commit.origins]));
  const placed = [...replayed.origins].map(([id, from]) => ({ id, origins: byId.get(from) ?? [from] }));
  return { base, tip: replayed.tip, commits: placed };
}

/** The commits of patches that their follow-ups took back altogether. */
async function takenBack(
  store: ObjectStore,
  { base, commits }: LinearHistory,
  units: readonly Unit[],
): Promise<ReadonlySet<CommitId>> {
  const gone = new Set<CommitId>();
  const places = new Map(commits.map((commit, index) => [originOf(commit), index]));
  const treeAt = async (index: number) => (await store.readCommit(commits[index]?.id ?? base)).tree;
  for (const { commits: own, amended } of units) {
    if (!amended) continue;
    const [first, last] = [own[0], own.at(-1)].map((commit) => places.get(originOf(commit)) ?? -1);
    if (first === undefined || last === undefined) continue;
    if ((await treeAt(first - 1)) !== (await treeAt(last))) continue;
    for (const commit of own) gone.add(originOf(commit));
  }
  return gone;
}

function originOf(commit: LineCommit | undefined): CommitId {
  return commit?.origins[0] ?? commit?.id ?? "";
}
