import { git } from "../../git/run.js";
import { askedOnce } from "../memory/answers.js";
import type { SandboxRepository } from "../model.js";

export interface FileDiff {
  readonly oldPath: string;
  readonly newPath: string;
  readonly oldMode: string;
  readonly newMode: string;
  readonly change: "added" | "removed" | "renamed" | "modified";
  /** The hunks, without git's own head; empty for a binary file. */
  readonly hunks: string;
}

export interface Range {
  readonly from: string;
  readonly to: string;
}

/** The tree without files, to compare a first commit with. */
export const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

const plainDiff = ["diff", "--no-color", "--no-ext-diff", "--no-textconv", "--find-renames"];

/** The unified diff between two trees or commits. */
export async function rawDiff({ gitDirectory }: SandboxRepository, { from, to }: Range): Promise<string> {
  const { stdout } = await git([...plainDiff, from, to, "--"], { directory: gitDirectory });
  return stdout.toString("utf8");
}

/** The same, file by file. */
export async function fileDiffs(repository: SandboxRepository, range: Range): Promise<readonly FileDiff[]> {
  const files = await changedFiles(repository, range);
  const parts = (await rawDiff(repository, range)).split(/^(?=diff --git )/m);
  return files.map((file, index) => ({ ...file, hunks: /^@@[^]*/m.exec(parts[index] ?? "")?.[0] ?? "" }));
}

/** What changed between two trees or commits, without its text. */
export async function changedFiles(
  repository: SandboxRepository,
  range: Range,
): Promise<readonly Omit<FileDiff, "hunks">[]> {
  return askedOnce(repository, ["changed", range.from, range.to], () => askForChanges(repository, range));
}

async function askForChanges(
  { gitDirectory }: SandboxRepository,
  { from, to }: Range,
): Promise<readonly Omit<FileDiff, "hunks">[]> {
  const { stdout } = await git([...plainDiff, "--raw", "--no-abbrev", "-z", from, to, "--"], {
    directory: gitDirectory,
  });
  const fields = stdout.toString("utf8").split("\0");
  const files: Omit<FileDiff, "hunks">[] = [];
  for (let at = 0; at + 1 < fields.length;) {
    const [oldMode = "", newMode = "", , , letter = "M"] = (fields[at] ?? "").slice(1).split(" ");
    const change = changes[letter.charAt(0)] ?? "modified";
    const oldPath = fields[at + 1] ?? "";
    const newPath = change === "renamed" ? (fields[at + 2] ?? "") : oldPath;
    files.push({ oldPath, newPath, oldMode: modeIn(oldMode), newMode: modeIn(newMode), change });
    at += change === "renamed" ? 3 : 2;
  }
  return files;
}

const changes: Readonly<Record<string, FileDiff["change"]>> = { A: "added", D: "removed", R: "renamed" };

// GitLab prints the mode of what does not exist as a plain `0`.
function modeIn(mode: string): string {
  return /^0+$/.test(mode) ? "0" : mode;
}

/** The best common ancestor, if the two have one. */
export async function mergeBase(
  repository: SandboxRepository,
  commits: readonly [string, string],
): Promise<string | undefined> {
  return askedOnce(repository, ["base", ...commits], () => askForBase(repository, commits));
}

async function askForBase(
  { gitDirectory }: SandboxRepository,
  [one, other]: readonly [string, string],
): Promise<string | undefined> {
  const { stdout, exitCode } = await git(["merge-base", one, other], {
    directory: gitDirectory,
    expect: [0, 1, 128],
  });
  return exitCode === 0 ? stdout.toString("utf8").trim() : undefined;
}

/** Lines added and removed by a commit against its first parent. */
export async function lineCounts(
  { gitDirectory }: SandboxRepository,
  { from, to }: Range,
): Promise<{ readonly additions: number; readonly deletions: number; readonly total: number }> {
  const { stdout } = await git([...plainDiff, "--shortstat", from, to, "--"], { directory: gitDirectory });
  const count = (what: string) =>
    Number(new RegExp(`(\\d+) ${what}`).exec(stdout.toString("utf8"))?.[1] ?? 0);
  const [additions, deletions] = [count("insertion"), count("deletion")];
  return { additions, deletions, total: additions + deletions };
}

export async function countCommits(
  { gitDirectory }: SandboxRepository,
  { from, to }: Range,
): Promise<number> {
  const { stdout } = await git(["rev-list", "--count", to, `^${from}`], { directory: gitDirectory });
  return Number(stdout.toString("utf8"));
}

/** Branches and tags that contain a commit. */
export async function refsContaining(
  { gitDirectory }: SandboxRepository,
  commit: string,
): Promise<readonly { readonly type: "branch" | "tag"; readonly name: string }[]> {
  const { stdout } = await git(
    ["for-each-ref", "--format=%(refname)", `--contains=${commit}`, "refs/heads", "refs/tags"],
    { directory: gitDirectory },
  );
  return stdout
    .toString("utf8")
    .split("\n")
    .filter((ref) => ref !== "")
    .map((ref) => ({
      type: ref.startsWith("refs/heads/") ? "branch" : "tag",
      name: ref.replace(/^refs\/(heads|tags)\//, ""),
    }));
}
