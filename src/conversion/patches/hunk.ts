import type { LineCursor } from "./diff-cursor.js";

export interface Hunk {
  /** The line of the patch on which it begins. */
  readonly line: number;
  readonly oldStart: number;
  readonly newStart: number;
  readonly oldCount: number;
  readonly newCount: number;
  /** One letter for each of its lines: ` `, `-` or `+`. */
  readonly marks: string;
  /** Its lines without those letters, with their ends. */
  readonly texts: readonly string[];
}

interface Counting {
  old: number;
  new: number;
}

export const hunkStart = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? ?@/;

/** Reads the hunk at the cursor. What is no hunk's line ends it too early: the answer is then the line that is wrong. */
export function readHunk(cursor: LineCursor): Hunk | { readonly malformed: number } {
  const line = cursor.number;
  const head = hunkStart.exec(cursor.next() ?? "");
  if (head === null) return { malformed: line };
  const [oldStart, oldCount, newStart, newCount] = [1, 2, 3, 4].map((at) => Number(head[at] ?? 1));
  const left: Counting = { old: oldCount ?? 1, new: newCount ?? 1 };
  const counts = { oldCount: left.old, newCount: left.new };
  const marks: string[] = [];
  const texts: string[] = [];
  while (left.old > 0 || left.new > 0) {
    if (cursor.ended && !canBeChopped(left)) return { malformed: cursor.number };
    const wrong = cursor.number;
    if (!takeLine(cursor, { marks, texts }, left)) return { malformed: wrong };
  }
  takeNoNewline(cursor, texts);
  return { line, oldStart: oldStart ?? 0, newStart: newStart ?? 0, ...counts, marks: marks.join(""), texts };
}

/** Mailers cut off empty lines at the end; patch puts back as many as these. */
function canBeChopped(left: Counting): boolean {
  return left.old === left.new && left.old < 3;
}

function takeLine(
  cursor: LineCursor,
  { marks, texts }: { marks: string[]; texts: string[] },
  left: Counting,
): boolean {
  const start = cursor.at;
  const line = cursor.next() ?? "";
  const letter = line[0];
  if (letter === "\\") return dropNewline(texts);
  // A context line that lost its blank is empty, or begins with what stood after the blank.
  const eaten = letter === undefined || letter === "\t" || line === "\r";
  const mark = eaten ? " " : letter;
  if (mark !== " " && mark !== "-" && mark !== "+") return false;
  if (mark !== "+") left.old -= 1;
  if (mark !== "-") left.new -= 1;
  if (left.old < 0 || left.new < 0) return false;
  const text = cursor.text.slice(eaten ? start : start + 1, cursor.at);
  marks.push(mark);
  texts.push(text.endsWith("\n") ? text : `${text}\n`);
  return true;
}

function takeNoNewline(cursor: LineCursor, texts: string[]): void {
  if (cursor.text[cursor.at] !== "\\") return;
  cursor.next();
  dropNewline(texts);
}

function dropNewline(texts: string[]): boolean {
  const last = texts.at(-1);
  if (last === undefined) return false;
  texts[texts.length - 1] = last.replace(/\n$/, "");
  return true;
}

/** The hunk that takes back what this one does. */
export function reverseHunk({ line, oldStart, newStart, oldCount, newCount, marks, texts }: Hunk): Hunk {
  const swapped = marks.replace(/[+-]/g, (mark) => (mark === "+" ? "-" : "+"));
  return {
    line,
    oldStart: newStart,
    newStart: oldStart,
    oldCount: newCount,
    newCount: oldCount,
    marks: swapped,
    texts,
  };
}

/** The hunk of a file with other line ends: without the carriage return before each of its ends. */
export function withoutCarriageReturns(hunk: Hunk): Hunk {
  return { ...hunk, texts: hunk.texts.map((text) => text.replace(/\r(?=\n?$)/, "")) };
}
