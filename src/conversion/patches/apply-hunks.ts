import type { Hunk } from "./hunk.js";

export type Hunked =
  | {
      readonly outcome: "applied";
      readonly lines: readonly string[];
      readonly fuzz: number;
      readonly places: readonly Place[];
    }
  | { readonly outcome: "failed"; readonly hunk: number };

/** Where a hunk was found: its first line, from 1, and the fuzz that it needed there. */
export interface Place {
  readonly at: number;
  readonly fuzz: number;
}

/**
 * Applies hunks to lines as patch(1) does: each is looked for where it says, then ever further away on both sides, behind
 * what the hunk before it changed; then again with less of its outer context, `fuzz` lines at most.
 */
export function applyHunks(lines: readonly string[], hunks: readonly Hunk[], fuzz: number): Hunked {
  const applying: Applying = { lines, output: [], frozen: 0, offset: 0 };
  const places: Place[] = [];
  for (const [index, hunk] of hunks.entries()) {
    const place = placeHunk(hunk, applying, fuzz);
    if (place === undefined) return { outcome: "failed", hunk: index + 1 };
    places.push(place);
    takeHunk(hunk, place.at, applying);
  }
  copyTill(applying, lines.length);
  const used = places.reduce((most, place) => Math.max(most, place.fuzz), 0);
  return { outcome: "applied", lines: applying.output, fuzz: used, places };
}

interface Applying {
  readonly lines: readonly string[];
  readonly output: string[];
  /** So many lines are in the output already, or gone. */
  frozen: number;
  /** By how many lines the last hunk was away from where it said. */
  offset: number;
}

/** What is looked for: the old side of a hunk, with how many of its lines are context before and after. */
interface Pattern {
  readonly lines: readonly string[];
  readonly first: number;
  readonly before: number;
  readonly after: number;
}

function placeHunk(hunk: Hunk, applying: Applying, most: number): Place | undefined {
  const pattern = patternOf(hunk);
  const guess = pattern.first + applying.offset;
  // Nothing to look for is found everywhere.
  if (pattern.lines.length === 0) return { at: Math.min(guess, applying.lines.length + 1), fuzz: 0 };
  const context = Math.max(pattern.before, pattern.after);
  for (let fuzz = 0; fuzz <= Math.min(most, context); fuzz += 1) {
    const at = locate(pattern, applying, fuzz);
    if (at === undefined) continue;
    applying.offset += at - guess;
    return { at, fuzz };
  }
  return undefined;
}

function patternOf({ marks, texts, oldStart, oldCount }: Hunk): Pattern {
  const lines = texts.filter((_, index) => marks[index] !== "+");
  const before = /^ */.exec(marks)?.[0].length ?? 0;
  const after = / *$/.exec(marks)?.[0].length ?? 0;
  // An empty range is named by the line before it.
  return { lines, first: oldCount === 0 ? oldStart + 1 : oldStart, before, after };
}

/** The line, from 1, at which the pattern begins. */
function locate(pattern: Pattern, applying: Applying, fuzz: number): number | undefined {
  const { lines, frozen, offset } = applying;
  const size = pattern.lines.length;
  const context = Math.max(pattern.before, pattern.after);
  const [skipFirst, skipLast] = [fuzz + pattern.before - context, fuzz + pattern.after - context];
  const guess = pattern.first + offset;
  const fits = (at: number, first: number, last: number) =>
    matches(lines, pattern.lines, { at, first, last }) ? at : undefined;

  // Less context before than after, at the first line: the file begins there.
  if (skipFirst < 0 && pattern.first <= 1) {
    if (frozen > pattern.before || (skipLast < 0 && size !== lines.length)) return undefined;
    return fits(1, 0, Math.max(0, skipLast));
  }
  // Less context after than before: the file ends there.
  if (skipLast < 0) {
    const at = lines.length - size + 1;
    return at > frozen ? fits(at, Math.max(0, skipFirst), 0) : undefined;
  }
  const first = Math.max(0, skipFirst);
  const [least, greatest] = [frozen + 1, lines.length - (size - skipLast) + 1];
  const reach = Math.max(greatest - guess, guess - least);
  for (let away = 0; away <= reach; away += 1) {
    for (const at of away === 0 ? [guess] : [guess + away, guess - away]) {
      if (at >= least && at >= 1 && at <= greatest && fits(at, first, skipLast)) return at;
    }
  }
  return undefined;
}

function matches(
  lines: readonly string[],
  pattern: readonly string[],
  { at, first, last }: { at: number; first: number; last: number },
): boolean {
  for (let index = first; index < pattern.length - last; index += 1) {
    if (lines[at - 1 + index] !== pattern[index]) return false;
  }
  return true;
}

/** Context comes from the file, which with fuzz is not what the hunk says. */
function takeHunk({ marks, texts }: Hunk, at: number, applying: Applying): void {
  let next = at - 1;
  for (let index = 0; index < marks.length; index += 1) {
    const mark = marks[index];
    if (mark === "+") {
      copyTill(applying, next);
      put(applying.output, texts[index] ?? "");
      continue;
    }
    if (mark === "-") {
      copyTill(applying, next);
      applying.frozen = next + 1;
    }
    next += 1;
  }
}

function copyTill(applying: Applying, end: number): void {
  const { lines, output } = applying;
  const last = Math.min(end, lines.length);
  if (applying.frozen >= last) return;
  endLine(output);
  for (let at = applying.frozen; at < last; at += 1) output.push(lines[at] ?? "");
  applying.frozen = last;
}

function put(output: string[], line: string): void {
  endLine(output);
  output.push(line);
}

/** What follows a line without an end gives it one. */
function endLine(output: string[]): void {
  const last = output.at(-1);
  if (last !== undefined && !last.endsWith("\n")) output[output.length - 1] = `${last}\n`;
}
