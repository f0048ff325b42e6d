/** Lines of one text that others take the place of: `[start, end)` of the old, by these. */
export interface LineEdit {
  readonly start: number;
  readonly end: number;
  readonly lines: readonly string[];
}

/** A table of so many cells at most: beyond, what differs is one edit. */
const mostCells = 4_000_000;

/** The fewest lines to remove and to add so that the one text becomes the other. */
export function editsBetween(before: readonly string[], after: readonly string[]): readonly LineEdit[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let tail = 0;
  const most = Math.min(before.length, after.length) - start;
  while (tail < most && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const old = before.slice(start, before.length - tail);
  const fresh = after.slice(start, after.length - tail);
  if (old.length === 0 && fresh.length === 0) return [];
  if (old.length * fresh.length > mostCells) return [{ start, end: start + old.length, lines: fresh }];
  return walk(old, fresh).map((edit) => ({ ...edit, start: edit.start + start, end: edit.end + start }));
}

function walk(old: readonly string[], fresh: readonly string[]): readonly LineEdit[] {
  const common = commonLengths(old, fresh);
  const width = fresh.length + 1;
  const edits: LineEdit[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < fresh.length) {
    const [start, from] = [i, j];
    while ((i < old.length || j < fresh.length) && (i === old.length || old[i] !== fresh[j])) {
      const down = common[(i + 1) * width + j] ?? -1;
      const right = common[i * width + j + 1] ?? -1;
      if (j === fresh.length || (i < old.length && down >= right)) i += 1;
      else j += 1;
    }
    if (i > start || j > from) edits.push({ start, end: i, lines: fresh.slice(from, j) });
    while (i < old.length && old[i] === fresh[j]) [i, j] = [i + 1, j + 1];
  }
  return edits;
}

/** For each pair of places the length of the longest common run of lines from there on. */
function commonLengths(old: readonly string[], fresh: readonly string[]): Uint32Array {
  const width = fresh.length + 1;
  const common = new Uint32Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = fresh.length - 1; j >= 0; j -= 1) {
      const at = i * width + j;
      common[at] =
        old[i] === fresh[j]
          ? 1 + (common[at + width + 1] ?? 0)
          : Math.max(common[at + width] ?? 0, common[at + 1] ?? 0);
    }
  }
  return common;
}
