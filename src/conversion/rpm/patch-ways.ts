import { UserError } from "../../domain/errors.js";
import { restrip } from "../patches/compose-patch.js";
import type { SettledPatch } from "../patches/settle-patches.js";
import { appliedPatches } from "./applied-patches.js";
import type { DistSide } from "./dist-side.js";
import { readPrepCommands } from "./prep-commands.js";
import type { ReadSpec } from "./spec-tags.js";

/** How `%prep` applies a patch. */
export interface PatchWay {
  /** `undefined` where it says none, so that only the paths can tell. */
  readonly strip: number | undefined;
  readonly reverse: boolean;
  /** As much as `-F` allows. */
  readonly fuzz: number | undefined;
}

/** The way of each patch file that a `%prep` applies; of two sides, the first that knows it. */
export function waysOf(...sides: readonly (DistSide | undefined)[]): ReadonlyMap<string, PatchWay> {
  const ways = new Map<string, PatchWay>();
  for (const side of sides) {
    for (const { appliedBy, file, strip, reverse, fuzz } of side?.spec ? appliedPatches(side.spec) : []) {
      if (appliedBy !== undefined && !ways.has(file)) ways.set(file, { strip, reverse, fuzz });
    }
  }
  return ways;
}

/** The patches with the way in which dist-git applies the files that they are. */
export function withWays(
  patches: readonly SettledPatch[],
  ways: ReadonlyMap<string, PatchWay>,
): readonly SettledPatch[] {
  return patches.map((patch) => {
    const way = patch.present === undefined ? undefined : ways.get(patch.present.file);
    return way === undefined ? patch : { ...patch, ...way };
  });
}

/**
 * The patches that are written anew, with as many folders before their paths as `%prep` strips from them. Throws
 * `UserError` ("unsupported") for one that `%prep` applies in reverse.
 */
export function fitWays(
  patches: readonly SettledPatch[],
  { ways, spec }: { ways: ReadonlyMap<string, PatchWay>; spec: ReadSpec | undefined },
): readonly SettledPatch[] {
  // What applies patches of any number will apply a new one.
  const fresh = spec && readPrepCommands(spec.prep).findLast(({ numbers }) => "from" in numbers);
  return patches.map((patch) => {
    const { wanted, content, outcome, present, file } = patch;
    if (outcome !== "added" && outcome !== "changed") return patch;
    const way = ways.get(present?.file ?? file);
    if (way?.reverse === true && content !== present?.content) throw reversed(file);
    // A trailer may ask for a form of its own.
    if (content !== wanted.content || wanted.strip !== 1) return patch;
    const strip = (way ?? (present === undefined ? fresh : undefined))?.strip ?? 1;
    return { ...patch, content: restrip(content, strip), strip };
  });
}

function reversed(file: string): UserError {
  return new UserError("unsupported", {
    message: `${file} is applied in reverse (-R), and its commits changed`,
    where: file,
    remedy: "Drop the commit and make another, or apply the patch without -R in dist-git.",
  });
}
