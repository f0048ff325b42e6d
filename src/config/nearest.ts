/** The candidate that somebody probably meant, if one is near enough. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const farthest = Math.max(1, Math.floor(word.length / 3));
  const near = [...candidates]
    .map((candidate) => ({ candidate, distance: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter((each) => each.distance <= farthest)
    .sort((one, other) => one.distance - other.distance);
  return near[0]?.candidate;
}

/** "Did you mean layout?", or "Known are layout, trust." when nothing is near. */
export function suggestion(word: string, candidates: readonly string[]): string | undefined {
  const meant = nearest(word, candidates);
  if (meant !== undefined) return `Did you mean ${meant}?`;
  return candidates.length === 0 ? undefined : `Known: ${candidates.join(", ")}.`;
}

/** How many letters differ, a swap of neighbours counting as one. */
function distance(one: string, other: string): number {
  const rows = Array.from({ length: one.length + 1 }, (_, i) => [i]);
  const at = (i: number, j: number) => rows[i]?.[j] ?? (i === 0 ? j : Infinity);
  for (let i = 1; i <= one.length; i++) {
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1];
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const steps = [at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (same ? 0 : 1)];
      if (swapped) steps.push(at(i - 2, j - 2) + 1);
      (rows[i] ?? [])[j] = Math.min(...steps);
    }
  }
  return at(one.length, other.length);
}
