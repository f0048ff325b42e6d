import type { SeriesFile, SeriesLine } from "./series-file.js";

/** What shall become of a series. */
export interface SeriesEdit {
  /** The patches in order of application; other patches of the series stay where they are. */
  readonly patches: readonly {
    readonly file: string;
    /** The name that its line has until now. */
    readonly listedAs: string | undefined;
  }[];
  readonly removed: ReadonlySet<string>;
}

/**
 * The text of the series with what changed: a line that stays keeps its bytes, so do comments and empty lines. A new patch
 * follows the one that is applied before it, else it goes before the one after it, else to the end.
 */
export function editSeries(series: SeriesFile, { patches, removed }: SeriesEdit): string {
  const kept = series.lines.filter(({ patch }) => patch === undefined || !removed.has(patch.file));
  const byName = new Map(kept.flatMap((line) => (line.patch ? [[line.patch.file, line] as const] : [])));
  const wanted = patches.map(({ file, listedAs }) => {
    const line = listedAs === undefined ? undefined : byName.get(listedAs);
    return { file, line };
  });
  const inPlace = longestInOrder(
    wanted.flatMap(({ line }) => (line === undefined ? [] : kept.indexOf(line))),
  );
  const staying = new Set(inPlace.map((index) => kept[index]));
  const draft = new Draft(series, kept);
  for (const { line } of wanted) if (line !== undefined && !staying.has(line)) draft.remove(line);
  let before: SeriesLine | undefined;
  for (const [index, { file, line }] of wanted.entries()) {
    if (line !== undefined && staying.has(line)) {
      before = draft.rename(line, file);
      continue;
    }
    const fresh = line === undefined ? draft.newLine(file) : draft.named(line, file);
    const after = wanted.slice(index + 1).find(({ line: next }) => next !== undefined && staying.has(next));
    draft.insert(fresh, { before, after: after?.line });
    before = fresh;
  }
  return draft.toText();
}

class Draft {
  readonly #lines: SeriesLine[];
  readonly #end: string;
  readonly #endsWithNewline: boolean;

  constructor({ lines }: SeriesFile, kept: readonly SeriesLine[]) {
    this.#lines = [...kept];
    this.#end = lines[0]?.text.endsWith("\r\n") === true ? "\r\n" : "\n";
    this.#endsWithNewline = lines.at(-1)?.text.endsWith("\n") ?? true;
  }

  remove(line: SeriesLine): void {
    this.#lines.splice(this.#lines.indexOf(line), 1);
  }

  rename(line: SeriesLine, file: string): SeriesLine {
    const renamed = this.named(line, file);
    this.#lines[this.#lines.indexOf(line)] = renamed;
    return renamed;
  }

  /** The same line with another name; its options and comment stay. */
  named(line: SeriesLine, file: string): SeriesLine {
    if (line.patch === undefined || line.patch.file === file) return line;
    const text = line.text.replace(/^(\s*)\S+/, (_, space: string) => `${space}${file}`);
    return { text, patch: { ...line.patch, file } };
  }

  newLine(file: string): SeriesLine {
    return { text: `${file}${this.#end}`, patch: { file, strip: 1, line: 0 } };
  }

  insert(
    line: SeriesLine,
    { before, after }: { before: SeriesLine | undefined; after: SeriesLine | undefined },
  ): void {
    const place =
      before !== undefined
        ? this.#lines.indexOf(before) + 1
        : after !== undefined
          ? this.#lines.indexOf(after)
          : this.#lines.length;
    this.#lines.splice(place, 0, line);
  }

  toText(): string {
    const last = this.#lines.length - 1;
    const texts = this.#lines.map(({ text }, index) => {
      if (index < last) return text.endsWith("\n") ? text : `${text}${this.#end}`;
      return this.#endsWithNewline || !text.endsWith("\n") ? text : text.replace(/\r?\n$/, "");
    });
    return texts.join("");
  }
}

/** The longest run of numbers that rise, so that as few lines as can be have to move. */
function longestInOrder(numbers: readonly number[]): readonly number[] {
  const runs: { readonly last: number; readonly previous: number; readonly length: number }[] = [];
  for (const [index, last] of numbers.entries()) {
    let previous = -1;
    for (let at = 0; at < index; at += 1) {
      const run = runs[at];
      if (run !== undefined && run.last < last && run.length > (runs[previous]?.length ?? 0)) previous = at;
    }
    runs.push({ last, previous, length: (runs[previous]?.length ?? 0) + 1 });
  }
  const longest = Math.max(0, ...runs.map(({ length }) => length));
  const found: number[] = [];
  for (let at = runs.findIndex(({ length }) => length === longest); at >= 0; at = runs[at]?.previous ?? -1) {
    found.push(runs[at]?.last ?? 0);
  }
  return found.reverse();
}
