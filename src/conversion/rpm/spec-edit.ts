import { UserError } from "../../domain/errors.js";
import { encodeText } from "../../git/text.js";
import { appliedPatches } from "./applied-patches.js";
import { SpecDraft } from "./spec-draft.js";
import { numberPatches } from "./spec-numbers.js";
import { placePatches, type Placed, type SpecPatch } from "./spec-order.js";
import { addUse, readPrep, removeUses, withNumbers, type Prep } from "./spec-prep.js";
import { isTagLine, tagPattern, tagValue, type PatchTag, type ReadSpec } from "./spec-tags.js";

export interface SpecEdit {
  /** The patches that the spec shall name, in order of application. */
  readonly patches: readonly SpecPatch[];
  /** Whether a tag whose file is none of them stays all the same. */
  readonly keeps: (file: string) => boolean;
  /** Digits of a new number where no patch tag shows a habit. */
  readonly digits: number;
  /** Those of upstream in which `%prep` applies patches. */
  readonly folders: ReadonlySet<string>;
}

export interface EditedSpec {
  /** The whole text, bytes as latin1. */
  readonly text: string;
  readonly warnings: readonly string[];
}

/** The spec with exactly the tags that are asked for; every other byte stays. Throws `UserError` naming file and line. */
export function editPatches(read: ReadSpec, edit: SpecEdit): EditedSpec {
  const wanted = new Set(edit.patches.map(({ file }) => file));
  const prep = readPrep(read, edit.folders);
  const draft = new SpecDraft(read.spec);
  const staying = read.patches.filter(({ file }) => wanted.has(file) || edit.keeps(file));
  const stays = new Set(staying);
  const gone = read.patches.filter((tag) => !stays.has(tag));
  for (const tag of gone) removeTag(read, draft, { tag, prep, staying });

  const inList = read.patches.some(({ style }) => style === "list") || hasEmptyList(read);
  const byName = !prep.automatic && prep.uses.length > 0;
  const placed = placePatches(staying, edit.patches, byName || (prep.ranged && isInOrder(read, edit)));
  const numbers = inList ? countFromZero(placed) : numberPatches(placed);
  const writer = new TagWriter(read, draft, { edit, numbers, inList });
  writer.write(placed);
  renumberUses(read, draft, { placed, numbers, prep });
  const warnings = applyNew(read, draft, { placed, numbers, prep, patches: edit.patches });
  return { text: draft.toText(), warnings };
}

/** Whether `%prep` applies the patches that are there in the very order in which they are wanted, wherever their tags are. */
function isInOrder(read: ReadSpec, { patches }: SpecEdit): boolean {
  const applied = appliedPatches(read).filter(({ appliedBy }) => appliedBy !== undefined);
  const places = new Map(applied.map(({ file }, place) => [file, place]));
  const wanted = patches.flatMap(({ file }) => places.get(file) ?? []);
  return wanted.every((place, index) => index === 0 || place > (wanted[index - 1] ?? 0));
}

interface Numbered {
  readonly placed: readonly Placed[];
  readonly numbers: ReadonlyMap<Placed, number>;
  readonly prep: Prep;
}

function removeTag(
  read: ReadSpec,
  draft: SpecDraft,
  { tag, prep, staying }: { tag: PatchTag; prep: Prep; staying: readonly PatchTag[] },
): void {
  for (let line = tag.start; line <= tag.line; line += 1) draft.remove(line);
  const shared = staying.some(({ number }) => number === tag.number);
  if (!shared) removeUses(read, draft, { prep, number: tag.number });
}

function hasEmptyList({ spec, patches }: ReadSpec): boolean {
  return patches.length === 0 && spec.lines.some(({ section }) => section === "patchlist");
}

function countFromZero(placed: readonly Placed[]): ReadonlyMap<Placed, number> {
  return new Map(placed.map((each, index) => [each, index]));
}

class TagWriter {
  readonly #read: ReadSpec;
  readonly #draft: SpecDraft;
  readonly #edit: SpecEdit;
  readonly #numbers: ReadonlyMap<Placed, number>;
  readonly #inList: boolean;
  readonly #lastSource: number | undefined;
  /** The columns that tags reach with blanks. */
  readonly #columns: ReadonlySet<number>;
  #begin: number | undefined;

