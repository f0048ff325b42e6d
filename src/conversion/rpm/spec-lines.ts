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

export function parseSpec(text: string): Spec {
  const lines: SpecLine[] = [];
  const ends = new Map<number, number>();
  const open: number[] = [];
  let section = "preamble";
  let body: MacroBody | undefined;
  for (const [index, { text: line, end }] of splitLines(text).entries()) {
    if (body === undefined) section = sections.exec(line)?.[1] ?? section;
    const kind: SpecLine["kind"] = body === undefined ? kindOf(line) : "macro";
    if (kind === "condition") turn(line, index, { open, ends });
    lines.push({ text: line, end, section, inside: [...open], kind });
    body = continues(line, body);
  }
  return { lines, ends };
}

export function formatLines(lines: readonly { readonly text: string; readonly end: string }[]): string {
  return lines.map(({ text, end }) => text + end).join("");
}

/** The lines of a text with their ends; a final line break begins no line. */
export function splitLines(text: string): { text: string; end: string }[] {
  return [...text.matchAll(/([^\n]*?)(\r?\n|$)/g)]
    .filter(([whole]) => whole !== "")
    .map(([, line = "", end = ""]) => ({ text: line, end }));
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
  if (!closing.test(line)) return;
  const start = open.pop();
  if (start !== undefined) ends.set(start, index);
}

interface MacroBody {
  readonly braces: number;
}

/** Whether the next line still belongs to a macro's definition: a backslash, or a brace that is still open. */
function continues(line: string, body: MacroBody | undefined): MacroBody | undefined {
  const multiline = defining.test(line) || /^\s*%\{(?:lua|expand):/.test(line);
  if (body === undefined && !multiline) return undefined;
  const braces = (body?.braces ?? 0) + countBraces(line);
  return braces > 0 || line.endsWith("\\") ? { braces } : undefined;
}

function countBraces(line: string): number {
  let depth = 0;
  for (const character of line) {
    if (character === "{") depth += 1;
    if (character === "}") depth -= 1;
  }
  return depth;
}
