import { UserError } from "../../domain/errors.js";
import type { ObjectStore, TreeEntry } from "../../git/object-store.js";
import { copyTree } from "../../git/transfer.js";
import type { CommitId } from "../../domain/refs.js";
import { debianFolder, type QuiltSide } from "./quilt-side.js";
import { hasUpstreamFiles } from "./upstream-files.js";

export interface NewUpstream {
  readonly source: ObjectStore;
  readonly dist: ObjectStore;
  readonly there: QuiltSide;
  readonly lastDist: QuiltSide;
  /** The bases of the last synchronised commit and of the one to convert. */
  readonly oldBase: CommitId;
  readonly newBase: CommitId;
}

/**
 * dist-git's entries at the top, with the new upstream release when `upstream_ref` changed since the last synchronised
 * commit and dist-git's upstream files were the old release's; else as they are. Throws `UserError` ("refused") when they
 * were others, as a tarball's often are: only an import of the new tarball can tell what they become.
 */
export async function bringUpstream(request: NewUpstream): Promise<readonly TreeEntry[]> {
  const { source, dist, there, lastDist, oldBase, newBase } = request;
  const before = upstreamEntries(await source.readTree(oldBase));
  const after = upstreamEntries(await source.readTree(newBase));
  const own = upstreamEntries(there.top);
  if (!hasUpstreamFiles(there) || areEqual(before, after) || covers(own, after)) return there.top;
  // Whoever imported a release since then knows better what belongs there.
  if (!areEqual(own, upstreamEntries(lastDist.top))) return there.top;
  if (!covers(own, before)) throw notTheOldRelease();
  for (const { mode, id } of after.values()) await copyEntry({ source, dist }, mode, id);
  const kept = there.top.filter(({ name }) => !before.has(name) && !after.has(name));
  return [...kept, ...after.values()];
}

type Entries = ReadonlyMap<string, TreeEntry>;

function upstreamEntries(entries: readonly TreeEntry[]): Entries {
  const upstream = entries.filter(({ name }) => name !== debianFolder && name !== ".distro");
  return new Map(upstream.map((entry) => [entry.name, entry]));
}

function areEqual(one: Entries, other: Entries): boolean {
  return one.size === other.size && holds(one, other);
}

/** Whether a release is there as it is; hidden files beside it are the maintainers' own. */
function covers(own: Entries, release: Entries): boolean {
  const others = [...own.keys()].filter((name) => !release.has(name));
  return holds(own, release) && others.every((name) => name.startsWith("."));
}

function holds(own: Entries, release: Entries): boolean {
  return [...release].every(
    ([name, { id, mode }]) => own.get(name)?.id === id && own.get(name)?.mode === mode,
  );
}

async function copyEntry(
  { source, dist }: { source: ObjectStore; dist: ObjectStore },
  mode: string,
  id: string,
): Promise<void> {
  if (mode === "40000") await copyTree(source, dist, id);
  else if (mode !== "160000" && !(await dist.has(id))) dist.writeBlob(await source.readBlob(id));
}

function notTheOldRelease(): UserError {
  return new UserError("refused", {
    message: "upstream_ref changed, and dist-git's upstream files are not those of the release before",
    where: ".distro/source-git.yaml",
    remedy:
      "Import the new upstream release into dist-git first (as gbp import-orig does), then convert again.",
  });
}