  constructor(
    read: ReadSpec,
    draft: SpecDraft,
    { edit, numbers, inList }: { edit: SpecEdit; numbers: ReadonlyMap<Placed, number>; inList: boolean },
  ) {
    this.#read = read;
    this.#draft = draft;
    this.#edit = edit;
    this.#numbers = numbers;
    this.#inList = inList;
    this.#lastSource = findLastSource(read);
    this.#columns = findColumns(read);
  }

  write(placed: readonly Placed[]): void {
    let anchor: PatchTag | undefined;
    const firstStaying = placed.find(({ stays }) => stays)?.tag;
    for (const each of placed) {
      if (each.stays) {
        anchor = each.tag;
        this.#update(each);
      } else {
        this.#insert(each, anchor, firstStaying);
      }
    }
  }

  #update(placed: Placed): void {
    const { tag, patch } = placed;
    if (tag === undefined) return;
    const number = this.#numbers.get(placed);
    const text = this.#draft.text(tag.line);
    if (tag.style === "numbered" && number !== tag.number) {
      this.#draft.replace(
        tag.line,
        text.replace(tagPattern, (...match) => renumbered(match as string[], number ?? 0)),
      );
    }
    const status = patch?.status?.map(comment);
    const old = this.#read.spec.lines.slice(tag.start, tag.line).map((line) => line.text);
    if (status === undefined || saysTheSame(old, status)) return;
    for (let line = tag.start; line < tag.line; line += 1) this.#draft.remove(line);
    this.#draft.insertBefore(tag.line, status);
  }

  #insert(placed: Placed, anchor: PatchTag | undefined, firstStaying: PatchTag | undefined): void {
    const { tag, patch } = placed;
    const moved = tag === undefined ? undefined : this.#take(tag);
    const comments = patch?.status?.map(comment) ?? moved ?? [];
    const near = anchor ?? firstStaying ?? tag;
    const texts = [...comments, this.#tagLine(placed, near)];
    if (anchor !== undefined) this.#draft.insertBehind(this.#draft.behindBlock(anchor.line), texts);
    else if (firstStaying !== undefined) this.#draft.insertBefore(this.#placeBefore(firstStaying), texts);
    else this.#draft.insertBehind((this.#begin ??= this.#firstPlace()), texts);
  }

  /** Removes a tag that moves; answers its comment lines. */
  #take(tag: PatchTag): string[] {
    const comments = this.#read.spec.lines.slice(tag.start, tag.line).map(({ text }) => text);
    for (let line = tag.start; line <= tag.line; line += 1) this.#draft.remove(line);
    return comments;
  }

  #placeBefore(tag: PatchTag): number {
    const block = this.#draft.beforeBlock(tag.line);
    return block === tag.line ? tag.start : block;
  }

  #tagLine(placed: Placed, near: PatchTag | undefined): string {
    const file = tagValue(placed.patch?.file ?? placed.tag?.file ?? "");
    if (this.#inList) return file;
    const number = this.#numbers.get(placed) ?? 0;
    const line = near?.line ?? this.#lastSource;
    const match = line === undefined ? null : tagPattern.exec(this.#read.spec.lines[line]?.text ?? "");
    if (match === null) return `Patch${padded(number, this.#edit.digits)}: ${file}`;
    const [, indent = "", word = "", digits = "", colon = "", gap = ""] = match;
    const patchWord = word.toLowerCase() === "patch" ? word : likeCase(word);
    const isPatch = word.toLowerCase() === "patch";
    const width = isPatch ? (digits.startsWith("0") ? digits.length : 1) : this.#edit.digits;
    const label = isPatch && digits === "" ? patchWord : `${patchWord}${padded(number, width)}`;
    const column = `${word}${digits}${colon}${gap}`.length;
    // Where another tag reaches this column with blanks, a single blank is alignment, too.
    const habit = this.#columns.has(column) ? "  " : gap;
    return `${indent}${label}${colon}${alignedGap(habit, column - `${label}${colon}`.length)}${file}`;
  }

  /** Behind the last source, else behind the last tag of the preamble; `%patchlist` begins behind its name. */
  #firstPlace(): number {
    const { lines } = this.#read.spec;
    const list = lines.findIndex(({ section, kind }) => section === "patchlist" && kind === "section");
    if (this.#inList && list >= 0) return list;
    const source = this.#lastSource;
    const tag = lines.findLastIndex(
      (line) => line.section === "preamble" && isTagLine(line) && /^\s*\w+\s*:/.test(line.text),
    );
    const place = source ?? (tag < 0 ? undefined : tag);
    if (place !== undefined) return this.#draft.behindBlock(place);
    throw new UserError("invalid", { message: "this spec has no tags", where: this.#read.path });
  }
}

function findLastSource({ spec }: ReadSpec): number | undefined {
  const line = spec.lines.findLastIndex(
    (each) => isTagLine(each) && tagPattern.exec(each.text)?.[2]?.toLowerCase() === "source",
  );
  return line < 0 ? undefined : line;
}

function findColumns({ spec }: ReadSpec): ReadonlySet<number> {
  const columns = new Set<number>();
  for (const line of spec.lines) {
    const match = isTagLine(line) ? tagPattern.exec(line.text) : null;
    if (match === null || !/^ {2,}$/.test(match[5] ?? "")) continue;
    columns.add(match.slice(2, 6).join("").length);
  }
  return columns;
}

function renumbered(match: readonly string[], number: number): string {
  const [, indent = "", word = "", digits = "", colon = "", gap = "", value = "", end = ""] = match;
  const label = `${word}${padded(number, digits.startsWith("0") ? digits.length : 1)}`;
  const width = `${word}${digits}${colon}${gap}`.length - `${label}${colon}`.length;
  return `${indent}${label}${colon}${alignedGap(gap, width)}${value}${end}`;
}

function padded(number: number, digits: number): string {
  return String(number).padStart(digits, "0");
}

/** Values that stood in a column still do; a single blank or a tab is a habit of its own. */
function alignedGap(gap: string, width: number): string {
  return /^ {2,}$/.test(gap) ? " ".repeat(Math.max(1, width)) : gap;
}

function likeCase(word: string): string {
  if (word === word.toUpperCase()) return "PATCH";
  return word === word.toLowerCase() ? "patch" : "Patch";
}

/** A trailer made by another tool has forgotten how the signs and blanks of a comment stood. */
function saysTheSame(one: readonly string[], other: readonly string[]): boolean {
  const [said, alsoSaid] = [one, other].map((lines) =>
    lines.map((line) => line.replace(/^[\s#]+|\s+$/g, "")),
  );
  return said?.join("\n") === alsoSaid?.join("\n");
}

function comment(line: string): string {
  const text = encodeText(line.trimEnd()).toString("latin1");
  return text.startsWith("#") ? text : `# ${text}`.trimEnd();
}

/** Patches that had to make room are known by their new number everywhere. */
function renumberUses(read: ReadSpec, draft: SpecDraft, { placed, numbers, prep }: Numbered): void {
  const moves = new Map<number, number>();
  for (const each of placed) {
    const [from, to] = [each.tag?.number, numbers.get(each)];
    if (from !== undefined && to !== undefined && from !== to) moves.set(from, to);
  }
  if (moves.size === 0) return;
  if (prep.ranged) {
    throw new UserError("unsupported", {
      message: "patches would have to be renumbered, but %autopatch applies a range of numbers",
      where: read.path,
      remedy: "Leave a gap in the Patch-id trailers, or add the change after the others.",
    });
  }
  const renumber = (digits: string) => String(moves.get(Number(digits)) ?? digits);
  for (const [index, { kind }] of read.spec.lines.entries()) {
    if (kind === "comment" || kind === "blank") continue;
    const text = draft.text(index);
    const named = text.replace(
      /(%\{?(?:patch|PATCH|P:))(\d+)/g,
      (_, macro: string, digits: string) => macro + renumber(digits),
    );
    const changed = withNumbers(named, (number) => moves.get(number) ?? number);
    if (changed !== text) draft.replace(index, changed);
  }
}

/** Every new patch is applied in `%prep`, behind those that come before it. */
function applyNew(
  read: ReadSpec,
  draft: SpecDraft,
  { placed, numbers, prep, patches }: Numbered & { patches: readonly SpecPatch[] },
): string[] {
  const warnings: string[] = [];
  const earlier: number[] = [];
  const byPatch = new Map(placed.map((each) => [each.patch, each]));
  for (const patch of patches) {
    const each = byPatch.get(patch);
    const number = (each && numbers.get(each)) ?? 0;
    if (each?.tag === undefined && !prep.applies(number)) {
      addUse(read, draft, { prep, use: { number, strip: patch.strip, earlier: [...earlier] } });
    } else if (each?.tag === undefined && prep.strip !== undefined && prep.strip !== patch.strip) {
      const applied = `%prep of ${read.path} applies patches with -p${prep.strip}`;
      warnings.push(`${patch.file} wants -p${patch.strip}, but ${applied}`);
    }
    earlier.push(number);
  }
  return warnings;
}
