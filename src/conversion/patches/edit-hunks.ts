import { splitLines } from "./diff-cursor.js";
import { editsBetween, type LineEdit } from "./line-edits.js";

/** A file before a patch and as it shall be after it, bytes as latin1. */
export interface FileChange {
  readonly before: string;
  readonly after: string;
}

const usualContext = 3;

/** Mailers and editors cut off empty lines at the end; `patch` puts back as many. */
const mostChopped = 2;

/** A hunk with the place at which it applies. */
interface PlacedHunk {
  readonly start: string;
  /** Its lines with their marks and ends. */
  readonly lines: string[];
  /** How many lines of context it has to begin and to end with. */
  readonly head: number;
  readonly tail: number;
  /** How many empty lines of context it lost at its end, which its start counts. */
  readonly chopped: number;
  /** The line of the file before, from 0. */
  readonly at: number;
}

/** A line of the file that the old hunks give, and the line of the hunk that it is. */
interface Cell {
  readonly text: string;
  readonly hunk?: PlacedHunk;
  readonly line?: number;
}

/**
 * The hunks of an old patch with as few of their lines changed as make them give another file: git may cut the same change
 * into other hunks, or see other lines as added. `undefined` where the old hunks do not apply as they stand, or the file
 * also changes beyond them.
 */
export function editHunks(
  old: readonly string[],
  { before, after }: FileChange,
): readonly string[] | undefined {
  const lines = splitLines(before);
  const placed = placeHunks(old, lines);
  if (placed === undefined) return undefined;
  const cells = cellsOf(placed, lines);
  const edits = editsBetween(
    cells.map(({ text }) => text),
    splitLines(after),
  );
  // From the end, so that the numbers before stay true.
  for (const edit of edits.toReversed()) if (!edited(cells, edit)) return undefined;
  return written(placed);
}

/** The file that the hunks give, each found by its own lines alone; `undefined` where one is not. */
export function applyHunks(hunks: readonly string[], before: string): string | undefined {
  const lines = splitLines(before);
  const placed = placeHunks(hunks, lines);
  return (
    placed &&
    cellsOf(placed, lines)
      .map(({ text }) => text)
      .join("")
  );
}

function placeHunks(old: readonly string[], lines: readonly string[]): readonly PlacedHunk[] | undefined {
  const placed: PlacedHunk[] = [];
  let next = 0;
  let drift = 0;
  for (const hunk of old) {
    const start = hunk.slice(0, hunk.indexOf("\n") + 1);
    const [, expected, removed = "1", added = "1"] =
      /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(start) ?? [];
    const body = splitLines(hunk.slice(start.length)).map(withMark);
    const wanted = body.filter((line) => !line.startsWith("+")).map((line) => line.slice(1));
    const whole = body.every((line) => /^[ +-]/.test(line) && line.endsWith("\n"));
    const given = body.filter((line) => !line.startsWith("-")).length;
    const chopped = Number(removed) - wanted.length;
    const isCounted = chopped === Number(added) - given && (chopped === 0 || hunk === old.at(-1));
    if (expected === undefined || !whole || !isCounted || wanted.length === 0) return undefined;
    if (chopped < 0 || chopped > mostChopped) return undefined;
    for (let count = 0; count < chopped; count += 1) wanted.push("\n");
    const at = findLines(lines, wanted, { from: next, near: Number(expected) - 1 + drift });
    if (at === undefined) return undefined;
    const marks = body.map((line) => line.slice(0, 1)).join("");
    const head = Math.min(usualContext, /^ */.exec(marks)?.[0].length ?? 0);
    const tail = Math.min(usualContext, / *$/.exec(marks)?.[0].length ?? 0);
    placed.push({ start, lines: splitLines(hunk.slice(start.length)), head, tail, chopped, at });
    drift = at - Number(expected) + 1;
    next = at + wanted.length;
  }
  return placed;
}

/** An empty line of context that lost its blank on the way has it again. */
function withMark(line: string): string {
  return line === "\n" ? " \n" : line;
}

function findLines(
  lines: readonly string[],
  wanted: readonly string[],
  { from, near }: { from: number; near: number },
): number | undefined {
  const isAt = (at: number) => at >= from && wanted.every((line, index) => lines[at + index] === line);
  for (let distance = 0; distance <= lines.length; distance += 1) {
    if (isAt(near + distance)) return near + distance;
    if (isAt(near - distance)) return near - distance;
  }
  return undefined;
}

function cellsOf(placed: readonly PlacedHunk[], lines: readonly string[]): Cell[] {
  const cells: Cell[] = [];
  let next = 0;
  for (const hunk of placed) {
    for (const text of lines.slice(next, hunk.at)) cells.push({ text });
    next = hunk.at;
    for (const [line, raw] of hunk.lines.entries()) {
      const marked = withMark(raw);
      if (!marked.startsWith("-")) cells.push({ text: marked.slice(1), hunk, line });
      if (!marked.startsWith("+")) next += 1;
    }
  }
  for (const text of lines.slice(next)) cells.push({ text });
  return cells;
}

/** Writes an edit into the hunk around it; false where there is none, or its context would be cut. */
function edited(cells: readonly Cell[], { start, end, lines: added }: LineEdit): boolean {
  const gone = cells.slice(start, end);
  const { hunk } = gone[0] ?? cells[start] ?? cells[start - 1] ?? {};
  if (hunk === undefined || gone.some((cell) => cell.hunk !== hunk)) return false;
  const next = cells[start];
  const at = next?.hunk === hunk ? (next.line ?? 0) : hunk.lines.length;
  const last = gone.at(-1)?.line ?? at - 1;
  if (at < hunk.head || hunk.lines.length - 1 - last < hunk.tail) return false;
  // What puts back a removed line is another division of the hunk.
  const removed = hunk.lines.filter((line) => line.startsWith("-")).map((line) => line.slice(1));
  if (added.some((line) => removed.includes(line) || !line.endsWith("\n"))) return false;
  const kept = hunk.lines.slice(at, last + 1).flatMap((raw) => {
    const marked = withMark(raw);
    if (marked.startsWith("+")) return [];
    return [marked.startsWith(" ") ? `-${marked.slice(1)}` : raw];
  });
  hunk.lines.splice(at, Math.max(0, last + 1 - at), ...kept, ...added.map((line) => `+${line}`));
  return true;
}

function written(placed: readonly PlacedHunk[]): readonly string[] | undefined {
  let shift = 0;
  const hunks = placed.map(({ start, lines, chopped }) => {
    const count = lines.filter((line) => !line.startsWith("-")).length + chopped;
    const [, before = "", after = "", said = "", context = ""] =
      /^(@@ -\d+(?:,\d+)? \+)(\d+)((?:,\d+)?)( @@.*\n)/s.exec(start) ?? [];
    const growth = count - (said === "" ? 1 : Number(said.slice(1)));
    const counted = growth === 0 ? said : count === 1 ? "" : `,${count}`;
    const head = `${before}${Number(after) + shift}${counted}${context}`;
    shift += growth;
    return head + lines.join("");
  });
  const empty = placed.some(({ lines }) => lines.every((line) => !/^[+-]/.test(line)));
  return empty ? undefined : hunks;
}
