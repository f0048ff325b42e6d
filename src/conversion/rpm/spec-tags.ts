import { decodeText } from "../../git/text.js";
import { UserError } from "../../domain/errors.js";
import type { Spec, SpecLine } from "./spec-lines.js";
import { expandMacros, readMacros, type Macros } from "./spec-macros.js";

/** A line that names a patch: `PatchN: file`, `Patch: file`, or a line of `%patchlist`. */
export interface PatchTag {
  /** Index of its line. */
  readonly line: number;
  /** The file's name without folders or address. */
  readonly file: string;
  /** The number under which `%patch` knows it. */
  readonly number: number;
  readonly style: "numbered" | "unnumbered" | "list";
  /** Index of the first of its own comment lines; its own index when it has none. */
  readonly start: number;
}

/** A spec with what conversion needs to know of it. */
export interface ReadSpec {
  /** The spec's path, for errors. */
  readonly path: string;
  readonly spec: Spec;
  readonly macros: Macros;
  readonly patches: readonly PatchTag[];
}

export const tagPattern = /^(\s*)(Patch|Source)(\d*)(\s*:)(\s*)(.*?)(\s*)$/i;

/** Throws `UserError` naming file and line for a patch whose name cannot be known. */
export function readPatchTags(spec: Spec, path: string): ReadSpec {
  const macros = readMacros(spec);
  const patches: PatchTag[] = [];
  for (const [line, each] of spec.lines.entries()) {
    const named = patchOf(each);
    if (named === undefined) continue;
    const where = `${path}:${line + 1}`;
    const file = fileName(expandMacros(named.value, macros, where), where);
    const number = named.digits === "" ? (patches.at(-1)?.number ?? -1) + 1 : Number(named.digits);
    patches.push({ line, file, number, style: named.style, start: commentStart(spec.lines, line) });
  }
  refuseDuplicates({ path, spec, macros, patches });
  return { path, spec, macros, patches };
}

/** Whether the line may hold tags at all. */
export function isTagLine({ kind, section }: SpecLine): boolean {
  return kind === "plain" && (section === "preamble" || section === "package");
}

function patchOf(line: SpecLine): { digits: string; value: string; style: PatchTag["style"] } | undefined {
  if (line.section === "patchlist" && line.kind === "plain") {
    return { digits: "", value: line.text.trim(), style: "list" };
  }
  const match = isTagLine(line) ? tagPattern.exec(line.text) : null;
  if (match?.[2]?.toLowerCase() !== "patch") return undefined;
  const digits = match[3] ?? "";
  return { digits, value: match[6] ?? "", style: digits === "" ? "unnumbered" : "numbered" };
}

function fileName(value: string, where: string): string {
  const name = value.replace(/^.*\//, "");
  if (name !== "" && name !== "." && name !== "..") return decodeText(Buffer.from(name, "latin1"));
  throw new UserError("invalid", { message: "this patch has no file name", where });
}

function commentStart(lines: readonly SpecLine[], line: number): number {
  let start = line;
  while (start > 0 && lines[start - 1]?.kind === "comment") start -= 1;
  return start;
}

function refuseDuplicates({ path, spec, patches }: ReadSpec): void {
  const seen = new Map<number, PatchTag>();
  for (const patch of patches) {
    const earlier = seen.get(patch.number);
    const conditional = [earlier, patch].some(
      (each) => (spec.lines[each?.line ?? 0]?.inside.length ?? 0) > 0,
    );
    if (earlier !== undefined && !conditional) {
      throw new UserError("invalid", {
        message: `Patch${patch.number} is there twice, in lines ${earlier.line + 1} and ${patch.line + 1}`,
        where: `${path}:${patch.line + 1}`,
        remedy: "Give each patch a number of its own.",
      });
    }
    seen.set(patch.number, patch);
  }
}
