import type { Truth } from "./conditions.js";
import { readCall } from "./macro-text.js";
import { PrepFolder, type PrepFolderName } from "./prep-folder.js";
import type { PrepLine } from "./spec-facts.js";

/** Something in `%prep` that applies patches. */
export interface PrepCommand {
  /** Index of its line. */
  readonly line: number;
  readonly by: string;
  readonly truth: Truth;
  /** Patches by their numbers, in order; or all of those in a range. */
  readonly numbers: readonly number[] | { readonly from: number; readonly to: number };
  /** `undefined` where none is given and the tool finds files by their base names. */
  readonly strip: number | undefined;
  /** The folder of the source tree in which they are applied, as far as the text is certain. */
  readonly folder: PrepFolderName;
  readonly fuzz: number | undefined;
  readonly reverse: boolean;
}

type Options = Omit<PrepCommand, "line" | "truth" | "folder"> & {
  /** The folder that the command itself names. */
  readonly directory: string | undefined;
};

const all = { from: 0, to: Number.MAX_SAFE_INTEGER };
/** A macro's arguments end at its closing brace, at the next such macro, or with the line. */
const macroPattern =
  /(?<!%)%\{?(autosetup|autopatch|patch)(\d*)(?!\w)((?:[^%}]|%(?!\{?(?:autosetup|autopatch|patch)))*)/g;
const mention = /%\{?(?:PATCH|P:\s*)(\d+)\}?|%\{?(patches|PATCHES)\b\}?/g;
const tool =
  /(?:^|[\s;|&({`])(?:\S*\/)?(?:%\{?_*)?(patch|git\}?\s+(?:am|apply)|quilt\}?\s+import|__scm_apply_\w+|__apply_patch|apply_patch)\}?(?=\s|$)/;

/** The commands of `%prep` that apply patches, in their order. */
export function readPrepCommands(lines: readonly PrepLine[]): readonly PrepCommand[] {
  const commands: PrepCommand[] = [];
  const defaults = { git: false };
  const folder = new PrepFolder();
  let loop: Loop | undefined;
  for (const each of lines) {
    const here = folder.take(each);
    const placed = ({ directory, ...found }: Found) => ({
      ...found,
      folder: directory === undefined ? here : folder.within(directory),
    });
    const found = macroCommands(each, defaults);
    commands.push(...found.map(placed));
    if (found.length > 0 || each.comment) continue;
    loop = readLoop(each.text) ?? loop;
    const command = shellCommand(each.text, loop);
    if (command !== undefined) {
      commands.push(placed({ line: each.line, truth: each.truth, ...command }));
    }
    if (loop !== undefined && /(?:^|[\s;])done\b/.test(each.text)) loop = undefined;
  }
  return commands;
}

type Found = Options & Pick<PrepCommand, "line" | "truth">;

interface Loop {
  readonly variable: string;
  readonly numbers: PrepCommand["numbers"];
}

function macroCommands({ text, line, truth, comment, scm }: PrepLine, defaults: { git: boolean }): Found[] {
  if (scm !== undefined) defaults.git = isGit(scm);
  const found: Found[] = [];
  const masked = maskOthers(text);
  for (const match of masked.matchAll(macroPattern)) {
    const [, name = "", digits = "", rest = ""] = match;
    // rpm expands macros in comments, too, though %patch only at the beginning of a line.
    if (comment && name === "patch") continue;
    const options = macroOptions({ name, digits, rest }, defaults);
    const maybe = /%\{[!?]+\w+:[^}]*$/.test(masked.slice(0, match.index));
    if (options !== undefined) found.push({ line, truth: maybe ? "unknown" : truth, ...options });
  }
  return found;
}

/** The text with a bare `%` for each macro that nobody could expand and that applies no patch: its value may be anything. */
function maskOthers(text: string): string {
  let masked = "";
  for (let at = 0; at < text.length;) {
    const percent = text.indexOf("%", at);
    if (percent < 0) return masked + text.slice(at);
    const { text: macro, form, next } = readCall(text, percent);
    const kept = form === "word" || form === "percent" || form === "open" || /autosetup|patch/.test(macro);
    masked += text.slice(at, percent) + (kept ? macro : "%");
    at = next;
  }
  return masked;
}

function macroOptions(
  { name, digits, rest }: { name: string; digits: string; rest: string },
  defaults: { git: boolean },
): Options | undefined {
  if (name === "patch") return patchOptions(digits, parseWords(rest, "pPbzFdo"));
  if (name === "autopatch") return autopatchOptions(parseWords(rest, "pmM"), defaults.git);
  const words = parseWords(rest, "abnSp");
  const scm = words.options.get("S")?.at(-1);
  if (scm !== undefined) defaults.git = isGit(scm);
  if (words.options.has("N")) return undefined;
  const strip = stripOf(words) ?? (defaults.git ? 1 : undefined);
  return { by: "%autosetup", numbers: all, strip, directory: undefined, fuzz: undefined, reverse: false };
}

function isGit(scm: string): boolean {
  return scm === "git" || scm === "git_am";
}

function autopatchOptions(words: Words, git: boolean): Options {
  const listed = words.positional.filter((word) => /^\d+$/.test(word)).map(Number);
  const from = numberOf(words.options.get("m")?.at(-1)) ?? all.from;
  const to = numberOf(words.options.get("M")?.at(-1)) ?? all.to;
  const numbers = listed.length > 0 ? listed : { from, to };
  const strip = stripOf(words) ?? (git ? 1 : undefined);
  return { by: "%autopatch", numbers, strip, directory: undefined, fuzz: undefined, reverse: false };
}

/** `%patch1 2`, `%patch -P 1 -P2`, `%patch 1 2`; a `%patch` that names none means number 0. */
function patchOptions(digits: string, words: Words): Options {
  const named = [digits, ...(words.options.get("P") ?? []), ...words.positional];
  const numbers = named.filter((word) => /^\d+$/.test(word)).map(Number);
  return {
    by: "%patch",
    numbers: named.every((word) => word === "") ? [0] : numbers,
    strip: stripOf(words) ?? 0,
    directory: words.options.get("d")?.at(-1),
    fuzz: numberOf(words.options.get("F")?.at(-1)),
    reverse: words.options.has("R"),
  };
}

function stripOf({ options }: Words): number | undefined {
  return numberOf(options.get("p")?.at(-1));
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

interface Words {
  readonly options: ReadonlyMap<string, readonly string[]>;
  readonly positional: readonly string[];
}

/** Options as getopt reads them; `valued` are the letters that take a value. */
function parseWords(text: string, valued: string): Words {
  const options = new Map<string, string[]>();
  const positional: string[] = [];
  // The shell's part of the line is none of the macro's.
  const words = (/^[^;|&#]*/.exec(text)?.[0] ?? "").replace(/["']/g, "").split(/\s+/).filter(Boolean);
  for (let index = 0; index < words.length; index += 1) {
    const [, letter = "", value = ""] = /^-([A-Za-z])(.*)$/.exec(words[index] ?? "") ?? [];
    if (letter === "") {
      positional.push(words[index] ?? "");
    } else if (valued.includes(letter)) {
      const given = value === "" ? (words[(index += 1)] ?? "") : value;
      const values = options.get(letter);
      if (values === undefined) options.set(letter, [given]);
      else values.push(given);
    } else {
      for (const flag of `${letter}${value}`) options.set(flag, []);
    }
  }
  return { options, positional };
}

function readLoop(text: string): Loop | undefined {
  const [, variable, list = ""] = /\bfor\s+(\w+)\s+in\s+(.*)/.exec(text) ?? [];
  const numbers = mentioned(list);
  return variable === undefined || numbers === undefined ? undefined : { variable, numbers };
}

/** `patch -p1 < %{PATCH1}`, `git am %{patches}`, `patch -p1 < $each` in a loop over patches. */
function shellCommand(text: string, loop: Loop | undefined): Options | undefined {
  const match = tool.exec(text);
  if (match === null) return undefined;
  const inLoop = loop !== undefined && new RegExp(`\\$\\{?${loop.variable}\\b`).test(text);
  const numbers = inLoop ? loop.numbers : mentioned(text);
  if (numbers === undefined) return undefined;
  const command = (match[1] ?? "").replace(/\}/g, "").replace(/\s+/g, " ");
  const git = command.startsWith("git") || /git/.test(command);
  const rest = text.slice(match.index + match[0].length);
  const strip = /\s(?:-[A-Za-z]*p\s*|--strip[= ])(\d+)/.exec(` ${rest}`)?.[1];
  return {
    by: command,
    numbers,
    strip: numberOf(strip) ?? (git || command.startsWith("quilt") ? 1 : undefined),
    directory: /\s(?:-d\s*|--directory[= ])([^\s<>|;&]+)/.exec(` ${rest}`)?.[1],
    fuzz: numberOf(/\s(?:-[A-Za-z]*F\s*|--fuzz[= ])(\d+)/.exec(` ${rest}`)?.[1]),
    reverse: /\s(?:-[A-Za-oq-z]*R|--reverse)/.test(` ${rest}`),
  };
}

function mentioned(text: string): PrepCommand["numbers"] | undefined {
  const found = [...text.matchAll(mention)];
  if (found.length === 0) return undefined;
  if (found.some(([, , everything]) => everything !== undefined)) return all;
  return found.map(([, digits]) => Number(digits));
}

/** The numbers of the patches that a line names by their files: `%{PATCH1}`, `%{P:2}`. */
export function mentionedPatches(text: string): readonly number[] {
  return [...text.matchAll(mention)].flatMap(([, digits]) => (digits === undefined ? [] : [Number(digits)]));
}
