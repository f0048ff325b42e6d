import { and, type Truth } from "./conditions.js";
import { readPrepCommands, type PrepCommand } from "./prep-commands.js";
import type { ReadSpec } from "./spec-tags.js";
import type { PrepFolderName } from "./prep-folder.js";
import type { NamedFile } from "./spec-facts.js";

/** A patch that a spec names, and how its `%prep` applies it. */
export interface AppliedPatch {
  readonly number: number;
  readonly file: string;
  /** `undefined` where `patch` is told none, so that it looks for files by their base names. */
  readonly strip: number | undefined;
  /** The folder of the source tree in which it is applied; the top (`""`) too where only a shell could tell. */
  readonly folder: string;
  /** `%autosetup`, `%autopatch`, `%patch`, `patch`, `git am`, ...; `undefined` when nothing applies it. */
  readonly appliedBy: string | undefined;
  /** `undefined`: the distribution's default, which is none in rpm. */
  readonly fuzz: number | undefined;
  readonly reverse: boolean;
  /** Index of the line that applies it; that of its tag when nothing does. */
  readonly line: number;
  /** Index of the line that names it. */
  readonly tagLine: number;
  /** Whether the tag and what applies it count; `always` when they stand in no condition at all. */
  readonly condition: "always" | Truth;
}

/**
 * Every patch of the spec once, in the order in which `%prep` applies them; then those that nothing applies, in the order
 * of their tags. Of two lines that apply one patch, the first that may count is taken.
 */
export function appliedPatches(read: ReadSpec): readonly AppliedPatch[] {
  const waiting = new Set(read.named.filter(({ kind }) => kind === "patch"));
  const applied: AppliedPatch[] = [];
  const commands = readPrepCommands(read.prep).filter(({ truth }) => truth !== "false");
  const places = placesOf(commands, [...waiting]);
  for (const command of commands) {
    for (const patch of patchesOf(command, [...waiting])) {
      waiting.delete(patch);
      // One patch for several folders is of none.
      const folder = (places.get(patch)?.size ?? 0) > 1 ? "" : command.folder;
      applied.push(appliedPatch(read, patch, { ...command, folder }));
    }
  }
  return [...applied, ...[...waiting].map((patch) => unappliedPatch(read, patch))];
}

/** The folders in which each patch is applied. */
export function placesOf(
  commands: readonly PrepCommand[],
  patches: readonly NamedFile[],
): ReadonlyMap<NamedFile, ReadonlySet<PrepFolderName>> {
  const places = new Map<NamedFile, Set<PrepFolderName>>();
  if (commands.every(({ folder }) => folder === "")) return places;
  for (const command of commands) {
    for (const patch of patchesOf(command, patches)) {
      places.set(patch, (places.get(patch) ?? new Set()).add(command.folder));
    }
  }
  return places;
}

function patchesOf({ numbers }: PrepCommand, waiting: readonly NamedFile[]): NamedFile[] {
  const live = waiting.filter(({ truth }) => truth !== "false");
  if ("from" in numbers) return live.filter(({ number }) => number >= numbers.from && number <= numbers.to);
  return numbers.flatMap((wanted) => live.filter(({ number }) => number === wanted));
}

function appliedPatch(read: ReadSpec, patch: NamedFile, command: PrepCommand): AppliedPatch {
  const { number, file, line: tagLine } = patch;
  const { by, strip, folder = "", fuzz, reverse, line } = command;
  const free = isFree(read, tagLine) && isFree(read, line);
  const truth = and(patch.truth, command.truth);
  const condition = free && truth === "true" ? "always" : truth;
  return { number, file, strip, folder, appliedBy: by, fuzz, reverse, line, tagLine, condition };
}

function unappliedPatch(read: ReadSpec, { number, file, line, truth }: NamedFile): AppliedPatch {
  const condition = isFree(read, line) ? "always" : truth;
  return {
    number,
    file,
    strip: undefined,
    folder: "",
    appliedBy: undefined,
    fuzz: undefined,
    reverse: false,
    line,
    tagLine: line,
    condition,
  };
}

/** Whether a line stands in no condition. */
function isFree({ spec }: ReadSpec, line: number): boolean {
  return (spec.lines[line]?.inside.length ?? 0) === 0;
}
