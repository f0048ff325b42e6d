import { formatLines, type Spec, type SpecLine } from "./spec-lines.js";

/** Edits of a spec, gathered by line and carried out at once; every line that is not named keeps its bytes. */
export class SpecDraft {
  readonly #spec: Spec;
  readonly #removed = new Set<number>();
  readonly #replaced = new Map<number, string>();
  readonly #behind = new Map<number, string[]>();
  readonly #before = new Map<number, string[]>();

  constructor(spec: Spec) {
    this.#spec = spec;
  }

  remove(line: number): void {
    this.#removed.add(line);
  }

  replace(line: number, text: string): void {
    this.#replaced.set(line, text);
  }

  /** What the line says at this point of the edit. */
  text(line: number): string {
    return this.#replaced.get(line) ?? this.#spec.lines[line]?.text ?? "";
  }

  insertBehind(line: number, texts: readonly string[]): void {
    addTo(this.#behind, line, texts);
  }

  insertBefore(line: number, texts: readonly string[]): void {
    addTo(this.#before, line, texts);
  }

  /** Where a new line may follow `line`: behind the block of conditions that it stands in. */
  behindBlock(line: number): number {
    const { lines, ends } = this.#spec;
    const outermost = lines[line]?.inside[0];
    const end = outermost === undefined ? undefined : ends.get(outermost);
    // A block that reaches into another section is no block of tags: the new line belongs inside.
    return end !== undefined && lines[end]?.section === lines[line]?.section ? end : line;
  }

  /** Where a new line may stand before `line`: before the block of conditions that it stands in. */
  beforeBlock(line: number): number {
    return this.behindBlock(line) === line ? line : (this.#spec.lines[line]?.inside[0] ?? line);
  }

  toText(): string {
    const { lines } = this.#spec;
    const result: { text: string; end: string }[] = [];
    const usualEnd = this.#lineEnd();
    for (const [index, line] of lines.entries()) {
      const end = line.end === "" ? usualEnd : line.end;
      const before = (this.#before.get(index) ?? []).map((text) => ({ text, end }));
      const itself = this.#removed.has(index) ? [] : [{ text: this.text(index), end }];
      const behind = (this.#behind.get(index) ?? []).map((text) => ({ text, end }));
      result.push(...before, ...itself, ...behind);
    }
    return formatLines(withFinalEnd(result, lines.at(-1)));
  }

  #lineEnd(): string {
    return this.#spec.lines.find(({ end }) => end !== "")?.end ?? "\n";
  }
}

function addTo(inserted: Map<number, string[]>, line: number, texts: readonly string[]): void {
  const present = inserted.get(line);
  if (present === undefined) inserted.set(line, [...texts]);
  else present.push(...texts);
}

/** A file without final line break stays one. */
function withFinalEnd(
  result: readonly { text: string; end: string }[],
  last: SpecLine | undefined,
): readonly { text: string; end: string }[] {
  const final = result.at(-1);
  if (last?.end !== "" || final === undefined) return result;
  return [...result.slice(0, -1), { text: final.text, end: "" }];
}
