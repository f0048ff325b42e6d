import { UserError } from "../../domain/errors.js";

/** One line of a spec; texts are bytes as latin1, so that nothing is lost whatever the encoding. */
export interface SpecLine {
  readonly text: string;
  /** `\n`, `\r\n`, or empty at the end of a file without final line break. */
  readonly end: string;
  /** The section: `preamble`, `package`, `prep`, `patchlist`, `changelog`, ... */
  readonly section: string;
  /** The line indices of the `%if`s that it stands in, outermost first. */
  readonly inside: readonly number[];
  readonly kind: "plain" | "section" | "condition" | "macro" | "comment" | "blank";
  /** The index of the line in which the macro begins that it is part of; else its own. */
  readonly first: number;
}

/** A spec as lines that know where they stand. */
export interface Spec {
  readonly lines: readonly SpecLine[];
  /** For the line index of an `%if`: that of its `%endif`. */
  readonly ends: ReadonlyMap<number, number>;
}

const sections =
  /^%(package|description|prep|conf|build|install|check|clean|generate_buildrequires|preun|postun|pretrans|posttrans|preuntrans|postuntrans|pre|post|triggerprein|triggerpostun|triggerin|triggerun|trigger|filetriggerin|filetriggerun|filetriggerpostun|transfiletriggerin|transfiletriggerun|transfiletriggerpostun|verifyscript|files|changelog|patchlist|sourcelist|verify|sepolicy)(?:\s|$)/;
const opening = /^\s*%(?:if|ifarch|ifnarch|ifos|ifnos)(?![A-Za-z0-9_])/;
const turning = /^\s*%(?:else|elif|elifarch|elifos)(?![A-Za-z0-9_])/;
const closing = /^\s*%endif(?![A-Za-z0-9_])/;
const defining = /^\s*%(?:global|define)\s/;

/** Ten times those of the longest specs of distributions; each line is held in memory with what is known of it. */
const mostLines = 400_000;

/** Throws `UserError` ("unsupported") for more lines, or conditions in one another, than a spec has. */
export function parseSpec(text: string): Spec {
  const lines: SpecLine[] = [];
  const ends = new Map<number, number>();
  const open: number[] = [];
  let inside: readonly number[] = [];
  let section = "preamble";
  refuseMany(text);
  const split = splitLines(text);
  const starts = findMacroStarts(split);
  for (const [index, { text: line, end }] of split.entries()) {
    const first = starts[index] ?? index;
    if (first === index) section = sections.exec(line)?.[1] ?? section;
    const kind: SpecLine["kind"] = first === index ? kindOf(line) : "macro";
    if (kind === "condition") {
      turn(line, index, { open, ends });
      inside = [...open];
    }
    lines.push({ text: line, end, section, inside, kind, first });
  }
  return { lines, ends };
}

function refuseMany(text: string): void {
  let [lines, at] = [0, text.indexOf("\n")];
  for (; at >= 0 && lines <= mostLines; at = text.indexOf("\n", at + 1)) lines += 1;
  if (lines <= mostLines) return;
  throw new UserError("unsupported", {
    message: `the spec has more than ${mostLines} lines`,
    where: `line ${mostLines + 1} of the spec`,
  });
}

export function formatLines(lines: readonly { readonly text: string; readonly end: string }[]): string {
  return lines.map(({ text, end }) => text + end).join("");
}

/** The lines of a text with their ends; a final line break begins no line. */
export function splitLines(text: string): { text: string; end: string }[] {
  const lines: { text: string; end: string }[] = [];
  for (let at = 0; at < text.length;) {
    const found = text.indexOf("\n", at);
    const next = found < 0 ? text.length : found + 1;
    const end = found < 0 ? "" : found > at && text[found - 1] === "\r" ? "\r\n" : "\n";
    lines.push({ text: text.slice(at, next - end.length), end });
    at = next;
  }
  return lines;
}

