import { git, gitText } from "../../git/run.js";
import type { SandboxRepository } from "../model.js";

export interface ChangedFile {
  readonly path: string;
  readonly previousPath: string | undefined;
  readonly status: "added" | "removed" | "modified" | "renamed" | "copied" | "changed";
  readonly blob: string;
  readonly additions: number;
  readonly deletions: number;
  /** The hunks, as GitHub shows them; none for a binary file. */
  readonly patch: string | undefined;
}

export interface TreeEntry {
  readonly mode: string;
  readonly type: "blob" | "tree" | "commit";
  readonly id: string;
  readonly size: number;
  readonly path: string;
}

/** The tree without files, to compare a first commit with. */
export const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

const plainDiff = ["--no-color", "--no-ext-diff", "--no-textconv", "--find-renames"];

/** What changed between two trees or commits. */
export async function changedFiles(
  repository: SandboxRepository,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<readonly ChangedFile[]> {
  const diff = async (...form: readonly string[]) =>
    (
      await git(["diff", ...plainDiff, ...form, from, to, "--"], { directory: repository.gitDirectory })
    ).stdout.toString("utf8");
  const [raw, counts, text] = [
    await diff("--raw", "--no-abbrev", "-z"),
    await diff("--numstat", "-z"),
    await diff(),
  ];
  const patches = text.split(/^(?=diff --git )/m);
  const lines = countedLines(counts);
  return rawEntries(raw).map((entry, index) => ({
    ...entry,
    additions: lines[index]?.additions ?? 0,
    deletions: lines[index]?.deletions ?? 0,
    patch: /^@@[^]*/m.exec(patches[index] ?? "")?.[0].replace(/\n$/, ""),
  }));
}

const statusWords = {
  A: "added",
  D: "removed",
  M: "modified",
  R: "renamed",
  C: "copied",
  T: "changed",
} as const;

function rawEntries(raw: string): Pick<ChangedFile, "path" | "previousPath" | "status" | "blob">[] {
  const fields = raw.split("\0");
  const entries: Pick<ChangedFile, "path" | "previousPath" | "status" | "blob">[] = [];
  for (let at = 0; at + 1 < fields.length;) {
    const [, , before = "", after = "", letter = "M"] = (fields[at] ?? "").split(" ");
    const status = statusWords[letter.charAt(0) as keyof typeof statusWords];
    const moved = status === "renamed" || status === "copied";
    entries.push({
      status,
      blob: status === "removed" ? before : after,
      previousPath: moved ? fields[at + 1] : undefined,
      path: fields[at + (moved ? 2 : 1)] ?? "",
    });
    at += moved ? 3 : 2;
  }
  return entries;
}

function countedLines(numstat: string): { additions: number; deletions: number }[] {
  const fields = numstat.split("\0");
  const counts: { additions: number; deletions: number }[] = [];
  for (let at = 0; at + 1 < fields.length;) {
    const [additions, deletions, path] = (fields[at] ?? "").split("\t");
    // Binary files count as `-`; a rename leaves the path empty and names both in the next two fields.
    counts.push({ additions: Number(additions) || 0, deletions: Number(deletions) || 0 });
    at += path === "" ? 3 : 1;
  }
  return counts;
}

/** How much changed between two trees or commits. */
export async function changedLines(
  repository: SandboxRepository,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<{ readonly files: number; readonly additions: number; readonly deletions: number }> {
  const { stdout } = await git(["diff", ...plainDiff, "--numstat", "-z", from, to, "--"], {
    directory: repository.gitDirectory,
  });
  const counts = countedLines(stdout.toString("utf8"));
  return {
    files: counts.length,
    additions: counts.reduce((sum, { additions }) => sum + additions, 0),
    deletions: counts.reduce((sum, { deletions }) => sum + deletions, 0),
  };
}

/** The best common ancestor, if the two have one. */
export async function mergeBase(
  repository: SandboxRepository,
  [one, other]: readonly [string, string],
): Promise<string | undefined> {
  const { stdout, exitCode } = await git(["merge-base", one, other], {
    directory: repository.gitDirectory,
    expect: [0, 1],
  });
  return exitCode === 0 ? stdout.toString("utf8").trim() : undefined;
}

export async function countCommits(
  repository: SandboxRepository,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<number> {
  return Number(
    await gitText(["rev-list", "--count", `${from}..${to}`], { directory: repository.gitDirectory }),
  );
}

/** The entry at the path and, for a folder, what is in it. */
export async function treeAt(
  repository: SandboxRepository,
  { commit, path }: { readonly commit: string; readonly path: string },
): Promise<{ readonly entry: TreeEntry | undefined; readonly children: readonly TreeEntry[] }> {
  const list = async (where: string) => {
    const args = ["--literal-pathspecs", "ls-tree", "-z", "-l", "--full-tree", commit];
    const { stdout } = await git([...args, ...(where === "" ? [] : ["--", where])], {
      directory: repository.gitDirectory,
    });
    return treeEntries(stdout.toString("utf8"));
  };
  if (path === "") return { entry: undefined, children: await list("") };
  const [entry] = await list(path);
  return { entry, children: entry?.type === "tree" ? await list(`${path}/`) : [] };
}

function treeEntries(listing: string): TreeEntry[] {
  return listing
    .split("\0")
    .filter((line) => line !== "")
    .map((line) => {
      const tab = line.indexOf("\t");
      const path = line.slice(tab + 1);
      const [mode = "", type = "blob", id = "", size = "0"] = line.slice(0, tab).split(/ +/);
      return { mode, type: type as TreeEntry["type"], id, size: Number(size) || 0, path };
    });
}

/** Names of what one commit added, removed and modified, against its first parent. */
export async function touchedFiles(
  repository: SandboxRepository,
  { commit, parent }: { readonly commit: string; readonly parent: string | undefined },
): Promise<{ added: string[]; removed: string[]; modified: string[] }> {
  const { stdout } = await git(["diff-tree", "-r", "--raw", "-z", parent ?? emptyTree, commit], {
    directory: repository.gitDirectory,
  });
  const entries = rawEntries(stdout.toString("utf8"));
  const named = (...statuses: readonly ChangedFile["status"][]) =>
    entries.filter(({ status }) => statuses.includes(status)).map(({ path }) => path);
  return { added: named("added"), removed: named("removed"), modified: named("modified", "changed") };
}
