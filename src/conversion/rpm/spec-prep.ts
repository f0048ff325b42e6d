import { PrepFolder } from "./prep-folder.js";
import type { SpecDraft } from "./spec-draft.js";
import type { ReadSpec } from "./spec-tags.js";
import { UserError } from "../../domain/errors.js";

/** How a spec's `%prep` applies patches. */
export interface Prep {
  /** Whether `%autosetup`, `%autopatch` or a loop over all patches applies the patch of this number by itself. */
  readonly applies: (number: number) => boolean;
  /** Whether anything applies all patches or a range of them. */
  readonly automatic: boolean;
  /** Whether only a range of numbers is applied by itself. */
  readonly ranged: boolean;
  /** The `-p` of what applies by itself. */
  readonly strip: number | undefined;
  /** Lines that name a single patch, in the order in which they are carried out. */
  readonly uses: readonly PatchUse[];
  /** The line behind which a first `%patch` may stand. */
  readonly after: number | undefined;
  /** The folder of upstream's in which a command behind a line would be carried out. */
  readonly folderBehind: (line: number) => string;
}

interface PatchUse {
  readonly line: number;
  readonly number: number;
  /** `%patch1` or `%patch -P 1`, unlike a mention as `%{PATCH1}`. */
  readonly macro: boolean;
}

