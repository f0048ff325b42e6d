/** One place where two sides changed the same lines of a text. */
interface ConflictRegion {
  readonly base: readonly string[];
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
}

/**
 * A text in which git marked conflicts, each with its base, with the lines of that side which has the other's change and
 * more: two siblings that were merged on both sides are such a place. `undefined` where one conflict is none of these.
 */
export function withIncluded(marked: string, ours: string): string | undefined {
  const result: string[] = [];
  const lines = marked.split("\n").values();
  let regions = 0;
  for (const line of lines) {
    // git ends its marks as the text ends its lines.
    if (line.replace(/\r$/, "") !== `<<<<<<< ${ours}`) {
      result.push(line);
      continue;
    }
    const region = readRegion(lines);
    const more = region && sideWithMore(region);
    if (more === undefined) return undefined;
    regions += 1;
    result.push(...more);
  }
  // What git cannot merge by lines has no marks, and is as unsolved.
  return regions === 0 ? undefined : result.join("\n");
}

/** `undefined` where the text itself has lines like git's marks. */
function readRegion(lines: Iterator<string>): ConflictRegion | undefined {
  const ours = readUntil(lines, /^\|{7} [0-9a-f]+\r?$/);
  const base = readUntil(lines, /^={7}\r?$/);
  const theirs = readUntil(lines, /^>{7} [0-9a-f]+\r?$/);
  return [ours, base, theirs].flat().some((line) => /^([<>|=])\1{6}/.test(line))
    ? undefined
    : { base, ours, theirs };
}

function readUntil(lines: Iterator<string>, mark: RegExp): string[] {
  const read: string[] = [];
  for (let next = lines.next(); next.done !== true && !mark.test(next.value); next = lines.next()) {
    read.push(next.value);
  }
  return read;
}

function sideWithMore({ base, ours, theirs }: ConflictRegion): readonly string[] | undefined {
  if (isIncluded({ base, change: ours, other: theirs })) return theirs;
  return isIncluded({ base, change: theirs, other: ours }) ? ours : undefined;
}

interface Compared {
  readonly base: readonly string[];
  readonly change: readonly string[];
  readonly other: readonly string[];
}

/** Whether the other side made this change, too. A line that one side takes away and the other one changes is none. */
function isIncluded({ base, change, other }: Compared): boolean {
  if (change.length === base.length && other.length === base.length) {
    return change.every((line, at) => line === base[at] || line === other[at]);
  }
  const replaces = base.every((line) => !change.includes(line) && !other.includes(line));
  return replaces && change.some((line) => /\w{2}/.test(line)) && holdsBlock(other, change);
}

function holdsBlock(lines: readonly string[], block: readonly string[]): boolean {
  return lines.some((_, at) => block.every((line, index) => lines[at + index] === line));
}
