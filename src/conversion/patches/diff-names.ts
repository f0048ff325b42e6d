import { posix } from "node:path";
import { decodeText } from "../../git/text.js";

/** What a header line says of one side: its name, not stripped, bytes as latin1; none for `/dev/null`. */
export interface NamedSide {
  readonly name: string | undefined;
  /** `/dev/null`, or a time stamp of the epoch: how diff says that there is no such file. */
  readonly absent: boolean;
}

/** Reads what follows `---`, `+++` or `Index:` the way patch(1) does: a date after a tab, quotes as in C. */
export function readName(text: string): NamedSide {
  const line = text.replace(/^[ \t]+/, "");
  const { name, rest } = line.startsWith('"') ? unquote(line) : splitName(line);
  if (name === "/dev/null") return { name: undefined, absent: true };
  return { name: name === "" ? undefined : name, absent: isEpoch(rest) };
}

// Blanks belong to a name only where a tab ends it.
function splitName(line: string): { name: string; rest: string } {
  const tab = line.indexOf("\t");
  const blank = line.search(/\s/);
  const end = tab >= 0 ? tab : blank < 0 ? line.length : blank;
  return { name: line.slice(0, end), rest: line.slice(end) };
}

const escapes: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** A name as git quotes it: in double quotes, with the escapes of C. */
function unquote(line: string): { name: string; rest: string } {
  const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(line);
  if (quoted === null) return splitName(line);
  const name = (quoted[1] ?? "").replace(/\\([0-3][0-7]{2}|.)/g, (_, escape: string) =>
    escape.length === 3 ? String.fromCharCode(parseInt(escape, 8)) : (escapes[escape] ?? escape),
  );
  return { name, rest: line.slice(quoted[0].length) };
}

/** Both names of a `diff --git` line; `undefined` where blanks make them unclear. */
export function readGitNames(text: string): { old: string; new: string } | undefined {
  const line = text.trimEnd();
  if (line.includes('"')) return quotedPair(line);
  const parts = line.split(" ");
  if (parts.length === 2) return { old: parts[0] ?? "", new: parts[1] ?? "" };
  // A name with blanks is clear where both names are one, the first folder aside.
  const half = (line.length - 1) / 2;
  const [one, other] = [line.slice(0, half), line.slice(half + 1)];
  const same = one === other || one.slice(one.indexOf("/")) === other.slice(other.indexOf("/"));
  return same && line[half] === " " ? { old: one, new: other } : undefined;
}

const sameNames = /^(.*)("? "?b\/)(\1"?)$/;
const twoNames = /^(.*?)("? "?b\/)(.*)$/;

/**
 * What follows `diff --git a/`, as git writes it: the old name, what is between, and the new one. A name may hold ` b/`; then
 * both are one, or the rest of the head says them.
 */
export function partNames(rest: string, head: string): readonly [string, string, string] {
  const [, from] = /^(?:rename|copy) from "?(.*?)"?$/m.exec(head) ?? [];
  const [, to] = /^(?:rename|copy) to "?(.*)$/m.exec(head) ?? [];
  if (from !== undefined && to !== undefined && rest.startsWith(from) && rest.endsWith(to)) {
    return [from, rest.slice(from.length, rest.length - to.length), to];
  }
  const [, old = "", between = "", fresh = ""] = sameNames.exec(rest) ?? twoNames.exec(rest) ?? [];
  return [old, between, fresh];
}

function quotedPair(line: string): { old: string; new: string } | undefined {
  if (line.startsWith('"')) {
    const { name, rest } = unquote(line);
    const other = rest.slice(1);
    return { old: name, new: other.startsWith('"') ? unquote(other).name : other };
  }
  const quote = line.indexOf(' "');
  return quote < 0 ? undefined : { old: line.slice(0, quote), new: unquote(line.slice(quote + 1)).name };
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const hour = 3600;

/** Whether a time stamp is that of 1970's first second in some time zone of the world. */
function isEpoch(text: string): boolean {
  const numbers = /\b(19[67]\d)-(\d\d)-(\d\d)/.exec(text);
  const words = /\b(?:([A-Z][a-z]{2}) +(\d{1,2})|(\d{1,2}) ([A-Z][a-z]{2}))\b.*\b(19[67]\d)\b/.exec(text);
  const day =
    numbers !== null
      ? Date.UTC(Number(numbers[1]), Number(numbers[2]) - 1, Number(numbers[3]))
      : words !== null
        ? Date.UTC(Number(words[5]), months.indexOf(words[1] ?? words[4] ?? ""), Number(words[2] ?? words[3]))
        : undefined;
  if (day === undefined) return false;
  const [, hours = 0, minutes = 0, seconds = 0] = /(\d\d):(\d\d)(?::(\d\d))?/.exec(text) ?? [];
  const zone = /([+-])(\d\d):?(\d\d)\b/.exec(text.replace(/\d-\d\d-\d\d/, ""));
  const shift = zone === null ? 0 : Number(`${zone[1] ?? ""}${Number(zone[2]) * 60 + Number(zone[3])}`) * 60;
  const time = day / 1000 + Number(hours) * hour + Number(minutes) * 60 + Number(seconds) - shift;
  return time >= -25 * hour && time <= 26 * hour;
}

/** The name without its first folders (or all); `undefined` when it has not so many. Slashes that follow one another are one. */
export function stripName(name: string, strip: number | undefined): string | undefined {
  let rest = name;
  if (strip === undefined) return name.slice(name.lastIndexOf("/") + 1) || undefined;
  for (let left = strip; left > 0; left -= 1) {
    const slash = /\/+/.exec(rest);
    if (slash === null) return undefined;
    rest = rest.slice(slash.index + slash[0].length);
  }
  return rest === "" ? undefined : rest;
}

/** The path in a tree that a stripped name stands for; `undefined` when it would leave the tree or enter git's folder. */
export function treePath(name: string): string | undefined {
  const path = posix.normalize(name);
  const parts = path.split("/");
  if (posix.isAbsolute(path) || path.endsWith("/") || path.includes("\0")) return undefined;
  if (parts.some((part) => part === ".." || part === "." || part.toLowerCase() === ".git")) return undefined;
  return decodeText(Buffer.from(path, "latin1"));
}
