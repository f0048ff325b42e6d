import type { FileDiff } from "./diff.js";
import { stripName, treePath } from "./diff-names.js";
import type { DraftTree } from "./draft-tree.js";

/** What the names of a diff mean. */
export interface Names {
  /** As of `Applying`. */
  readonly strip: number | undefined;
  /** The folder that they count from; `""` is the top of the tree. */
  readonly folder: string;
}

/** The paths that a diff may mean, its names stripped. */
export interface Candidates {
  readonly old: string | undefined;
  readonly new: string | undefined;
  readonly index: string | undefined;
  /** A name that would leave the tree. */
  readonly dangerous: string | undefined;
}

export function candidatesOf(diff: FileDiff, { strip, folder }: Names): Candidates {
  const { git } = diff;
  let dangerous: string | undefined;
  const path = (name: string | undefined, levels = strip) => {
    const stripped = name === undefined ? undefined : stripName(name, levels);
    const found = stripped === undefined ? undefined : treePath(stripped);
    if (stripped !== undefined && found === undefined) dangerous ??= stripped;
    return found === undefined || folder === "" ? found : `${folder}/${found}`;
  };
  const names = git?.names;
  // Without `---` and `+++`, only git's own lines name the file; its moves name it without `a/` and `b/`.
  const told = diff.old !== undefined || diff.new !== undefined;
  const below = strip === undefined ? undefined : Math.max(0, strip - 1);
  const old =
    path(diff.old) ?? (git?.move ? path(git.move.from, below) : told ? undefined : path(names?.old));
  const fresh =
    path(diff.new) ?? (git?.move ? path(git.move.to, below) : told ? undefined : path(names?.new));
  // patch looks at `Index:` only where there is no other name.
  const index = old === undefined && fresh === undefined ? path(diff.index) : undefined;
  return { old, new: fresh, index, dangerous };
}

/**
 * The path that a diff changes, as patch(1) chooses it: of the names that exist, else of those that create the fewest
 * folders where it makes a new file, the one with the fewest folders, then the shortest.
 */
export async function choosePath(
  { old, new: fresh, index }: Candidates,
  tree: DraftTree,
  creates: boolean,
): Promise<string | undefined> {
  const names = [...new Set([old, fresh, index])].filter((name) => name !== undefined);
  if (names.length <= 1 && creates) return names[0];
  const existing: string[] = [];
  for (const name of names) if ((await tree.find(name)) !== undefined) existing.push(name);
  if (existing.length > 0 || !creates) return best(existing);
  const missing = await Promise.all(names.map((name) => missingFolders(name, tree)));
  const fewest = Math.min(...missing);
  return best(names.filter((_, at) => missing[at] === fewest));
}

async function missingFolders(path: string, tree: DraftTree): Promise<number> {
  const folders = path.split("/").slice(0, -1);
  for (const length of folders.keys()) {
    if (!(await tree.hasFolder(folders.slice(0, length + 1).join("/")))) return folders.length - length;
  }
  return 0;
}

function best(names: readonly string[]): string | undefined {
  const weigh = (name: string) => [name.split("/").length, name.length - name.lastIndexOf("/"), name.length];
  return names.toSorted((one, other) => compare(weigh(one), weigh(other)))[0];
}

function compare(one: readonly number[], other: readonly number[]): number {
  const differing = one.findIndex((value, at) => value !== other[at]);
  return differing < 0 ? 0 : (one[differing] ?? 0) - (other[differing] ?? 0);
}