const single = /%\{?patch(\d+)|%\{?patch\b[^\n]*?\s(?:-P\s*)?(\d+)(?=\s|\}|$)|%\{?(?:PATCH|P:)\s?(\d+)\}?/g;
const numberedMacro = /^(\s*)%\{?patch(\d+)\}?(?=\s|$)/;
const optionMacro = /^(\s*)%\{?patch\s/;

/** `folders` are those that upstream has; they matter to who adds lines. */
export function readPrep({ spec, prep }: ReadSpec, folders: ReadonlySet<string> = new Set()): Prep {
  const lines = spec.lines
    .map(({ text, section, kind }, line) => ({
      text,
      line,
      live: section === "prep" && (kind === "plain" || kind === "macro"),
    }))
    .filter(({ live }) => live);
  const automatic = lines.filter(({ text }) => isAutomatic(text));
  const ranges = automatic.map(({ text }) => rangeOf(text));
  return {
    applies: (number) => ranges.some((covers) => covers(number)),
    automatic: automatic.length > 0,
    ranged: automatic.some(({ text }) => isRanged(text)),
    strip: stripOf(automatic.at(-1)?.text),
    uses: lines.flatMap(({ text, line }) => usesIn(text, line)),
    after: lines.findLast(({ text }) => /%\{?(?:auto)?(?:setup|patch)\b/.test(text))?.line,
    folderBehind: (line) => {
      const folder = new PrepFolder();
      for (const each of prep) if (each.line <= line) folder.take(each);
      return folder.here !== undefined && folders.has(folder.here) ? folder.here : "";
    },
  };
}

function isAutomatic(text: string): boolean {
  if (/%\{?autosetup\b/.test(text)) return !/\s-[a-zA-Z]*N/.test(text);
  return /%\{?autopatch\b|%\{?patches\b|%\{?PATCHES\b/.test(text);
}

function isRanged(text: string): boolean {
  return /%\{?autopatch\b/.test(text) && (/\s-[mM]\s*\d/.test(text) || positional(text).length > 0);
}

function rangeOf(text: string): (number: number) => boolean {
  if (!isRanged(text)) return () => true;
  const listed = positional(text);
  if (listed.length > 0) return (number) => listed.includes(number);
  const from = Number(/\s-m\s*(\d+)/.exec(text)?.[1] ?? 0);
  const to = Number(/\s-M\s*(\d+)/.exec(text)?.[1] ?? Number.MAX_SAFE_INTEGER);
  return (number) => number >= from && number <= to;
}

/** `%autopatch 1 2 3`: the numbers that stand alone. */
function positional(text: string): number[] {
  const words = text
    .replace(/^.*%\{?autopatch/, "")
    .replace(/-[a-zA-Z]\s*\d+/g, " ")
    .split(/[\s}]+/);
  return words.filter((word) => /^\d+$/.test(word)).map(Number);
}

function stripOf(text: string | undefined): number | undefined {
  if (text === undefined || !/%\{?auto(?:setup|patch)\b/.test(text)) return undefined;
  return Number(/\s-p\s*(\d+)/.exec(text)?.[1] ?? 0);
}

function usesIn(text: string, line: number): PatchUse[] {
  if (/%\{?auto(?:setup|patch)\b/.test(text)) return [];
  const macro = numberedMacro.test(text) || optionMacro.test(text);
  if (optionMacro.test(text)) return optionNumbers(text).map((number) => ({ line, number, macro }));
  return [...text.matchAll(single)].map((match) => ({
    line,
    number: Number(match[1] ?? match[2] ?? match[3]),
    macro,
  }));
}

/** `%patch -P 1 -P2`, `%patch 3`; a `%patch` alone means number 0. */
function optionNumbers(text: string): number[] {
  const numbers: number[] = [];
  withNumbers(text, (number) => {
    numbers.push(number);
    return number;
  });
  return numbers;
}

/** A line with other numbers of the patches that its `%patch` names; one that becomes `undefined` goes. */
export function withNumbers(text: string, change: (number: number) => number | undefined): string {
  const start = /^.*?%\{?patch(?=[\s}]|$)/.exec(text)?.[0];
  if (start === undefined) return text;
  let state: "word" | "value" | "over" = "word";
  const named: string[] = [];
  const words = /(\s+)(-P\s*\d+(?=[\s}]|$)|[^\s}]+)/g;
  const rest = text.slice(start.length).replace(words, (whole, blanks: string, word: string) => {
    if (state !== "word" || /^[;|&#]/.test(word)) {
      state = state === "value" ? "word" : "over";
      return whole;
    }
    const [, flag = "", digits] = /^(-P\s*)?(\d+)$/.exec(word) ?? [];
    if (digits === undefined) {
      if (/^-[A-Za-z]*[PpFzbdo]$/.test(word)) state = "value";
      return whole;
    }
    named.push(digits);
    const next = change(Number(digits));
    if (next === undefined) return "";
    return next === Number(digits) ? whole : `${blanks}${flag}${next}`;
  });
  const only = named.length > 0 ? 0 : change(0);
  return only === undefined || only === 0 ? start + rest : `${start} -P ${only}${rest}`;
}

export interface NewUse {
  readonly number: number;
  readonly strip: number;
  /** Numbers of the patches that are applied before it, the nearest last. */
  readonly earlier: readonly number[];
}

/** Adds the line that applies a patch, in the way of its neighbours. Throws `UserError` ("unsupported") where none could stand. */
export function addUse(
  { path, spec }: ReadSpec,
  draft: SpecDraft,
  { prep, use }: { prep: Prep; use: NewUse },
): void {
  const neighbour = findNeighbour(prep, use);
  const line = neighbour?.line ?? prep.after;
  if (line === undefined) {
    const prepLine = spec.lines.findIndex(({ section }) => section === "prep");
    throw new UserError("unsupported", {
      message: "%prep does not apply patches in a way that is understood: a new patch would be built without",
      where: prepLine < 0 ? path : `${path}:${prepLine + 1}`,
      remedy: "Use %autosetup, %autopatch or %patch in %prep.",
    });
  }
  const text = useLike(neighbour?.macro === true ? draft.text(line) : undefined, use);
  const at = draft.behindBlock(line);
  // Where the shell has gone into a folder, the paths of the patch count from the top all the same.
  const up = prep.folderBehind(at).split("/").filter(Boolean).fill("..").join("/");
  draft.insertBehind(at, [up === "" ? text : `${text} -d ${up}`]);
}

/** The use of the patch before it; the last use when none of those before it is used by name. */
function findNeighbour(prep: Prep, { earlier }: NewUse): PatchUse | undefined {
  for (const number of [...earlier].reverse()) {
    const use = prep.uses.findLast((each) => each.number === number);
    if (use !== undefined) return use;
  }
  return prep.uses.at(-1);
}

function useLike(neighbour: string | undefined, { number, strip }: NewUse): string {
  const numbered = numberedMacro.exec(neighbour ?? "");
  if (numbered !== null) {
    const [, indent = "", digits = ""] = numbered;
    const width = digits.startsWith("0") ? digits.length : 1;
    return `${indent}%patch${String(number).padStart(width, "0")} -p${strip}`;
  }
  const option = /^(\s*)%\{?patch\s+(-P\s*)?/.exec(neighbour ?? "");
  const flag = option === null ? "-P " : (option[2] ?? "");
  return `${option?.[1] ?? ""}%patch ${flag}${number} -p${strip}`;
}

/** Takes a vanished patch out of the lines that name it; throws `UserError` ("unsupported") for a line of another kind. */
export function removeUses(
  { path }: ReadSpec,
  draft: SpecDraft,
  { prep, number }: { prep: Prep; number: number },
): void {
  for (const { line } of prep.uses.filter((use) => use.number === number)) {
    const text = draft.text(line);
    if (numberedMacro.test(text) || (optionMacro.test(text) && optionNumbers(text).length === 1)) {
      draft.remove(line);
    } else if (optionMacro.test(text)) {
      draft.replace(
        line,
        withNumbers(text, (each) => (each === number ? undefined : each)),
      );
    } else if (/^\s*(?:%\{__patch\}|patch|git (?:am|apply))\s[^|;&]*%\{?PATCH\d+\}?\s*$/.test(text)) {
      draft.remove(line);
    } else {
      throw new UserError("unsupported", {
        message: `this line still uses patch ${number}, which is gone`,
        where: `${path}:${line + 1}`,
        remedy: "Change the line in source-git's spec in the same merge request.",
      });
    }
  }
}
