import { UserError } from "../../domain/errors.js";
import type { Placed } from "./spec-order.js";

/**
 * The number of every placed tag. What is there keeps its number; a new one takes its `Patch-id`, else the next after the
 * one before it, and pushes those behind it on only as far as it must. Throws `UserError` ("invalid") naming the commit
 * whose `Patch-id` does not exceed the numbers before it.
 */
export function numberPatches(placed: readonly Placed[]): ReadonlyMap<Placed, number> {
  const numbers = new Map<Placed, number>();
  const taken = new Set<number>();
  let last = numberBeforeFirst(placed);
  let pushing = false;
  for (const each of placed) {
    const number =
      each.stays && each.patch?.id === undefined
        ? stayingNumber(each, last, pushing)
        : newNumber(each, { last, taken });
    if (!each.stays) pushing = true;
    else if (number === each.tag?.number && number > last) pushing = false;
    numbers.set(each, number);
    taken.add(number);
    last = Math.max(last, number);
  }
  return numbers;
}

/** Where counting starts: at 1, or so that new tags before the first one fit below its number. */
function numberBeforeFirst(placed: readonly Placed[]): number {
  const firstStaying = placed.findIndex(({ stays }) => stays);
  const first = placed[firstStaying]?.tag?.number;
  if (first === undefined) return 0;
  if (firstStaying === 0) return first - 1;
  return first - firstStaying >= 1 ? first - firstStaying - 1 : Math.min(first, 1) - 1;
}

/** A number that does not rise was so before us (two branches of a condition): only what we push on changes. */
function stayingNumber({ tag }: Placed, last: number, pushing: boolean): number {
  const number = tag?.number ?? last + 1;
  return pushing && number <= last ? last + 1 : number;
}

function newNumber(
  { patch, tag }: Placed,
  { last, taken }: { last: number; taken: ReadonlySet<number> },
): number {
  const id = patch?.id;
  if (id === undefined) return last + 1;
  if (id > last || (tag !== undefined && id === tag.number && !taken.has(id))) return id;
  // What dist-git has already may have been overtaken by patches that came before it.
  if (tag !== undefined) return tag.number > last ? tag.number : last + 1;
  throw new UserError("invalid", {
    message: `Patch-id ${id} does not exceed ${last}, the number of the patch before it`,
    where: patch?.where ?? "",
    remedy: "Give the commit a higher Patch-id, or leave the trailer out.",
  });
}
