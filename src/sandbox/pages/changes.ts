import { git } from "../../git/run.js";
import type { SandboxRepository } from "../model.js";

/** One file of a difference. */
export interface FileChange {
  readonly path: string;
  /** Where it was before, if it was moved. */
  readonly movedFrom: string | undefined;
  readonly what: "added" | "deleted" | "moved" | "modified" | "binary";
  readonly additions: number;
  readonly deletions: number;
  readonly lines: readonly DiffLine[];
}

export interface DiffLine {
  readonly kind: "added" | "removed" | "same" | "hunk" | "note";
  readonly before: number | undefined;
  readonly after: number | undefined;
  readonly text: string;
}

/** More than anybody reads on one page. */
const mostBytes = 2_000_000;

/** What `to` changes since it left `from`; a first commit changes everything. */
export async function changesBetween(
  { gitDirectory }: SandboxRepository,
  { from, to }: { readonly from: string | undefined; readonly to: string },
): Promise<readonly FileChange[]> {
  const options = ["-p", "--no-color", "--no-ext-diff", "--no-textconv", "--find-renames", "--no-commit-id"];
  const args =
    from === undefined
      ? ["diff-tree", "-r", "--root", ...options, to]
      : ["diff", ...options.slice(0, -1), await forkPoint(gitDirectory, [from, to]), to];
  const { stdout } = await git([...args, "--"], { directory: gitDirectory });
  return parseDiff(stdout.subarray(0, mostBytes).toString("utf8"));
}

async function forkPoint(directory: string, [from, to]: readonly [string, string]): Promise<string> {
  const { exitCode, stdout } = await git(["merge-base", from, to], { directory, expect: [0, 1] });
  return exitCode === 0 ? stdout.toString("utf8").trim() : from;
}

function parseDiff(text: string): readonly FileChange[] {
  return text
    .split(/^(?=diff --git )/m)
    .filter((part) => part.startsWith("diff --git "))
    .map(parseFile);
}

function parseFile(part: string): FileChange {
  const begin = part.search(/^@@/m);
  const [head, body] = begin < 0 ? [part, ""] : [part.slice(0, begin), part.slice(begin)];
  const lines = parseLines(body);
  const movedFrom = /^rename from (.*)$/m.exec(head)?.[1];
  return {
    path: pathIn(head),
    movedFrom,
    what: whatHappened(head),
    additions: lines.filter(({ kind }) => kind === "added").length,
    deletions: lines.filter(({ kind }) => kind === "removed").length,
    lines,
  };
}

function whatHappened(head: string): FileChange["what"] {
  if (/^new file mode/m.test(head)) return "added";
  if (/^deleted file mode/m.test(head)) return "deleted";
  if (/^rename from /m.test(head)) return "moved";
  return /^Binary files /m.test(head) ? "binary" : "modified";
}

function pathIn(head: string): string {
  const moved = /^rename to (.*)$/m.exec(head)?.[1];
  const after = /^\+\+\+ "?b\/(.*?)"?\t?$/m.exec(head)?.[1];
  const before = /^--- "?a\/(.*?)"?\t?$/m.exec(head)?.[1];
  // Without content (binary, mode only) both names on the first line are the same.
  const first = /^diff --git "?a\/(.*?)"? "?b\/\1"?$/m.exec(head)?.[1];
  return moved ?? after ?? before ?? first ?? "";
}

function parseLines(body: string): readonly DiffLine[] {
  let before = 0;
  let after = 0;
  return body
    .replace(/\n$/, "")
    .split("\n")
    .filter((line, _, all) => line !== "" || all.length > 1)
    .map((line): DiffLine => {
      const text = line.slice(1);
      const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line);
      if (hunk !== null) {
        [before, after] = [Number(hunk[1]), Number(hunk[2])];
        return { kind: "hunk", before: undefined, after: undefined, text: line };
      }
      if (line.startsWith("+")) return { kind: "added", before: undefined, after: after++, text };
      if (line.startsWith("-")) return { kind: "removed", before: before++, after: undefined, text };
      if (line.startsWith("\\")) return { kind: "note", before: undefined, after: undefined, text };
      return { kind: "same", before: before++, after: after++, text };
    });
}
