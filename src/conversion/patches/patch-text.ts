import { createHash } from "node:crypto";

/**
 * Whether two patches do the same. The id is made of the changed files' names without folders and the added and removed
 * lines, byte for byte; strip level, line numbers, context, object ids, dates and everything around the diff are left out.
 * (git's own patch-id ignores white space, and does not read a plain `diff -u`.) Whether an equal id really means an equal
 * effect is proved by applying.
 */
export function patchIdentity(patch: Buffer): string {
  const identity = identities.get(patch);
  if (identity !== undefined) return identity;
  const fresh = identify(patch);
  identities.set(patch, fresh);
  return fresh;
}

/** The same bytes are asked for again and again. */
const identities = new WeakMap<Buffer, string>();

function identify(patch: Buffer): string {
  const files = new Map<string, string[]>();
  let current: string[] = [];
  const open = (path: string) => {
    current = files.get(path) ?? [];
    files.set(path, current);
  };
  readDiff(patch, { open, line: (text) => current.push(text) });
  const changed = [...files]
    .filter(([, lines]) => lines.length > 0)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const hash = createHash("sha1");
  for (const [path, lines] of changed) hash.update(`${path}\n${lines.join("\n")}\n\0`);
  return changed.length === 0 ? "" : hash.digest("hex");
}

interface DiffReader {
  readonly open: (path: string) => void;
  readonly line: (text: string) => void;
}

const meta =
  /^(?:old mode|new mode|new file mode|deleted file mode|rename from|rename to|copy from|copy to|similarity index) /;

function readDiff(patch: Buffer, { open, line }: DiffReader): void {
  const lines = patch.toString("latin1").split("\n");
  let hunk = { before: 0, after: 0 };
  let binary = false;
  for (const [index, text] of lines.entries()) {
    if (hunk.before > 0 || hunk.after > 0) {
      hunk = takeHunkLine(text, hunk, line);
      continue;
    }
    const counts = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(text);
    if (counts !== null) {
      hunk = { before: Number(counts[1] ?? 1), after: Number(counts[2] ?? 1) };
    } else if (text.startsWith("\\ ")) {
      line("\\");
    } else if (text.startsWith("diff --git ")) {
      binary = false;
      open(pathOfGitLine(text));
    } else if (text.startsWith("--- ") && lines[index + 1]?.startsWith("+++ ") === true) {
      open(pathOf(text, lines[index + 1] ?? ""));
    } else if (text === "GIT binary patch") {
      binary = true;
    } else if (meta.test(text) && !text.startsWith("similarity")) {
      line(text);
    } else if (binary && /^(?:literal|delta) |^[A-Za-z][0-9A-Za-z!#$%&()*+;<=>?@^_`{|}~-]+$/.test(text)) {
      line(text);
    }
  }
}

function takeHunkLine(
  text: string,
  { before, after }: { before: number; after: number },
  line: (text: string) => void,
): { before: number; after: number } {
  if (text.startsWith("\\")) {
    line("\\");
    return { before, after };
  }
  if (text.startsWith("+")) line(text);
  if (text.startsWith("-")) line(text);
  const removed = text.startsWith("+") ? 0 : 1;
  const added = text.startsWith("-") ? 0 : 1;
  return { before: Math.max(0, before - removed), after: Math.max(0, after - added) };
}

function pathOfGitLine(text: string): string {
  return text.replace(/^.*[/ ]/, "").replace(/"$/, "");
}

/** The file that a plain diff changes, without time stamp and folders. */
function pathOf(before: string, after: string): string {
  const chosen = headerPath(after) === "/dev/null" ? headerPath(before) : headerPath(after);
  return chosen.replace(/^.*\//, "").replace(/"$/, "");
}

function headerPath(line: string): string {
  return (line.slice(4).split("\t")[0] ?? "").trimEnd();
}

/** How many folders `patch -p` has to cut off so that the files of the patch are among those of the tree. */
export function findStrip(patch: Buffer, paths: ReadonlySet<string>): number {
  const lines = patch.toString("latin1").split("\n");
  for (const [index, line] of lines.entries()) {
    const next = lines[index + 1] ?? "";
    if (!line.startsWith("--- ") || !next.startsWith("+++ ")) continue;
    for (const name of [headerPath(next), headerPath(line)]) {
      const parts = name.split("/");
      const strip = parts.findIndex((_, at) =>
        paths.has(Buffer.from(parts.slice(at).join("/"), "latin1").toString()),
      );
      if (strip >= 0) return strip;
    }
  }
  return 1;
}
