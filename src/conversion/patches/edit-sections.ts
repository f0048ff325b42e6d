import { splitLines } from "./diff-cursor.js";
import { applyHunks, editHunks, type FileChange } from "./edit-hunks.js";
import { editsBetween } from "./line-edits.js";
import type { PatchSection } from "./patch-sections.js";

/**
 * Sections of one file, as several mails in one patch have them, of which one is edited so that all together give another
 * file; the one that takes it in the fewest lines. `undefined` where none can take the whole change.
 */
export function editSections(
  sections: readonly PatchSection[],
  { before, after }: FileChange,
): readonly PatchSection[] | undefined {
  const starts = [before];
  for (const { hunks } of sections) {
    const next = applyHunks(hunks, starts.at(-1) ?? "");
    if (next === undefined) return undefined;
    starts.push(next);
  }
  let best: { readonly at: number; readonly hunks: readonly string[]; readonly cost: number } | undefined;
  let wanted: string | undefined = after;
  for (let at = sections.length - 1; at >= 0 && wanted !== undefined; at -= 1) {
    const own = sections[at]?.hunks ?? [];
    const hunks = editHunks(own, { before: starts[at] ?? "", after: wanted });
    const cost = hunks === undefined ? Infinity : costOf(own, hunks);
    if (hunks !== undefined && cost < (best?.cost ?? Infinity)) best = { at, hunks, cost };
    wanted = applyHunks(own.map(reversed), wanted);
  }
  const { at, hunks } = best ?? {};
  return hunks && sections.map((section, index) => (index === at ? { ...section, hunks } : section));
}

function costOf(old: readonly string[], fresh: readonly string[]): number {
  const edits = editsBetween(splitLines(old.join("")), splitLines(fresh.join("")));
  return edits.reduce((total, { start, end, lines }) => total + end - start + lines.length, 0);
}

function reversed(hunk: string): string {
  const turned: Readonly<Record<string, string>> = { "+": "-", "-": "+" };
  return hunk
    .replace(/^@@ -(\S+) \+(\S+) @@/, "@@ -$2 +$1 @@")
    .replace(/\n([+-])/g, (_, mark: string) => `\n${turned[mark] ?? mark}`);
}
