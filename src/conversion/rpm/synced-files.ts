import { posix } from "node:path";
import type { ObjectStore } from "../../git/object-store.js";
import type { TreeFile } from "../../git/trees.js";
import type { SyncedFiles } from "../settle-files.js";
import type { DistSide } from "./dist-side.js";
import { collectFiles } from "./files.js";
import type { SourceSide } from "./source-side.js";

/** source-git's own files by their paths in dist-git; `head` may be a tree. */
export async function filesOf(
  source: ObjectStore,
  { head, configuration, specPath }: Pick<SourceSide, "head" | "configuration" | "specPath">,
  there: Pick<DistSide, "patchFolder" | "specPath">,
): Promise<SyncedFiles> {
  const listed = await collectFiles(source, head, { configuration, relocate: relocator(there, specPath) });
  // The spec is merged by itself, wherever the rules would put it.
  const files = new Map<string, TreeFile>(
    [...listed.files].filter(([path, file]) => file.path !== specPath && path !== there.specPath),
  );
  return { files, deletes: (path) => path !== there.specPath && listed.deletes(path) };
}

/** In a dist-git of `SPECS/` and `SOURCES/`, what lies flat in `.distro` belongs into the latter, unless both have that shape. */
export function relocator(
  { patchFolder }: Pick<DistSide, "patchFolder">,
  sourceSpec: string,
): (path: string) => string {
  const isSplit = posix.basename(posix.dirname(sourceSpec)) === "SPECS";
  const stays = (path: string) => path.includes("/") || path.startsWith(".") || path === "sources";
  return (path) => {
    const normal = posix.normalize(path);
    return patchFolder === "" || isSplit || stays(normal) ? normal : `${patchFolder}${normal}`;
  };
}
