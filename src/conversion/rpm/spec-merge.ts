import type { UserError } from "../../domain/errors.js";
import { conflictLinesOf, mergeIncluded, mergeTexts } from "../../git/merge.js";
import type { ObjectStore } from "../../git/object-store.js";
import { SpecDraft } from "./spec-draft.js";
import { formatLines, parseSpec, splitLines, type SpecLine } from "./spec-lines.js";
import { readPrep } from "./spec-prep.js";
import { readPatchTags, type ReadSpec } from "./spec-tags.js";

export interface SpecSides {
  readonly path: string;
  /** source-git's spec now. */
  readonly head: string;
  /** dist-git's spec now. */
  readonly dist: string;
  /** source-git's spec at the last synchronised point, if there is one. */
  readonly last: string | undefined;
  /** dist-git's spec at that point. */
  readonly lastDist?: string | undefined;
  readonly syncChangelog: boolean;
  /** What is said where both changed the same lines. */
  readonly conflict: (lines: string) => Promise<UserError>;
}

export interface MergedSpec {
  /** The text before its patch tags are brought up to date. */
  readonly text: string;
  /** Tags that the text lost on the way, with their comment lines; they must be named anew. */
  readonly lost: ReadonlyMap<string, readonly string[]>;
  readonly warnings: readonly string[];
}

const nothingLost: ReadonlyMap<string, readonly string[]> = new Map();

/**
 * dist-git's spec with what source-git changed in its own since they were last in step. Throws `UserError` ("conflict")
 * when both changed the same lines.
 */
export async function mergeSpecs(store: ObjectStore, sides: SpecSides): Promise<MergedSpec> {
  const { path, dist, syncChangelog } = sides;
  const [head, last, lastDist] = [sides.head, sides.last, sides.lastDist].map((text) =>
    text === undefined || syncChangelog ? text : keepRelease(text, dist),
  );
  if (head === undefined) throw new Error("a spec is a text");
  if (last === undefined) return mergeStrangers(store, { path, dist, head });
  const merged =
    (await mergeThroughThen(store, { path, head, dist, last, lastDist })) ??
    (await mergeOnce(store, { path, head, dist, last }));
  if (merged !== undefined && merged !== "conflict") return merged;
  throw await sides.conflict(await conflictLinesOf(store, { base: last, ours: dist, theirs: head }));
}

interface ThreeSpecs {
  readonly path: string;
  readonly head: string;
  readonly dist: string;
  readonly last: string;
}

/**
 * What source-git changed is brought to dist-git's spec as it was when they were last in step, and then what dist-git alone
 * changed since: of two siblings that both sides merged, the point names the second, and dist-git had both. `undefined` where
 * that changes nothing, or cannot be.
 */
async function mergeThroughThen(
  store: ObjectStore,
  { path, head, dist, last, lastDist }: ThreeSpecs & { readonly lastDist: string | undefined },
): Promise<MergedSpec | "conflict" | undefined> {
  if (lastDist === undefined || lastDist === dist || last === head) return undefined;
  const then = await mergeOnce(store, { path, head, dist: lastDist, last });
  if (then === undefined) return undefined;
  const now = await mergeOnce(store, { path, head: then.text, dist, last: lastDist });
  if (now === undefined) return "conflict";
  const tags = foreignTags(dist, now.text, path);
  const lost = [...tags].filter(([file]) => then.lost.has(file) || now.lost.has(file));
  return { ...now, lost: new Map(lost) };
}

/** `undefined` when both changed the same lines. */
async function mergeOnce(
  store: ObjectStore,
  { path, head, dist, last }: ThreeSpecs,
): Promise<MergedSpec | undefined> {
  const merged = await mergeTexts(store, { base: last, ours: dist, theirs: head });
  if (merged !== undefined) return { text: merged, lost: nothingLost, warnings: [] };

  // Patch tags that only dist-git's spec has stand beside lines that changed: take them out and name them anew.
  const lost = foreignTags(dist, head, path);
  const [base, ours] = [withoutForeignTags(last, head, path), withoutForeignTags(dist, head, path)];
  const bare =
    (await mergeTexts(store, { base, ours, theirs: head })) ??
    (await mergeWithoutUses(store, { last, dist, head, path })) ??
    (await mergeIncluded(store, { base, ours, theirs: head }));
  return bare === undefined ? undefined : { text: bare, lost, warnings: [] };
}

/** Of two that were never in step, source-git's tells where they differ. */
async function mergeStrangers(
  store: ObjectStore,
  { path, head, dist }: Omit<ThreeSpecs, "last">,
): Promise<MergedSpec> {
  const base = withoutForeignPatches(dist, head, path);
  const merged = await mergeTexts(store, { base, ours: dist, theirs: head });
  if (merged !== undefined) return { text: merged, lost: nothingLost, warnings: [] };
  const lost = foreignTags(dist, head, path);
  const ours = withoutForeignTags(dist, head, path);
  const bare = await mergeTexts(store, { base, ours, theirs: head });
  if (bare !== undefined) return { text: bare, lost, warnings: [] };
  const warning = `${path} is taken from source-git: it differs from dist-git's, and the two were never synchronised`;
  return { text: head, lost, warnings: [warning] };
}

