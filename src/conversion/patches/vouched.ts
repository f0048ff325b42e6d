import type { TreeChange } from "../../git/trees.js";
import type { Touch } from "./touches.js";

const line = (text: string) => new RegExp(`^${text}`, "gm");
const diffLine = line("diff --git ");
const indexLine = line("index ([0-9a-f]+\\.\\.[0-9a-f]+)(?: \\d{6})?$");
const oldLine = line("--- .");
/** What would have to be applied to be sure: binary files, and whatever a message could bring in from elsewhere. */
const doubtful = /^(?:GIT binary patch|Binary files |Index: |\*\*\* |(?:rename|copy) (?:from|to) )/m;

/**
 * Whether mails that git has just made say of themselves that they turn the very files that were touched into what they
 * became: their index lines name them by their full ids. `false` means no more than that somebody has to try.
 */
export function isVouchedFor(mails: readonly Buffer[], touches: readonly Touch[]): boolean {
  if (touches.some(hasNoLines)) return false;
  const text = mails.map((mail) => mail.toString("latin1")).join("");
  if (doubtful.test(text)) return false;
  const ids = [...text.matchAll(indexLine)].map(([, pair = ""]) => pair);
  // A line that only looks like a header, in a message or a hunk, makes one too many.
  const counts = [count(text, diffLine), ids.length, count(text, oldLine)];
  if (counts.some((each) => each !== touches.length)) return false;
  const touched = touches.map(({ before, after }) => `${idOf(before, after)}..${idOf(after, before)}`);
  return ids.sort().join() === touched.sort().join();
}

const emptyFiles = [
  "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
  "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
];

/** An empty file comes and goes without any line that could be counted. */
function hasNoLines({ before, after }: Touch): boolean {
  return (before === undefined || after === undefined) && emptyFiles.includes((before ?? after)?.id ?? "");
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/** git names nothing by zeros. */
function idOf(file: TreeChange, other: TreeChange): string {
  return file?.id ?? "0".repeat(other?.id.length ?? 40);
}
