import { UserError } from "../../domain/errors.js";
import { decodeText, encodeText } from "../../git/text.js";
import type { Spec, SpecLine } from "./spec-lines.js";
import type { NamedFile, SpecFacts } from "./spec-facts.js";
import { walkSpec } from "./spec-walk.js";

/** A line that names a patch: `PatchN: file`, `Patch: file`, or a line of `%patchlist`. */
export interface PatchTag {
  /** Index of its line. */
  readonly line: number;
  /** The file's name without folders or address; what no file can be called, where it cannot be known. */
  readonly file: string;
  /** Why it cannot be known. */
  readonly trouble: UserError | undefined;
  /** The number under which `%patch` knows it. */
  readonly number: number;
  readonly style: "numbered" | "unnumbered" | "list";
  /** Index of the first of its own comment lines; its own index when it has none. */
  readonly start: number;
}

/** A spec with what conversion needs to know of it. */
export interface ReadSpec extends SpecFacts {
  /** The spec's path, for errors. */
  readonly path: string;
  readonly spec: Spec;
  /** The lines that name patches, whether they count or not. */
  readonly patches: readonly PatchTag[];
}

export const tagPattern = /^(\s*)(Patch|Source)(\d*)(\s*:)(\s*)(.*?)(\s*)$/i;

/** Throws `UserError` naming file and line for a number given twice. */
export function readPatchTags(spec: Spec, path: string): ReadSpec {
  const read = readSpec(spec, path);
  refuseDuplicates(read);
  return read;
}

/** What can be known of a spec, however little it is. */
export function readSpec(spec: Spec, path: string): ReadSpec {
  const facts = walkSpec(spec, path);
  const written = facts.named.filter((each) => each.kind === "patch" && each.written);
  return { path, spec, patches: written.map((each) => patchTag(each, spec)), ...facts };
}

/** Whether the line may hold tags at all. */
export function isTagLine({ kind, section }: SpecLine): boolean {
  return kind === "plain" && (section === "preamble" || section === "package");
}

/** Before what is written in a tag whose file cannot be known: git has no such name. */
const unknownFile = "\0";

/** What a tag of this file says behind its colon, bytes as latin1. */
export function tagValue(file: string): string {
  const text = encodeText(file.startsWith(unknownFile) ? file.slice(1) : file).toString("latin1");
  return file.startsWith(unknownFile) ? text : text.replace(/%/g, "%%");
}

function patchTag({ line, number, file, trouble }: NamedFile, { lines }: Spec): PatchTag {
  const text = lines[line]?.text ?? "";
  const [, , , digits, , , value = text.trim()] = tagPattern.exec(text) ?? [];
  const style = lines[line]?.section === "patchlist" ? "list" : digits === "" ? "unnumbered" : "numbered";
  const written = decodeText(Buffer.from(value, "latin1"));
  const known = trouble === undefined ? file : `${unknownFile}${written}`;
  return { line, file: known, trouble, number, style, start: commentStart(lines, line) };
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
