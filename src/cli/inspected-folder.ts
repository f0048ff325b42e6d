import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join, relative } from "node:path";
import { UserError } from "../domain/errors.js";
import type { CommitId } from "../domain/refs.js";
import { createBareStore } from "../git/local-store.js";
import type { ObjectStore, Signature } from "../git/object-store.js";
import { makeScratch } from "../git/scratch.js";
import { editTree, type TreeChange } from "../git/trees.js";

/** Larger files say nothing about a package: 16 MB. */
const largestFile = 16 * 1024 ** 2;
const nobody: Signature = { name: "nobody", email: "nobody@localhost", date: "0 +0000" };

/**
 * Looks at a folder that is no repository as if it were one: its specs and its `debian/` make a commit in a store of its own.
 * Links are read as links. Throws `UserError` ("missing") when there is neither.
 */
export async function readFolder<Answer>(
  folder: string,
  look: (store: ObjectStore, commit: CommitId) => Promise<Answer>,
): Promise<Answer> {
  const paths = await listPackaging(folder);
  if (paths.length === 0) {
    throw new UserError("missing", {
      message: `${folder} is no repository, and has neither a spec nor debian/`,
      where: folder,
      remedy: "Name a dist-git repository, or a spec file.",
    });
  }
  const scratch = await makeScratch();
  try {
    const store = await createBareStore(join(scratch.directory, "folder.git"));
    try {
      return await look(store, await commitFiles(store, folder, paths));
    } finally {
      await store.close();
    }
  } finally {
    await scratch.remove();
  }
}

/** The files that say what a package is, by their paths in the folder. */
async function listPackaging(folder: string): Promise<string[]> {
  const specs = async (below: string) =>
    (await readdir(join(folder, below)).catch(() => []))
      .filter((name) => name.endsWith(".spec"))
      .map((name) => (below === "" ? name : `${below}/${name}`));
  const debian = await readdir(join(folder, "debian"), { recursive: true, withFileTypes: true }).catch(
    () => [],
  );
  const packaging = debian
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  return [...(await specs("")), ...(await specs("SPECS")), ...packaging];
}

async function commitFiles(store: ObjectStore, folder: string, paths: readonly string[]): Promise<CommitId> {
  const changes = new Map<string, TreeChange>();
  for (const path of paths) changes.set(path, await readEntry(store, join(folder, path)));
  const tree = await editTree(store, store.writeTree([]), changes);
  return store.writeCommit({ tree, parents: [], author: nobody, committer: nobody, message: "" });
}

async function readEntry(store: ObjectStore, file: string): Promise<TreeChange> {
  const { size, mode } = await lstat(file);
  const type = mode & 0o170_000;
  if (type === 0o120_000) return { mode: "120000", id: store.writeBlob(Buffer.from(await readlink(file))) };
  if (type !== 0o100_000 || size > largestFile) return undefined;
  return { mode: "100644", id: store.writeBlob(await readFile(file)) };
}
