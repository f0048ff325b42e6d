import { UserError } from "../domain/errors.js";
import type { TreeChange, TreeFile } from "../git/trees.js";

/** dist-git's files by path. */
type Files = ReadonlyMap<string, Pick<TreeFile, "mode" | "id">>;

/**
 * Refuses changes that would put a file in the place of a folder of dist-git's own, or the other way around: nothing that
 * dist-git alone has may go that way. What source-git had there when they were last in step (`then`) may. Throws `UserError`
 * ("conflict") naming the path.
 */
export function requireRoom(
  changes: ReadonlyMap<string, TreeChange>,
  { files, then }: { files: Files; then: Files | undefined },
): void {
  const fresh = [...changes].filter(([path, change]) => change !== undefined && !files.has(path));
  if (fresh.length === 0) return;
  const isOwn = (path: string) => {
    const [present, before] = [files.get(path), then?.get(path)];
    const goes = changes.has(path) && changes.get(path) === undefined;
    return present !== undefined && !goes && present.id !== before?.id;
  };
  const folders = new Set([...files.keys()].filter(isOwn).flatMap(foldersOf));
  const [path] = fresh.find(([each]) => folders.has(each) || foldersOf(each).some(isOwn)) ?? [];
  if (path === undefined) return;
  const holder = folders.has(path) ? path : (foldersOf(path).find(isOwn) ?? path);
  throw new UserError("conflict", {
    message: `dist-git has a ${folders.has(path) ? "folder" : "file"} ${holder} of its own, where source-git has ${path}`,
    where: path,
    remedy: "Rename one of them, or delete it in dist-git.",
  });
}

/** The folders that a path lies in, outermost first. */
export function foldersOf(path: string): string[] {
  if (!path.includes("/")) return [];
  const names = path.split("/").slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join("/"));
}
