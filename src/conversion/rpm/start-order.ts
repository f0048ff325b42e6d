import { readPrep } from "./spec-prep.js";
import type { PatchTag, ReadSpec } from "./spec-tags.js";

/** A patch in the place in which `%prep` applies it. */
export interface AppliedPatch {
  readonly number: number;
  readonly file: string;
  readonly strip: number;
  /** `undefined` when nothing applies it. */
  readonly appliedBy: string | undefined;
  readonly fuzz?: number;
  readonly reverse?: boolean;
  /** Whether a condition decides. */
  readonly conditional: boolean;
}

/** Every patch that the spec names, in order of application, those that nothing applies last. */
export function appliedPatches(read: ReadSpec): readonly AppliedPatch[] {
  const { spec, patches } = read;
  const prep = readPrep(read);
  const isInside = (line: number) => (spec.lines[line]?.inside.length ?? 0) > 0;
  const byUse = prep.uses.flatMap(({ number, line }) => {
    const tag = patches.find((each) => each.number === number);
    if (tag === undefined) return [];
    const text = spec.lines[line]?.text ?? "";
    const strip = Number(/\s-p\s*(\d+)/.exec(text)?.[1] ?? 0);
    const reverse = /\s-R\b/.test(text);
    const conditional = isInside(line) || isInside(tag.line);
    return [{ number, file: tag.file, strip, appliedBy: "%patch", reverse, conditional }];
  });
  const byItself = patches
    .filter(({ number }) => prep.applies(number))
    .map((tag) => ({
      ...named(tag),
      strip: prep.strip ?? 0,
      appliedBy: "%autosetup",
      conditional: isInside(tag.line),
    }));
  const applied: readonly AppliedPatch[] = [...byItself, ...byUse];
  const files = new Set(applied.map(({ file }) => file));
  const others = patches.filter(({ file }) => !files.has(file));
  return [
    ...applied,
    ...others.map((tag) => ({ ...named(tag), strip: 0, appliedBy: undefined, conditional: false })),
  ];
}

function named({ number, file }: PatchTag): { number: number; file: string } {
  return { number, file };
}
