/** The first line of a hunk in its numbers. */
interface HunkStart {
  readonly before: number;
  readonly after: number;
  /** How many lines the hunk adds, less those that it removes. */
  readonly growth: number;
  readonly counts: readonly [string, string];
  /** What the tool wrote behind the numbers. */
  readonly context: string;
}

/**
 * The hunks of `fresh` with what `old` says of the same places: a hunk that did not change keeps its bytes, one that did
 * its line numbers and what stands behind them. Numbers that were off in `old` stay off as far, which does no harm.
 */
export function mergeHunks(old: readonly string[], fresh: readonly string[]): readonly string[] {
  const pairs = pairHunks(old, fresh);
  return fresh.map((hunk, index) => {
    const pair = pairs[index] ?? -1;
    const [start, before] = [readStart(hunk), readStart(old[pair] ?? "")];
    if (start === undefined || before === undefined) return hunk;
    const shift = growth(fresh.slice(0, index)) - growth(old.slice(0, pair));
    const numbers = { ...before, after: before.after + shift, counts: start.counts };
    return writeStart(numbers) + bodyOf(hunk);
  });
}

/** For each fresh hunk the place of the old one that it was: of the same body, else the one between the same neighbours. */
function pairHunks(old: readonly string[], fresh: readonly string[]): readonly (number | undefined)[] {
  let next = 0;
  const same = fresh.map((hunk) => {
    const found = old.findIndex((each, index) => index >= next && bodyOf(each) === bodyOf(hunk));
    if (found >= 0) next = found + 1;
    return found < 0 ? undefined : found;
  });
  return same.map((found, index) => {
    if (found !== undefined) return found;
    const [left, right] = [same.slice(0, index), same.slice(index + 1)];
    const fromLeft = placeAfter(left);
    const fromRight = placeBefore(right, old.length);
    return fromLeft === fromRight ? fromLeft : undefined;
  });
}

/** The old place of a hunk, counted from the last one before it that is known. */
function placeAfter(left: readonly (number | undefined)[]): number {
  const at = left.findLastIndex((found) => found !== undefined);
  return (left[at] ?? -1) + left.length - at;
}

function placeBefore(right: readonly (number | undefined)[], length: number): number {
  const at = right.findIndex((found) => found !== undefined);
  return at < 0 ? length - right.length - 1 : (right[at] ?? 0) - at - 1;
}

function growth(hunks: readonly string[]): number {
  return hunks.reduce((total, hunk) => total + (readStart(hunk)?.growth ?? 0), 0);
}

function readStart(hunk: string): HunkStart | undefined {
  const match = /^@@ -(\d+)((?:,\d+)?) \+(\d+)((?:,\d+)?) @@(.*\n)/.exec(hunk);
  if (match === null) return undefined;
  const [, before, removed = "", after, added = "", context = ""] = match;
  return {
    before: Number(before),
    after: Number(after),
    growth: countOf(added) - countOf(removed),
    counts: [removed, added],
    context,
  };
}

function countOf(text: string): number {
  return text === "" ? 1 : Number(text.slice(1));
}

function writeStart({ before, after, counts: [removed, added], context }: HunkStart): string {
  return `@@ -${before}${removed} +${after}${added} @@${context}`;
}

function bodyOf(hunk: string): string {
  return hunk.slice(hunk.indexOf("\n") + 1);
}
