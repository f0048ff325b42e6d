import type { FileChange } from "./edit-hunks.js";
import { partNames } from "./diff-names.js";
import { joinSections, readParts } from "./patch-sections.js";

/** What git writes of the names of files, each with what stands before the path. */
const names = /^(diff --git "?a\/|--- "?a\/|\+\+\+ "?b\/|(?:rename|copy) (?:from|to) "?)(.*)$/gm;

/**
 * A patch as git writes it, for `patch -d`: its paths begin in a folder. `undefined` when it changes anything outside.
 */
export function intoFolder(fresh: Buffer, folder: string): Buffer | undefined {
  if (folder === "") return fresh;
  const { header, sections, footer } = readParts(fresh, 1);
  const heads = sections.map(({ head }) => headIn(head, `${folder}/`));
  if (heads.includes(undefined)) return undefined;
  const inside = sections.map((section, index) => ({ ...section, head: heads[index] ?? "" }));
  return Buffer.from(header + joinSections(inside) + footer, "latin1");
}

function headIn(head: string, folder: string): string | undefined {
  const outside: string[] = [];
  const without = (path: string) => {
    if (!path.startsWith(folder)) outside.push(path);
    return path.slice(folder.length);
  };
  const changed = head.replace(names, (_, start: string, rest: string) => {
    if (!start.startsWith("diff")) return start + without(rest);
    const [old, between, fresh] = partNames(rest, head);
    return `${start}${without(old)}${between}${without(fresh)}`;
  });
  return outside.length === 0 ? changed : undefined;
}

/** Of paths in a tree, those in a folder, as they count from there. */
export function pathsIn(folder: string, paths: Iterable<string>): ReadonlySet<string> {
  if (folder === "") return new Set(paths);
  const inside = [...paths].filter((path) => path.startsWith(`${folder}/`));
  return new Set(inside.map((path) => path.slice(folder.length + 1)));
}

/** Of files in a tree, those in a folder, by their paths as they count from there. */
export function filesIn(
  folder: string,
  files: ReadonlyMap<string, FileChange>,
): ReadonlyMap<string, FileChange> {
  if (folder === "") return files;
  const inside = [...files].filter(([path]) => path.startsWith(`${folder}/`));
  return new Map(inside.map(([path, file]) => [path.slice(folder.length + 1), file]));
}