/** Without the lines of `%prep`, too, that apply the foreign patches; where each says no more than is known of its patch. */
async function mergeWithoutUses(
  store: ObjectStore,
  { last, dist, head, path }: ThreeSpecs,
): Promise<string | undefined> {
  const [base, ours] = [last, dist].map((text) => withoutForeignUses(text, head, path));
  return base === undefined || ours === undefined
    ? undefined
    : mergeTexts(store, { base, ours, theirs: head });
}

const bareUse = /^\s*%(?:patch\d+|\{patch\d+\}|patch\s+(?:-P\s*)?\d+)\s+-p\d+\s*$/;

function withoutForeignUses(text: string, head: string, path: string): string | undefined {
  const foreign = foreignTags(text, head, path);
  const read: ReadSpec = readPatchTags(parseSpec(text), path);
  const draft = new SpecDraft(read.spec);
  const numbers = new Set(read.patches.flatMap((tag) => (foreign.has(tag.file) ? tag.number : [])));
  for (const { line, number } of readPrep(read).uses) {
    if (!numbers.has(number)) continue;
    if (!bareUse.test(draft.text(line))) return undefined;
    draft.remove(line);
  }
  removeTags(draft, read, foreign);
  return draft.toText();
}

function removeTags(draft: SpecDraft, read: ReadSpec, gone: ReadonlyMap<string, unknown>): void {
  for (const tag of read.patches) {
    for (let line = tag.start; gone.has(tag.file) && line <= tag.line; line += 1) draft.remove(line);
  }
}

function foreignTags(dist: string, head: string, path: string): ReadonlyMap<string, readonly string[]> {
  const known = new Set(readPatchTags(parseSpec(head), path).patches.map(({ file }) => file));
  const read = readPatchTags(parseSpec(dist), path);
  const comments = ({ start, line }: { start: number; line: number }) =>
    read.spec.lines.slice(start, line).map(({ text }) => text);
  return new Map(read.patches.filter(({ file }) => !known.has(file)).map((tag) => [tag.file, comments(tag)]));
}

/** The text without the patch tags that `head` does not have. */
export function withoutForeignTags(text: string, head: string, path: string): string {
  const foreign = foreignTags(text, head, path);
  const read: ReadSpec = readPatchTags(parseSpec(text), path);
  const draft = new SpecDraft(read.spec);
  removeTags(draft, read, foreign);
  return draft.toText();
}

/** Without the lines of `%prep`, too, that apply these patches and no others. */
function withoutForeignPatches(text: string, head: string, path: string): string {
  const foreign = foreignTags(text, head, path);
  const read: ReadSpec = readPatchTags(parseSpec(text), path);
  const draft = new SpecDraft(read.spec);
  const own = new Set(read.patches.flatMap(({ file, number }) => (foreign.has(file) ? [] : number)));
  const { uses } = readPrep(read);
  const shared = new Set(uses.filter(({ number }) => own.has(number)).map(({ line }) => line));
  const numbers = new Set(read.patches.map(({ number }) => number));
  for (const { line, number } of uses) {
    if (!shared.has(line) && numbers.has(number)) draft.remove(line);
  }
  removeTags(draft, read, foreign);
  return draft.toText();
}

/** The text with Version, Release and %changelog of another. */
export function keepRelease(text: string, from: string): string {
  let result = text;
  for (const tag of ["version", "release"]) {
    const kept = tagLine(parseSpec(from).lines, tag);
    const lines = parseSpec(result).lines;
    const own = tagLine(lines, tag);
    if (kept === undefined || own === undefined) continue;
    result = formatLines(
      lines.map((line, index) => (index === own.index ? { text: kept.text, end: line.end } : line)),
    );
  }
  return withChangelog(result, from);
}

function tagLine(lines: readonly SpecLine[], tag: string): { index: number; text: string } | undefined {
  const pattern = new RegExp(`^\\s*${tag}\\s*:`, "i");
  const index = lines.findIndex((line) => line.section === "preamble" && pattern.test(line.text));
  const found = lines[index];
  return found && { index, text: found.text };
}

function withChangelog(text: string, from: string): string {
  const [own, kept] = [parseSpec(text).lines, parseSpec(from).lines];
  const isChangelog = ({ section }: SpecLine) => section === "changelog";
  const start = own.findIndex(isChangelog);
  const keptLines = kept.filter(isChangelog);
  if (start < 0 || keptLines.length === 0) return text;
  const end = own.findLastIndex(isChangelog) + 1;
  return formatLines([...own.slice(0, start), ...splitLines(formatLines(keptLines)), ...own.slice(end)]);
}
