import { createHash } from "node:crypto";
import type { Edited, GeneratedFile, Tree } from "./trees.js";

/** How a patch is written; by which tool, that is. */
export interface DiffStyle {
  readonly dialect: "git" | "plain" | "recursive" | "index";
  readonly strip: number;
  readonly context: number;
  /** Whether git's `index` lines are there. */
  readonly ids: boolean;
  /** Whether git quotes names that are not ASCII. */
  readonly quotes: boolean;
}

interface Section {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly before: GeneratedFile | undefined;
  readonly after: GeneratedFile | undefined;
}

/** The difference between two trees, bytes as latin1. */
export function writeDiff(before: Tree, { tree, renamed }: Edited, style: DiffStyle): string {
  const isGit = style.dialect === "git";
  const sections = listSections(before, tree, isGit ? renamed : new Map());
  return sections
    .map((section) => (isGit ? gitSection(section, style) : plainSection(section, style)))
    .join("");
}

/** Modes, links and empty files have no place in a plain diff. */
export function onlyGitCanSay(before: Tree, after: Tree): boolean {
  return listSections(before, after, new Map()).some((section) => {
    const files = [section.before, section.after];
    if (files.some((file) => file?.mode === "120000" || file?.bytes === "")) return true;
    return section.after !== undefined && (section.before?.mode ?? "100644") !== section.after.mode;
  });
}

function listSections(before: Tree, after: Tree, renamed: ReadonlyMap<string, string>): Section[] {
  const gone = new Set(renamed.values());
  const paths = [...new Set([...before.keys(), ...after.keys()])].filter((path) => !gone.has(path)).sort();
  return paths.flatMap((path): Section[] => {
    const from = renamed.get(path) ?? path;
    const [old, fresh] = [before.get(from), after.get(path)];
    if (from === path && old?.mode === fresh?.mode && old?.bytes === fresh?.bytes) return [];
    const isRetyped = old && fresh && (old.mode === "120000") !== (fresh.mode === "120000");
    const removal = { from, to: undefined, before: old, after: undefined };
    const creation = { from: undefined, to: path, before: undefined, after: fresh };
    if (isRetyped === true) return [removal, creation];
    return [{ from: old && from, to: fresh && path, before: old, after: fresh }];
  });
}

function gitSection({ from, to, before, after }: Section, style: DiffStyle): string {
  const [old, fresh] = [from ?? to ?? "", to ?? from ?? ""];
  const lines = [`diff --git ${gitName("a", old, style)} ${gitName("b", fresh, style)}`];
  if (before === undefined) lines.push(`new file mode ${after?.mode ?? ""}`);
  else if (after === undefined) lines.push(`deleted file mode ${before.mode}`);
  else if (before.mode !== after.mode) lines.push(`old mode ${before.mode}`, `new mode ${after.mode}`);
  const isRenamed = before !== undefined && after !== undefined && old !== fresh;
  const isEdited = before?.bytes !== after?.bytes;
  if (isRenamed) {
    const percent = isEdited ? 80 : 100;
    lines.push(
      `similarity index ${percent}%`,
      `rename from ${gitPath(old, style)}`,
      `rename to ${gitPath(fresh, style)}`,
    );
  }
  if (isEdited && style.ids) {
    const mode = before && after && before.mode === after.mode ? ` ${before.mode}` : "";
    lines.push(`index ${blobId(before)}..${blobId(after)}${mode}`);
  }
  const hunks = writeHunks(before?.bytes ?? "", after?.bytes ?? "", style.context);
  if (hunks !== "") {
    const names = [before && gitName("a", old, style), after && gitName("b", fresh, style)];
    // git sets a name with a blank apart by a tab.
    const [one, other] = names.map((name) =>
      name?.includes(" ") === true ? `${name}\t` : (name ?? "/dev/null"),
    );
    lines.push(`--- ${one ?? ""}`, `+++ ${other ?? ""}`);
  }
  return `${lines.join("\n")}\n${hunks}`;
}

const epoch = "1970-01-01 00:00:00.000000000 +0000";

