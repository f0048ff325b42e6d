/** Compares `[epoch:]version[-release]` as rpm does: below 0, 0, above 0. */
export function compareVersions(left: string, right: string): number {
  const [one, other] = [parts(left), parts(right)];
  const epochs = Number(one.epoch) - Number(other.epoch);
  if (epochs !== 0) return epochs;
  const versions = compareParts(one.version, other.version);
  if (versions !== 0) return versions;
  // A version without release stands for all of its releases.
  return one.release === undefined || other.release === undefined
    ? 0
    : compareParts(one.release, other.release);
}

function parts(text: string): { epoch: string; version: string; release: string | undefined } {
  const [, epoch = "0", version = "", release] = /^(?:(\d+):)?(.*?)(?:-([^-]*))?$/.exec(text) ?? [];
  return { epoch, version, release };
}

/** Runs of digits count as numbers, runs of letters as letters; `~` is before, `^` just behind the end. */
function compareParts(left: string, right: string): number {
  const [one, other] = [segments(left), segments(right)];
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    const order = compareSegments(one[index], other[index]);
    if (order !== 0) return order;
  }
  return 0;
}

function segments(text: string): string[] {
  return text.match(/\d+|[A-Za-z]+|~|\^/g) ?? [];
}

function compareSegments(one: string | undefined, other: string | undefined): number {
  const [a, b] = [rank(one), rank(other)];
  if (a !== b || one === undefined || other === undefined) return a - b;
  if (!/^\d/.test(one)) return one < other ? -1 : Number(one > other);
  const [n, m] = [BigInt(one), BigInt(other)];
  return n < m ? -1 : Number(n > m);
}

/** `~`, the end, `^`, letters, digits: in this order. */
function rank(segment: string | undefined): number {
  if (segment === undefined) return 1;
  if (segment === "~") return 0;
  if (segment === "^") return 2;
  return /^\d/.test(segment) ? 4 : 3;
}
