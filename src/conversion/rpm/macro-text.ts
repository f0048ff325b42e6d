/** A macro as it stands in a text. */
export interface MacroCall {
  /** The whole of it, with its per cent sign. */
  readonly text: string;
  /** Where the text goes on behind it. */
  readonly next: number;
  readonly form: "braces" | "word" | "shell" | "expression" | "percent" | "open";
  /** What stands between the braces; the word with its flags. */
  readonly inside: string;
}

const closers: Readonly<Record<string, string>> = { "{": "}", "(": ")", "[": "]" };
const forms = { "{": "braces", "(": "shell", "[": "expression" } as const;
const word = /[!?]*(?:[A-Za-z_]\w*|-[A-Za-z]\*?|\d+|\*\*?|#)/y;

/** The macro that begins with the per cent sign at `at`. */
export function readCall(text: string, at: number): MacroCall {
  const opener = text[at + 1] ?? "";
  if (opener === "%") return { text: "%%", next: at + 2, form: "percent", inside: "%" };
  if (opener === "{" || opener === "(" || opener === "[") {
    const end = findClosing(text, at + 1);
    if (end < 0) return { text: text.slice(at), next: text.length, form: "open", inside: "" };
    const inside = text.slice(at + 2, end);
    return { text: text.slice(at, end + 1), next: end + 1, form: forms[opener], inside };
  }
  word.lastIndex = at + 1;
  const inside = word.exec(text)?.[0];
  if (inside === undefined) return { text: "%", next: at + 1, form: "percent", inside: "%" };
  return { text: `%${inside}`, next: at + 1 + inside.length, form: "word", inside };
}

/** The index of what closes the bracket at `at`; -1 when nothing does. */
function findClosing(text: string, at: number): number {
  const opener = text[at] ?? "";
  const closer = closers[opener];
  let depth = 0;
  for (let index = at; index < text.length; index += 1) {
    if (text[index] === "\\") index += 1;
    else if (text[index] === opener) depth += 1;
    else if (text[index] === closer && (depth -= 1) === 0) return index;
  }
  return -1;
}

/** A definition as `%define` and `%global` take it. */
export interface Definition {
  readonly name: string;
  readonly parameters: string | undefined;
  readonly body: string;
  readonly next: number;
}

const head = /[ \t]*([A-Za-z_]\w*)(?:\(([^)]*)\))?(?:<\w*>)?(?:[ \t]|\\\r?\n)*/y;

/** Reads a definition from behind its `%define`; a brace that is never closed takes no more than its line. */
export function readDefinition(text: string, at: number): Definition | undefined {
  head.lastIndex = at;
  const match = head.exec(text);
  if (match === null) return undefined;
  const [whole, name = "", parameters] = match;
  const start = at + whole.length;
  const closing = text[start] === "{" ? findClosing(text, start) : -1;
  if (closing >= 0) {
    return { name, parameters, body: text.slice(start + 1, closing), next: closing + 1 };
  }
  const next = endOfField(text, start);
  const body = text.slice(start, next).replace(/\\(\r?\n)/g, "$1");
  return { name, parameters, body: body.trimEnd(), next };
}

/** Where the line ends that goes on from `at`: behind a backslash and within a macro, a line break ends nothing. */
export function endOfField(text: string, at: number): number {
  for (let index = at; index < text.length; index += 1) {
    if (text[index] === "\n") return index;
    if (text[index] === "\\") index += text[index + 1] === "\r" ? 2 : 1;
    else if (text[index] === "%" && closers[text[index + 1] ?? ""] !== undefined) {
      const end = findClosing(text, index + 1);
      if (end >= 0) index = end;
    }
  }
  return text.length;
}
