import { joinSections, readParts, type PatchSection } from "./patch-sections.js";

export interface Composition {
  /** The bytes that dist-git has, and the `-p` with which it applies them. */
  readonly old: Buffer;
  readonly strip: number;
  /** The patch as source-git's commits give it, with `a/` and `b/`. */
  readonly fresh: Buffer;
  /** Which parts are to be those of `fresh`; what is not keeps its old bytes. */
  readonly changed: { readonly message: boolean; readonly code: boolean };
}

/**
 * A patch of dist-git with what changed in source-git: a message that changed is a new header on the old diff, code that
 * changed a new diff under the old header, of which files and hunks that are the same keep their bytes.
 */
export function composePatch({ old, strip, fresh, changed }: Composition): Buffer {
  const before = readParts(old, strip);
  const after = readParts(fresh, 1);
  const [says, does] = [splitHeader(before.header), splitHeader(after.header)];
  const text = changed.message ? does.text : says.text;
  const sections = changed.code ? mergeSections(before.sections, after.sections, strip) : before.sections;
  return Buffer.from(text + statisticFor(says, does, changed) + joinSections(sections), "latin1");
}

/** The patch with the folders in front of its paths that a `-p` of its own asks for. */
export function restrip(fresh: Buffer, strip: number): Buffer {
  if (strip === 1) return fresh;
  const { header, sections } = readParts(fresh, 1);
  const prefixes = prefixesFor([], strip);
  return Buffer.from(header + joinSections(sections.map((each) => withPrefixes(each, prefixes))), "latin1");
}

const countedFiles = /^(?: .* \| .*\n)+ \d+ files? changed.*\n(?: (?:create|delete|mode|rename) .*\n)*/m;

/** The line of `---` and what follows it; a tool that writes none had a reason. */
function statisticFor(says: SplitHeader, does: SplitHeader, changed: Composition["changed"]): string {
  if (says.statistic === "") return changed.message ? does.statistic : "";
  const counted = changed.code ? countedFiles.exec(does.statistic)?.[0] : undefined;
  return counted === undefined ? says.statistic : says.statistic.replace(countedFiles, () => counted);
}

/** A header in what it says and the line of `---` with a statistic behind it. */
interface SplitHeader {
  readonly text: string;
  readonly statistic: string;
}

function splitHeader(header: string): SplitHeader {
  // A message may hold such a line itself; the last one is the tool's.
  const at = [...header.matchAll(/^---[ \t]*\r?$/gm)].at(-1)?.index;
  if (at === undefined) return { text: header, statistic: "" };
  return { text: header.slice(0, at), statistic: header.slice(at) };
}

function mergeSections(
  old: readonly PatchSection[],
  fresh: readonly PatchSection[],
  strip: number,
): readonly PatchSection[] {
  const rest = new Map(fresh.map((section) => [section.path, section]));
  const merged: PatchSection[] = [];
  for (const section of old) {
    const next = rest.get(section.path);
    rest.delete(section.path);
    if (next !== undefined) merged.push(mergeSection(section, next));
  }
  const prefixes = prefixesFor(old, strip);
  return [...merged, ...[...rest.values()].map((section) => withPrefixes(section, prefixes))];
}

function mergeSection(old: PatchSection, fresh: PatchSection): PatchSection {
  if (old.identity === fresh.identity && old.identity !== "") return old;
  const hunks = fresh.hunks.map((hunk) => keptHunk(old.hunks, hunk));
  const head = isPlain(old.head) && isPlain(fresh.head) ? withIndexOf(old.head, fresh.head) : fresh.head;
  return { ...fresh, head, hunks };
}

/** A hunk that only moved keeps what its tool wrote behind the line numbers. */
function keptHunk(old: readonly string[], fresh: string): string {
  const same = old.find((hunk) => bodyOf(hunk) === bodyOf(fresh));
  if (same === undefined) return fresh;
  const numbers = /^@@ [^@]* @@/.exec(fresh)?.[0] ?? "";
  return same.replace(/^@@ [^@]* @@/, numbers);
}

function bodyOf(hunk: string): string {
  return hunk.slice(hunk.indexOf("\n") + 1);
}

/** Whether a file is changed only, neither made nor deleted, its mode kept. */
function isPlain(head: string): boolean {
  return !/^(?:new |deleted |old |rename |copy )|^(?:---|\+\+\+) \/dev\/null/m.test(head);
}

function withIndexOf(old: string, fresh: string): string {
  const index = /^index .*$/m.exec(fresh)?.[0];
  return index === undefined ? old : old.replace(/^index [0-9a-f]+\.\.[0-9a-f]+.*$/m, () => index);
}

interface Prefixes {
  readonly before: string;
  readonly after: string;
}

/** What stands before the paths of a patch, as many folders as are stripped. */
function prefixesFor(sections: readonly PatchSection[], strip: number): Prefixes {
  const prefix = (sign: string, otherwise: string) => {
    const paths = sections.map(({ head }) => new RegExp(`^\\${sign}{3} (\\S+)`, "m").exec(head)?.[1]);
    const path = paths.find((each) => each !== undefined && each !== "/dev/null");
    const folders = path?.split("/").slice(0, strip) ?? Array.from({ length: strip }, () => otherwise);
    return folders.map((folder) => `${folder}/`).join("");
  };
  return { before: prefix("-", "a"), after: prefix("+", "b") };
}

function withPrefixes(section: PatchSection, { before, after }: Prefixes): PatchSection {
  const head = section.head
    .replace(
      /^(diff --git "?)a\/(.* "?)b\//m,
      (_, start: string, middle: string) => `${start}${before}${middle}${after}`,
    )
    .replace(/^(--- "?)a\//m, (_, start: string) => `${start}${before}`)
    .replace(/^(\+\+\+ "?)b\//m, (_, start: string) => `${start}${after}`);
  return { ...section, head };
}
