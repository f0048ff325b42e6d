import { applyHunks } from "./apply-hunks.js";
import { LineCursor, splitLines } from "./diff-cursor.js";
import type { FileChange } from "./edit-hunks.js";
import { readHunk, type Hunk } from "./hunk.js";
import { joinSections, readParts, type PatchSection } from "./patch-sections.js";

/**
 * The patch with the context that its files really have, as `quilt refresh` would give it, and every other byte as it was:
 * what needed fuzz needs none. Whether it then does the same is for the caller to prove.
 */
export function refreshPatch(
  content: Buffer,
  { strip, files }: { strip: number; files: ReadonlyMap<string, FileChange> },
): Buffer {
  const { header, sections, footer } = readParts(content, strip);
  const refreshed = sections.map((section) => {
    const file = files.get(section.path) ?? files.get(section.oldPath ?? "");
    return file === undefined ? section : refreshSection(section, file.before);
  });
  return Buffer.from(header + joinSections(refreshed) + footer, "latin1");
}

function refreshSection(section: PatchSection, before: string): PatchSection {
  const hunks = section.hunks.map((text) => readHunk(new LineCursor(text)));
  const whole = hunks.filter((hunk): hunk is Hunk => !("malformed" in hunk));
  const lines = splitLines(before);
  const applied = applyHunks(lines, whole, mostFuzz);
  if (applied.outcome === "failed" || whole.length < hunks.length) return section;
  const refreshed = section.hunks.map((text, index) => {
    const place = applied.places[index];
    return place === undefined || place.fuzz === 0 ? text : refreshHunk(text, lines.slice(place.at - 1));
  });
  return { ...section, hunks: refreshed };
}

/** As much as patch allows unless told. */
const mostFuzz = 2;

/** `lines` begin where the hunk does; context beyond the end of the file is none. */
function refreshHunk(text: string, lines: readonly string[]): string {
  const [start = "", ...body] = splitLines(text);
  let next = 0;
  let dropped = 0;
  const refreshed = body.map((line) => {
    if (/^[+\\]/.test(line)) return line;
    const real = lines[next];
    next += 1;
    if (line.startsWith("-")) return line;
    if (real === undefined) dropped += 1;
    return real === undefined ? "" : ` ${real}`;
  });
  return withFewer(start, dropped) + refreshed.join("");
}

function withFewer(start: string, dropped: number): string {
  if (dropped === 0) return start;
  return start.replace(/,(\d+)(?= [+@])/g, (_, count: string) => `,${Number(count) - dropped}`);
}
