import { partNames, readGitNames } from "./diff-names.js";
import { editHunks, type FileChange } from "./edit-hunks.js";
import { editSections } from "./edit-sections.js";
import { mergeHunks } from "./merge-hunks.js";
import { joinSections, readParts, type PatchParts, type PatchSection } from "./patch-sections.js";

export interface Composition {
  /** The bytes that dist-git has, and the `-p` with which it applies them. */
  readonly old: Buffer;
  readonly strip: number;
  /** The patch as source-git's commits give it, with `a/` and `b/`. */
  readonly fresh: Buffer;
  /** Which parts are to be those of `fresh`; what is not keeps its old bytes. */
  readonly changed: { readonly message: boolean; readonly code: boolean };
  /** What source-git's commits make of each file, by its path, as far as that is known. */
  readonly files?: ReadonlyMap<string, FileChange> | undefined;
}

/**
 * A patch of dist-git with what changed in source-git: a message that changed is a new header on the old diff, code that
 * changed a new diff under the old header, of which files and hunks that are the same keep their bytes.
 */
export function composePatch({ old, strip, fresh, changed, files }: Composition): Buffer {
  const before = readParts(old, strip);
  const after = readParts(fresh, 1);
  const [says, does] = [splitHeader(before), splitHeader(after)];
  const text = changed.message ? does.text : says.text;
  const sections = changed.code
    ? mergeSections(before.sections, after.sections, { strip, files })
    : before.sections;
  const recount = changed.code && says.isAlone && countsOf(sections) !== countsOf(before.sections);
  const statistic = statisticFor(says, does, { message: changed.message, recount });
  return Buffer.from(text + statistic + joinSections(sections) + before.footer, "latin1");
}

/** The patch with the folders in front of its paths that a `-p` of its own asks for. */
export function restrip(fresh: Buffer, strip: number): Buffer {
  if (strip === 1) return fresh;
  const { header, sections, footer } = readParts(fresh, 1);
  const prefixes = prefixesFor([], strip);
  const lines = joinSections(sections.map((each) => withPrefixes(each, prefixes)));
  return Buffer.from(header + lines + footer, "latin1");
}

const countedFiles = /^(?: .* \| .*\n)+ \d+ files? changed.*\n/m;
const madeFiles = /^(?: (?:create|delete|mode|rename) .*\n)+/m;

/** The line of `---` and what follows it; a tool that writes none had a reason. */
function statisticFor(
  says: SplitHeader,
  does: SplitHeader,
  changed: { readonly message: boolean; readonly recount: boolean },
): string {
  if (says.statistic === "") return changed.message ? does.statistic : "";
  if (!changed.recount) return says.statistic;
  return [countedFiles, madeFiles].reduce((text, lines) => {
    const fresh = lines.exec(does.statistic)?.[0];
    return fresh === undefined ? text : text.replace(lines, () => fresh);
  }, says.statistic);
}

/** What a statistic counts: the lines that each file gains and loses. */
function countsOf(sections: readonly PatchSection[]): string {
  const counts = sections.map(({ path, hunks, identity }) => {
    const lines = hunks.flatMap((hunk) => hunk.split("\n").slice(1));
    const counted = ["+", "-"].map((sign) => lines.filter((line) => line.startsWith(sign)).length);
    return [path, ...(hunks.length > 0 ? counted : [identity])].join(" ");
  });
  return counts.join("\n");
}

/** A header in what it says and the line of `---` with a statistic behind it. */
interface SplitHeader {
  readonly text: string;
  readonly statistic: string;
  /** Whether no other mail follows in the file. */
  readonly isAlone: boolean;
}

function splitHeader({ header, sections }: PatchParts): SplitHeader {
  const isAlone = sections.every(({ tail }) => !/^From [0-9a-f]{40} /m.test(tail));
  // A message may hold such a line itself; the last one is the tool's.
  const at = [...header.matchAll(/^---[ \t]*\r?$/gm)].at(-1)?.index;
  if (at === undefined) return { text: header, statistic: "", isAlone };
  return { text: header.slice(0, at), statistic: header.slice(at), isAlone };
}

function mergeSections(
  given: readonly PatchSection[],
  fresh: readonly PatchSection[],
  { strip, files }: Pick<Composition, "strip" | "files">,
): readonly PatchSection[] {
  const rest = new Map(fresh.map((section) => [section.path, section]));
  // `patch` takes whichever name there is a file of.
  const old = given.map((section) =>
    section.oldPath !== undefined && !rest.has(section.path) && rest.has(section.oldPath)
      ? { ...section, path: section.oldPath }
      : section,
  );
  const edited = editRepeated(old, files);
  for (const { path } of edited.keys()) rest.delete(path);
  const merged: PatchSection[] = [];
  for (const section of old) {
    const next = rest.get(section.path);
    rest.delete(section.path);
    const last = merged.at(-1);
    const own = edited.get(section) ?? (next && mergeSection(section, next, files?.get(section.path)));
    if (own !== undefined) merged.push(own);
    // A file that is changed no more leaves what stands behind it, as the head of the next mail.
    else if (last !== undefined) merged.splice(-1, 1, { ...last, tail: last.tail + section.tail });
  }
  const prefixes = prefixesFor(old, strip);
  return [...merged, ...[...rest.values()].map((section) => withPrefixes(section, prefixes))];
}

