import type { CommitId } from "../../domain/refs.js";
import type { ObjectStore, Signature } from "../../git/object-store.js";
import { decodeText } from "../../git/text.js";

const start = "\u0001";

/** Who added each of some files, the last time that it was added: by one process for all. */
export async function listBringers(
  store: ObjectStore,
  { commit, paths }: { readonly commit: CommitId; readonly paths: readonly string[] },
): Promise<ReadonlyMap<string, Signature>> {
  const brought = new Map<string, Signature>();
  if (paths.length === 0) return brought;
  const { stdout } = await store.git([
    "log",
    "-z",
    "--diff-filter=A",
    "--no-renames",
    "--name-only",
    "--no-color",
    "--date=raw",
    "--format=%x01%an%n%ae%n%ad",
    commit,
    "--",
    ...paths.map((path) => `:(literal)${path}`),
  ]);
  let author: Signature | undefined;
  for (const token of decodeText(stdout).split("\0")) {
    if (token.startsWith(start)) {
      const [name = "", email = "", date = ""] = token.slice(1).split("\n");
      author = { name, email, date };
      continue;
    }
    const path = token.replace(/^\n/, "");
    if (path !== "" && author !== undefined && !brought.has(path)) brought.set(path, author);
  }
  return brought;
}
