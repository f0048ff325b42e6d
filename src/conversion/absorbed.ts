import type { CommitId } from "../domain/refs.js";
import { mergeCommits } from "../git/merge.js";
import type { ObjectStore } from "../git/object-store.js";
import { diffTrees, type PathDifference, type TreeChange } from "../git/trees.js";
import { mergeBase } from "./ancestry.js";
import { parseRawLog, rawOptions } from "./patches/touches.js";

/** The files of so many commits of the target branch are read. */
const mostRead = 500;
/** With so many of them a merge is tried: each takes two processes. */
const mostTried = 100;

/** Whether the target branch once held all that the commit brings, by whatever commits: a squash. */
export async function wasAbsorbed(
  store: ObjectStore,
  { named, target }: { readonly named: CommitId; readonly target: CommitId },
): Promise<boolean> {
  const base = await mergeBase(store, named, target);
  if (base === undefined) return false;
  const [before, after] = [await store.readCommit(base), await store.readCommit(named)];
  const brought = await diffTrees(store, before.tree, after.tree);
  if (brought.length === 0) return true;
  const { holds, candidates } = followPaths(brought, await listLine(store, { base, target, brought }));
  if (holds) return true;
  const marks = await marksOf(store, brought);
  let tried = 0;
  for (const { by, files } of candidates.slice(0, mostRead)) {
    if (!(await hasMarks(store, marks, files))) continue;
    if (await isAbsorbed(store, { named, by })) return true;
    if ((tried += 1) === mostTried) return false;
  }
  return false;
}

/** Whether merging it would bring nothing. */
export async function isAbsorbed(
  store: ObjectStore,
  { named, by }: { readonly named: CommitId; readonly by: CommitId },
): Promise<boolean> {
  if ((await mergeBase(store, named, by)) === undefined) return false;
  const merged = await mergeCommits(store, by, named);
  return merged.outcome === "merged" && merged.tree === (await store.readCommit(by)).tree;
}

interface Line {
  readonly base: CommitId;
  readonly target: CommitId;
  readonly brought: readonly PathDifference[];
}

type Step = ReturnType<typeof parseRawLog>[number];

/** What the commits of the target branch did to the paths, oldest first. */
async function listLine(store: ObjectStore, { base, target, brought }: Line): Promise<readonly Step[]> {
  const paths = brought.map(({ path }) => path).filter((path) => !path.includes("\n"));
  const input = [target, `^${base}`, "--", ...paths, ""].join("\n");
  const options = ["--first-parent", "--diff-merges=first-parent", "--reverse", ...rawOptions, "--format=%H"];
  const { stdout } = await store.git(["--literal-pathspecs", "log", ...options, "--stdin"], { input });
  return parseRawLog(stdout);
}

type Files = ReadonlyMap<string, TreeChange>;

/** A commit of the target branch, and what the paths are in it. */
interface Candidate {
  readonly by: CommitId;
  readonly files: Files;
}

interface Followed {
  /** Whether all paths once were, at the same time, just what the commit makes of them. */
  readonly holds: boolean;
  /** Where none of the paths was what it had been: a merge can tell. Those first that changed all at once, as a squash does. */
  readonly candidates: readonly Candidate[];
}

function followPaths(brought: readonly PathDifference[], line: readonly Step[]): Followed {
  const states = new Map(brought.map(({ path, before }) => [path, before]));
  const isAt = ({ path }: PathDifference, file: TreeChange) => isSame(states.get(path), file);
  const whole: Candidate[] = [];
  const parts: Candidate[] = [];
  for (const { header, touches } of line) {
    for (const { path, after } of touches) states.set(path, after);
    if (brought.every((each) => isAt(each, each.after))) return { holds: true, candidates: [] };
    if (brought.some((each) => isAt(each, each.before))) continue;
    const near = touches.length === brought.length ? whole : parts;
    if (near.length < mostRead) near.push({ by: header.trim(), files: new Map(states) });
  }
  return { holds: false, candidates: [...whole, ...parts] };
}

/** The lines of each path that only the commit brought: where one is missing, a merge would bring it. */
async function marksOf(
  store: ObjectStore,
  brought: readonly PathDifference[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const marks = new Map<string, readonly string[]>();
  for (const { path, before, after } of brought) {
    const old = await linesOf(store, before);
    marks.set(
      path,
      [...(await linesOf(store, after))].filter((each) => !old.has(each)),
    );
  }
  return marks;
}

async function hasMarks(
  store: ObjectStore,
  marks: ReadonlyMap<string, readonly string[]>,
  files: Files,
): Promise<boolean> {
  for (const [path, file] of files) {
    const wanted = marks.get(path) ?? [];
    // A file that is gone may have another name by then.
    if (wanted.length === 0 || file === undefined) continue;
    const lines = await linesOf(store, file);
    if (!wanted.every((each) => lines.has(each))) return false;
  }
  return true;
}

async function linesOf(store: ObjectStore, file: TreeChange): Promise<ReadonlySet<string>> {
  if (file === undefined || file.mode === "160000") return new Set();
  return new Set((await store.readBlob(file.id)).toString("latin1").split("\n"));
}

function isSame(one: TreeChange, other: TreeChange): boolean {
  return one?.id === other?.id && one?.mode === other?.mode;
}
