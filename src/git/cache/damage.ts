import { resolve } from "node:path";
import { LacksObject } from "../local-store.js";
import { GitError } from "../run.js";

/**
 * What git says of a repository that is broken, as git 2.39 to 2.52 put it. A forge that sends rubbish makes git say some
 * of this, too: then the store is fetched anew for nothing, which costs one fetch.
 */
const signs: readonly RegExp[] = [
  /packfile .* (?:does not match index|cannot be (?:accessed|mapped)|is truncated)/,
  /is far too short to be a packfile|file \S+ is not a GIT packfile/,
  /index file .* is too small|wrong index v\d file size|non-monotonic index/,
  /(?:object|delta base) .*(?:is corrupt|is empty)$/,
  /object file .* is empty$|garbage at end of loose object|hash mismatch/,
  /unknown object type \d+ at offset|bad packed object CRC/,
  /unable to (?:unpack [0-9a-f]{40}|parse [0-9a-f]{40}|read (?:tree |sha1 file of )?\(?[0-9a-f]{40})/,
  // All that it says of a file whose beginning alone is there.
  /unable to stream [0-9a-f]{40}|header for [0-9a-f]{40} too long/,
  /(?:could not read|bad (?:tree |commit )?object) [0-9a-f]{40}|missing object [0-9a-f]{40} for refs\//i,
  /bad object refs\/|ignoring broken ref|reference broken|points? to a missing object/,
  /failed to traverse parents of commit|unresolved deltas left|did not send all necessary objects/i,
  /not a git repository: '\.'|bad config line \d+ in file/,
  /(?:unterminated|unexpected) line in \.\/packed-refs/,
  /commit-graph .*(?:too small|corrupt|signature|invalid|does not match)|improper chunk offset|multi-pack-index .*(?:too small|corrupt|signature)/,
];

/** What git complains of that only a damaged repository gives reason to; the words of the other side do not count. */
export function signOfDamage(complaint: string): string | undefined {
  return ourLines(complaint)
    .find((line) => signs.some((sign) => sign.test(line)))
    ?.trim();
}

/** The damage of the store in `directory` that made something fail, be it the cause of a cause. */
export function damageBehind(error: unknown, directory: string): string | undefined {
  const inside = `${resolve(directory)}/objects`;
  for (const each of causesOf(error)) {
    if (each instanceof LacksObject && each.directory === directory) return each.message;
    if (isMissingFile(each) && resolve(each.path).startsWith(inside)) return each.message;
    if (!(each instanceof GitError)) continue;
    const isAboutIt = each.directory === directory || each.stderr.includes(inside);
    const sign = isAboutIt ? signOfDamage(each.stderr) : undefined;
    if (sign !== undefined) return sign;
  }
  return undefined;
}

function isMissingFile(error: Error): error is Error & { readonly path: string } {
  return "code" in error && error.code === "ENOENT" && "path" in error && typeof error.path === "string";
}

const full = /No space left on device|Disk quota exceeded/;

/** Whether the disk has no room; that of the other side is not ours to see to. */
export function isDiskFull(error: unknown): boolean {
  return causesOf(error).some((each) => {
    if (each instanceof GitError) return ourLines(each.stderr).some((line) => full.test(line));
    return "code" in each && ["ENOSPC", "EDQUOT", "SQLITE_FULL"].includes(String(each.code));
  });
}

/** Whether a git failed, and may have left something unfinished. */
export function isGitFailure(error: unknown): boolean {
  return causesOf(error).some((each) => each instanceof GitError);
}

const outOfMemory = /died of signal|out of memory|Cannot allocate memory|Resource temporarily unavailable/i;

/** Whether git was killed, or the machine had no memory for it. */
export function wasCutOff(error: unknown): boolean {
  return (
    error instanceof GitError &&
    ((error.exitCode === undefined && !error.timedOut) || outOfMemory.test(error.stderr))
  );
}

function ourLines(complaint: string): readonly string[] {
  return complaint
    .split("\n")
    .filter((line) => !/^remote:|^fatal: remote error|remote rejected|remote unpack/.test(line));
}

function causesOf(error: unknown): readonly Error[] {
  const causes: Error[] = [];
  for (let each = error; each instanceof Error && causes.length < 10; each = each.cause) causes.push(each);
  return causes;
}
