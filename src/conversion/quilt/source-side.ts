import type { CommitId } from "../../domain/refs.js";
import type { ObjectStore } from "../../git/object-store.js";
import { listFiles } from "../../git/trees.js";
import type { SeriesHabits } from "../patches/patch-series.js";
import type { SyncedFiles } from "../settle-files.js";
import { readSourceHistory, type SourceHistory } from "../source-history.js";
import { readQuiltMetadata } from "./metadata.js";
import { debianFolder, patchFolder, type QuiltSide } from "./quilt-side.js";

/** source-git at one commit, as the quilt layout reads it. */
export interface QuiltSource extends SourceHistory {
  readonly habits: SeriesHabits;
}

const quiltHabits: SeriesHabits = {
  readMetadata: readQuiltMetadata,
  form: "patch",
  standsForFile: ({ name }) => name !== undefined,
};

/** Throws `UserError` for a commit that is no source-git commit, naming what it lacks. */
export async function readQuiltSource(store: ObjectStore, head: CommitId): Promise<QuiltSource> {
  const history = await readSourceHistory(store, head);
  const { configuration } = history;
  const ignorePaths = [...new Set([...configuration.ignorePaths, ".distro", debianFolder])];
  return { ...history, configuration: { ...configuration, ignorePaths }, habits: quiltHabits };
}

/**
 * The files of source-git's `debian/` that dist-git shall have: all but the series and its patches, for which the commits
 * stand. (A branch of git-buildpackage's patch queue holds them, too.)
 */
export async function debianFiles(
  store: ObjectStore,
  head: CommitId,
  { series, named }: QuiltSide,
): Promise<SyncedFiles> {
  const isPatch = (path: string) =>
    path === series.path ||
    path === `${patchFolder}series` ||
    (path.startsWith(patchFolder) && named.has(path.slice(patchFolder.length)));
  const listed = await listFiles(store, head, debianFolder);
  const files = new Map(listed.filter(({ path }) => !isPatch(path)).map((file) => [file.path, file]));
  return {
    files,
    deletes: (path) => path.startsWith(`${debianFolder}/`) && !files.has(path) && !isPatch(path),
  };
}
