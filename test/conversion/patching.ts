import { applyPatch, type Applied, type Applying } from "../../src/conversion/patches/apply-patch.js";
import { PatchedTree } from "../../src/conversion/patches/patched-tree.js";
import { newRepository, TestRepository, type Files } from "./package.js";

export interface Patched {
  readonly applied: Applied;
  /** As `TestRepository.files` shows them. */
  readonly files: Readonly<Record<string, string>>;
}

/** What a tree becomes by a patch, given as latin1 or bytes; applied with `-p1` unless told. */
export async function patched(
  files: Files,
  patch: string | Buffer,
  { strip, ...options }: Partial<Omit<Applying, "content">> = { strip: 1 },
): Promise<Patched> {
  const repository = await newRepository();
  const commit = await repository.commit("Before\n", files);
  const tree = new PatchedTree(repository.store, commit);
  const content = Buffer.isBuffer(patch) ? patch : Buffer.from(patch, "latin1");
  const applied = await applyPatch(tree, { content, strip, ...options });
  const after = new TestRepository(repository.store);
  after.tip = await tree.write();
  return { applied, files: await after.files() };
}

/** A text with a line for each letter. */
export function letters(text: string): string {
  return Array.from(text, (letter) => `${letter}\n`).join("");
}
