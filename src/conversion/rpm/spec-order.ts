import type { PatchTag } from "./spec-tags.js";

/** A patch as the spec shall name it. */
export interface SpecPatch {
  readonly file: string;
  /** From `Patch-id`. */
  readonly id: number | undefined;
  /** Comment lines for the tag; `undefined` leaves those that are there. */
  readonly status: readonly string[] | undefined;
  readonly strip: number;
  /** The commits, for errors. */
  readonly where: string;
}

/** One patch tag of the spec to be: one that stays where it is, or one that is put behind the one before it. */
export interface Placed {
  readonly tag: PatchTag | undefined;
  readonly stays: boolean;
  readonly patch: SpecPatch | undefined;
}

/**
 * The order of the spec's tags: those that are there keep their places as far as the patches' order allows, a new one
 * follows the patch that is applied before it, or goes last. With `keepPlaces`, `%prep` says the order and tags need not.
 */
export function placePatches(
  tags: readonly PatchTag[],
  patches: readonly SpecPatch[],
  keepPlaces: boolean,
): readonly Placed[] {
  const byFile = new Map<string, PatchTag>();
  for (const tag of tags) if (!byFile.has(tag.file)) byFile.set(tag.file, tag);
  const patchOf = new Map(patches.map((patch) => [byFile.get(patch.file), patch]));
  const known = patches.flatMap((patch) => byFile.get(patch.file) ?? []);
  const staying = keepPlaces ? new Set(known) : longestRising(known);
  const moving = new Set(known.filter((tag) => !staying.has(tag)));

  const placed: Placed[] = tags
    .filter((tag) => !moving.has(tag))
    .map((tag) => ({ tag, stays: true, patch: patchOf.get(tag) }));
  return insertNew(placed, patches, { byFile, staying, keepPlaces });
}

interface Known {
  readonly byFile: ReadonlyMap<string, PatchTag>;
  readonly staying: ReadonlySet<PatchTag>;
  readonly keepPlaces: boolean;
}

function insertNew(
  placed: Placed[],
  patches: readonly SpecPatch[],
  { byFile, staying, keepPlaces }: Known,
): readonly Placed[] {
  const lastStaying = patches.findLastIndex((patch) => isStaying(byFile.get(patch.file), staying));
  const behind = new Map<PatchTag | undefined, Placed[]>();
  const atTheEnd: Placed[] = [];
  let anchor: PatchTag | undefined;
  for (const [index, patch] of patches.entries()) {
    const tag = byFile.get(patch.file);
    if (isStaying(tag, staying)) {
      anchor = tag;
      continue;
    }
    const fresh = { tag, stays: false, patch };
    if (index > lastStaying || (keepPlaces && patch.id === undefined)) atTheEnd.push(fresh);
    else behind.set(anchor, [...(behind.get(anchor) ?? []), fresh]);
  }
  const first = placed.findIndex(({ tag }) => isStaying(tag, staying));
  return [
    ...placed.slice(0, Math.max(first, 0)),
    ...(behind.get(undefined) ?? []),
    ...placed.slice(Math.max(first, 0)).flatMap((each) => [each, ...(behind.get(each.tag) ?? [])]),
    ...atTheEnd,
  ];
}

function isStaying(tag: PatchTag | undefined, staying: ReadonlySet<PatchTag>): tag is PatchTag {
  return tag !== undefined && staying.has(tag);
}

/** The largest part of the tags whose lines are already in this order. */
function longestRising(tags: readonly PatchTag[]): Set<PatchTag> {
  const tails: number[] = [];
  const previous: number[] = [];
  for (const [index, { line }] of tags.entries()) {
    const place = lowerBound(tails, (at) => (tags[at]?.line ?? 0) < line);
    previous[index] = place === 0 ? -1 : (tails[place - 1] ?? -1);
    tails[place] = index;
  }
  const rising = new Set<PatchTag>();
  for (let at = tails.at(-1) ?? -1; at >= 0; at = previous[at] ?? -1) {
    const tag = tags[at];
    if (tag !== undefined) rising.add(tag);
  }
  return rising;
}

function lowerBound(tails: readonly number[], isBelow: (at: number) => boolean): number {
  let [low, high] = [0, tails.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBelow(tails[middle] ?? 0)) low = middle + 1;
    else high = middle;
  }
  return low;
}
