import { oneLineOf } from "./log-lines.js";

/** Bytes of a log that are looked at, and what is shown of them. */
export const logBytes = 64 * 1024;
const lines = 60;
const lineLength = 300;

/** So much of a line is searched for secrets, which takes the square of it; the rest is not shown anyway. */
const searched = 1000;

/** The end of a job's log as Markdown that does nothing, without what looks like a secret; `undefined` for an empty one. */
export function logExcerpt(log: string): string | undefined {
  // Colours first: a secret that has one in its middle looks like none.
  const plain = log.split("\n").map((line) => oneLineOf(line).slice(0, searched));
  const shown = redacted(plain.join("\n"))
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(-lines)
    .map((line) => (line.length > lineLength ? `${line.slice(0, lineLength - 1)}…` : line));
  if (shown.length === 0) return undefined;
  const text = shown.join("\n");
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

const hidden = "[redacted]";

/** Whole keys first: their lines alone look like nothing. A key cut off at its begin or end counts, too. */
const secrets: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, hidden],
  [/^[^]*-----END [A-Z ]*PRIVATE KEY-----/g, hidden],
  [/\b(?:gh[pousr]_|github_pat_)\w{16,}/g, hidden],
  [/\b(?:gl[a-z]{2,5}-|GR1348941)[\w.-]{16,}/g, hidden],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, hidden],
  [/\bxox[a-z]-[\w-]{10,}/g, hidden],
  [/\b(?:npm|pypi|dckr_pat|sk|hf)[_-][\w-]{20,}/g, hidden],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, hidden],
  [/(:\/\/)[^\s/@]+@/g, `$1${hidden}@`],
  [/\b((?:proxy-)?authorization\s*[:=]\s*)(?:(?:basic|bearer|token)\s+)?\S+/gi, `$1${hidden}`],
  [/\b(bearer\s+)[\w.~+/=-]{8,}/gi, `$1${hidden}`],
  [
    /([\w-]*(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|credential|private[_-]?key)[\w-]*["']?\s*[:=]\s*["']?)[^\s"']+/gi,
    `$1${hidden}`,
  ],
  // Long and of many kinds of characters, as keys are and words, paths and commit ids are not.
  [
    /\b(?=[A-Za-z0-9+_-]*[a-z])(?=[A-Za-z0-9+_-]*[A-Z])(?=[A-Za-z0-9+_-]*\d)[A-Za-z0-9+_-]{40,}={0,2}/g,
    hidden,
  ],
];

function redacted(log: string): string {
  return secrets.reduce((text, [pattern, by]) => text.replace(pattern, by), log);
}
