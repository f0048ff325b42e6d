import picomatch from "picomatch";
import { mergeBases } from "../../conversion/ancestry.js";
import type { ObjectStore } from "../../git/object-store.js";
import { diffTrees } from "../../git/trees.js";
import type { SourceHead } from "../pairs/source-head.js";

/** In honest histories there are one or two; whoever joins many old branches could make each take its time. */
const mostBases = 16;

/**
 * The paths that a merge request changes and that one of the patterns names; a rename changes both of its paths. Of several
 * commits where it may have left its target branch, one that it differs from is enough: a merge of old states of that branch
 * would hide from the other what it takes back.
 */
export async function touchedPaths(
  store: ObjectStore,
  { head, target }: SourceHead,
  patterns: readonly string[],
): Promise<readonly string[]> {
  const bases = await mergeBases(store, target, head);
  const isNamed = matcherOf(patterns);
  const after = await treeOf(store, head);
  const touched = new Set<string>();
  const note = async (before: string | undefined, tree: string) => {
    for (const { path } of await diffTrees(store, before, tree)) if (isNamed(path)) touched.add(path);
  };
  if (bases.length > 0 && bases.length <= mostBases) {
    for (const base of bases) await note(await treeOf(store, base), after);
  } else {
    // Without a common history, or with more of it than anybody looks through, all is a change, also what it may take away.
    for (const tree of [after, await treeOf(store, target)]) await note(undefined, tree);
  }
  return [...touched].sort();
}

/**
 * `*` stays in a folder, `**` does not, hidden files are files like others, and a pattern without a slash names files of
 * that name in every folder, as in `.gitignore`. A folder's name with a slash behind it is all that it holds.
 */
function matcherOf(patterns: readonly string[]): (path: string) => boolean {
  const whole = patterns.map((pattern) => {
    const below = pattern.endsWith("/") ? `${pattern}**` : pattern;
    const anchored = below.replace(/^\//, "");
    return below.includes("/") ? anchored : `**/${anchored}`;
  });
  return picomatch(whole, { dot: true, noextglob: true, nonegate: true });
}

async function treeOf(store: ObjectStore, commit: string): Promise<string> {
  return (await store.readCommit(commit)).tree;
}