function kindOf(line: string): SpecLine["kind"] {
  if (opening.test(line) || turning.test(line) || closing.test(line)) return "condition";
  if (sections.test(line)) return "section";
  if (defining.test(line)) return "macro";
  if (/^\s*(?:#|%dnl(?:\s|$))/.test(line)) return "comment";
  return line.trim() === "" ? "blank" : "plain";
}

/** A condition stands inside itself, so that what is put behind it is seen to be inside. */
function turn(
  line: string,
  index: number,
  { open, ends }: { open: number[]; ends: Map<number, number> },
): void {
  if (opening.test(line)) open.push(index);
  if (open.length > deepest) {
    throw new UserError("unsupported", {
      message: `more than ${deepest} conditions stand in one another`,
      where: `line ${index + 1} of the spec`,
    });
  }
  if (!closing.test(line)) return;
  const start = open.pop();
  if (start !== undefined) ends.set(start, index);
}

/** Each line knows the conditions that it stands in. */
const deepest = 100;

interface Depth {
  readonly braces: number;
  readonly parentheses: number;
  readonly brackets: number;
}

const closed: Depth = { braces: 0, parentheses: 0, brackets: 0 };
/** How many lines a macro may take, and how often one that never ends may be looked for: a spec is no maze. */
const longestMacro = 5000;
const mostUnclosed = 20;

/**
 * For each line, the index of the first line of the macro that it is part of; its own index where it is part of none. Lines
 * belong together as rpm reads them: while a `%{`, `%(` or `%[` is open, or a definition goes on behind a backslash. What
 * is never closed holds no other line.
 */
function findMacroStarts(lines: readonly { readonly text: string }[]): number[] {
  const starts = lines.map((_, index) => index);
  let unclosed = 0;
  for (let index = 0; index < lines.length; index += 1) {
    if (!mayContinue(lines[index]?.text ?? "")) continue;
    const end = unclosed < mostUnclosed ? findMacroEnd(lines, index) : index;
    if (end === undefined) unclosed += 1;
    starts.fill(index, index, (end ?? index) + 1);
    index = end ?? index;
  }
  return starts;
}

function mayContinue(text: string): boolean {
  return /%[{([]/.test(text) || (defining.test(text) && text.endsWith("\\"));
}

function findMacroEnd(lines: readonly { readonly text: string }[], start: number): number | undefined {
  let depth = closed;
  const backslash = defining.test(lines[start]?.text ?? "");
  const limit = Math.min(lines.length, start + longestMacro);
  for (let index = start; index < limit; index += 1) {
    const text = lines[index]?.text ?? "";
    depth = deepen(text, depth);
    const open = depth.braces > 0 || depth.parentheses > 0 || depth.brackets > 0;
    if (!open && !(backslash && text.endsWith("\\"))) return index;
  }
  return undefined;
}

/** Only what a `%{`, `%(` or `%[` has opened is counted, as rpm does: a lone brace is shell, or text. */
function deepen(text: string, { braces, parentheses, brackets }: Depth): Depth {
  const depth = { "{": braces, "(": parentheses, "[": brackets };
  for (const [token] of text.matchAll(/\\.|%[%{([]|[{}()[\]]/g)) {
    const opener = token.at(-1) ?? "";
    if (isOpener(opener) && token.startsWith("%")) depth[opener] += 1;
    else if (isOpener(token) && depth[token] > 0) depth[token] += 1;
    const closes = token.length === 1 ? pairs[token] : undefined;
    if (closes !== undefined && depth[closes] > 0) depth[closes] -= 1;
  }
  return { braces: depth["{"], parentheses: depth["("], brackets: depth["["] };
}

type Opener = "{" | "(" | "[";
const pairs: Readonly<Record<string, Opener>> = { "}": "{", ")": "(", "]": "[" };

function isOpener(text: string): text is Opener {
  return text === "{" || text === "(" || text === "[";
}