function plainSection({ from, to, before, after }: Section, style: DiffStyle): string {
  const path = to ?? from ?? "";
  const hunks = writeHunks(before?.bytes ?? "", after?.bytes ?? "", style.context);
  const [old, fresh] = [folder(style, ".orig") + bytesOf(path), folder(style, "") + bytesOf(path)];
  if (style.dialect === "recursive") {
    const stamp = (file: GeneratedFile | undefined, second: number) =>
      file === undefined ? epoch : `2020-01-01 00:00:0${second}.000000000 +0000`;
    return `diff -ruN ${old} ${fresh}\n--- ${old}\t${stamp(before, 0)}\n+++ ${fresh}\t${stamp(after, 1)}\n${hunks}`;
  }
  const index = style.dialect === "index" ? `Index: ${fresh}\n${"=".repeat(67)}\n` : "";
  const name = (file: GeneratedFile | undefined, named: string) =>
    file === undefined ? "/dev/null" : path.includes(" ") ? `${named}\t` : named;
  return `${index}--- ${name(before, old)}\n+++ ${name(after, fresh)}\n${hunks}`;
}

function folder({ strip }: DiffStyle, suffix: string): string {
  return ["", `hello-1.0${suffix}/`, `work/hello-1.0${suffix}/`][strip] ?? "";
}

function gitName(side: "a" | "b", path: string, style: DiffStyle): string {
  const folders = ["", `${side}/`, `${side}/hello-1.0/`];
  return quoted(`${folders[style.strip] ?? ""}${path}`, style);
}

/** `rename from` and `rename to` leave out what stands for `a/` and `b/`. */
function gitPath(path: string, style: DiffStyle): string {
  return quoted(style.strip === 2 ? `hello-1.0/${path}` : path, style);
}

function quoted(name: string, { quotes }: DiffStyle): string {
  const bytes = bytesOf(name);
  if (!quotes || !/[\x80-\xff]/.test(bytes)) return bytes;
  return `"${bytes.replace(/[\x80-\xff]/g, (byte) => `\\${byte.charCodeAt(0).toString(8)}`)}"`;
}

function bytesOf(text: string): string {
  return Buffer.from(text).toString("latin1");
}

function blobId(file: GeneratedFile | undefined): string {
  if (file === undefined) return "0000000";
  const content = Buffer.from(file.bytes, "latin1");
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex").slice(0, 7);
}

interface Step {
  readonly sign: " " | "-" | "+";
  readonly text: string;
}

/** The hunks between two texts, each with that many lines around it. */
function writeHunks(before: string, after: string, context: number): string {
  const steps = compare(linesOf(before), linesOf(after));
  const isNear = steps.map((_, index) =>
    steps.slice(Math.max(0, index - context), index + context + 1).some(({ sign }) => sign !== " "),
  );
  let [hunks, old, fresh] = ["", 1, 1];
  for (let index = 0; index < steps.length;) {
    let next = index;
    while (next < steps.length && isNear[next] === isNear[index]) next += 1;
    const part = steps.slice(index, next);
    const [removed, added] = [
      part.filter(({ sign }) => sign !== "+"),
      part.filter(({ sign }) => sign !== "-"),
    ];
    if (isNear[index] === true) {
      hunks += `@@ -${range(old, removed.length)} +${range(fresh, added.length)} @@\n`;
      hunks += part.map(({ sign, text }) => `${sign}${withEnd(text)}`).join("");
    }
    [index, old, fresh] = [next, old + removed.length, fresh + added.length];
  }
  return hunks;
}

function range(start: number, count: number): string {
  if (count === 1) return String(start);
  return `${count === 0 ? start - 1 : start},${count}`;
}

function withEnd(line: string): string {
  return line.endsWith("\n") ? line : `${line}\n\\ No newline at end of file\n`;
}

function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** The steps from one list of lines to another, by their longest common part. */
function compare(before: readonly string[], after: readonly string[]): Step[] {
  const common = before.map(() => after.map(() => 0));
  const at = (one: number, other: number) => common[one]?.[other] ?? 0;
  for (let one = before.length - 1; one >= 0; one -= 1) {
    for (let other = after.length - 1; other >= 0; other -= 1) {
      const same = before[one] === after[other];
      const best = same ? at(one + 1, other + 1) + 1 : Math.max(at(one + 1, other), at(one, other + 1));
      (common[one] ?? [])[other] = best;
    }
  }
  const steps: Step[] = [];
  let [one, other] = [0, 0];
  while (one < before.length || other < after.length) {
    const [old, fresh] = [before[one], after[other]];
    if (old !== undefined && old === fresh) {
      steps.push({ sign: " ", text: old });
      [one, other] = [one + 1, other + 1];
    } else if (old !== undefined && (fresh === undefined || at(one + 1, other) >= at(one, other + 1))) {
      steps.push({ sign: "-", text: old });
      one += 1;
    } else {
      steps.push({ sign: "+", text: fresh ?? "" });
      other += 1;
    }
  }
  return steps;
}