/** What the sections of files that have several become, as far as one of each can take the change. */
function editRepeated(
  old: readonly PatchSection[],
  files: Composition["files"],
): ReadonlyMap<PatchSection, PatchSection> {
  const edited = new Map<PatchSection, PatchSection>();
  for (const [path, file] of files ?? []) {
    const own = old.filter((section) => section.path === path);
    const sections = own.length < 2 ? undefined : editSections(own, file);
    for (const [index, section] of own.entries()) {
      const next = sections?.[index];
      if (next !== undefined) edited.set(section, next);
    }
  }
  return edited;
}

function mergeSection(old: PatchSection, fresh: PatchSection, file: FileChange | undefined): PatchSection {
  if (old.identity === fresh.identity && old.identity !== "") return old;
  const { tail } = old;
  if (!isOfOneKind(old, fresh)) return { ...fresh, tail };
  const hunks = withReturnsOf(old, (own) => (file && editHunks(own, file)) ?? mergeHunks(own, fresh.hunks));
  return { ...fresh, head: withIndexOf(old.head, fresh.head), hunks, tail };
}

/** `patch` takes away the returns of hunks where the lines before them have one, too: as mail and Windows leave them. */
function withReturnsOf(
  { head, hunks }: PatchSection,
  merge: (hunks: readonly string[]) => readonly string[],
): readonly string[] {
  if (!/^(?:[^\n]*\r\n)+$/.test(head + hunks.join(""))) return merge(hunks);
  const merged = merge(hunks.map((hunk) => hunk.replaceAll("\r\n", "\n")));
  return merged.map((hunk) => hunk.replaceAll("\n", "\r\n"));
}

/** Whether both change the file, or make it, or delete it, with the same modes and names. */
function isOfOneKind(old: PatchSection, fresh: PatchSection): boolean {
  const [before, after] = [old, fresh].map(({ head }) =>
    head.split("\n").filter((line) => /^(?:new |deleted |old |rename |copy )/.test(line)),
  );
  const created = [old, fresh].map(({ hunks }) => /^@@ -0,0 /.test(hunks[0] ?? ""));
  const deleted = [old, fresh].map(({ hunks }) => /^@@ \S+ \+0,0 @@/.test(hunks[0] ?? ""));
  if (created[0] !== created[1] || deleted[0] !== deleted[1]) return false;
  // A plain diff has no line for what git says of a file of the usual mode.
  const plain =
    before?.length === 0 && after?.every((line) => /^(?:new|deleted) file mode 100644$/.test(line));
  return plain === true || before?.join("\n") === after?.join("\n");
}

function withIndexOf(old: string, fresh: string): string {
  const index = /^index .*$/m.exec(fresh)?.[0];
  if (index === undefined) return old;
  return old.replace(/^index ([0-9a-f]+)\.\.[0-9a-f]+.*$/m, (_, { length }: string) =>
    shortened(index, length),
  );
}

/** With ids as short as they are in dist-git. */
function shortened(index: string, length: number): string {
  return index.replace(/[0-9a-f]{7,}/g, (id) => id.slice(0, length));
}

interface Prefixes {
  readonly before: string;
  readonly after: string;
}

/** What stands before the paths of a patch, as many folders as are stripped. */
function prefixesFor(sections: readonly PatchSection[], strip: number): Prefixes {
  const prefix = (sign: "-" | "+", otherwise: string) => {
    const paths = sections.map(({ head }) => namedBy(head, sign));
    const path = paths.find((each) => each !== undefined && each !== "/dev/null");
    const folders = path?.split("/").slice(0, strip) ?? Array.from({ length: strip }, () => otherwise);
    return folders.map((folder) => `${folder}/`).join("");
  };
  return { before: prefix("-", "a"), after: prefix("+", "b") };
}

/** A rename alone has no `---` and `+++`. */
function namedBy(head: string, sign: "-" | "+"): string | undefined {
  const named = new RegExp(`^\\${sign}{3} "?(\\S+)`, "m").exec(head)?.[1];
  const names = readGitNames(/^diff --git (.*)$/m.exec(head)?.[1] ?? "");
  return named ?? (sign === "-" ? names?.old : names?.new);
}

function withPrefixes(section: PatchSection, { before, after }: Prefixes): PatchSection {
  const head = section.head
    .replace(/^(diff --git "?)a\/(.*)$/m, (_, start: string, rest: string) => {
      const [old, between, fresh] = partNames(rest, section.head);
      return `${start}${before}${old}${between.replace(/b\/$/, () => after)}${fresh}`;
    })
    .replace(/^(--- "?)a\//m, (_, start: string) => `${start}${before}`)
    .replace(/^(\+\+\+ "?)b\//m, (_, start: string) => `${start}${after}`)
    // These lines have no `a/` and `b/`, and so one folder less is stripped from them.
    .replace(/^((?:rename|copy) from "?)/m, (_, start: string) => `${start}${withoutFirst(before)}`)
    .replace(/^((?:rename|copy) to "?)/m, (_, start: string) => `${start}${withoutFirst(after)}`);
  return { ...section, head };
}

function withoutFirst(folders: string): string {
  return folders.replace(/^[^/]*\//, "");
}
