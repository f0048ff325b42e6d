import { UserError } from "../../domain/errors.js";
import { shortCommit } from "../../domain/refs.js";
import { restrip } from "../patches/compose-patch.js";
import { intoFolder } from "../patches/patch-folder.js";
import type { SettledPatch } from "../patches/settle-patches.js";
import { appliedPatches } from "./applied-patches.js";
import type { DistSide } from "./dist-side.js";
import { readPrepCommands } from "./prep-commands.js";
import type { ReadSpec } from "./spec-tags.js";

/** How `%prep` applies a patch. */
export interface PatchWay {
  /** `undefined` where it says none, so that only the paths can tell. */
  readonly strip: number | undefined;
  /** The folder of upstream's in which it does. */
  readonly folder: string;
  readonly reverse: boolean;
  /** As much as `-F` allows. */
  readonly fuzz: number | undefined;
}

/**
 * The way of each patch file that a `%prep` applies, among the folders that upstream has; of two sides, the first that
 * knows it.
 */
export function waysOf(
  folders: ReadonlySet<string>,
  ...sides: readonly (DistSide | undefined)[]
): ReadonlyMap<string, PatchWay> {
  const ways = new Map<string, PatchWay>();
  for (const patch of sides.flatMap((side) => (side?.spec ? appliedPatches(side.spec) : []))) {
    const { appliedBy, file, strip, folder, reverse, fuzz } = patch;
    if (appliedBy === undefined || ways.has(file)) continue;
    ways.set(file, { strip, folder: folders.has(folder) ? folder : "", reverse, fuzz });
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

interface Fitting {
  readonly ways: ReadonlyMap<string, PatchWay>;
  readonly spec: ReadSpec | undefined;
  /** Those that upstream has. */
  readonly folders: ReadonlySet<string>;
}

/**
 * The patches that are written anew, with as many folders before their paths as `%prep` strips from them, and without
 * those in which it applies them. Throws `UserError` ("unsupported") for one that `%prep` applies in reverse, or in a folder
 * that it leaves.
 */
export function fitWays(
  patches: readonly SettledPatch[],
  { ways, spec, folders }: Fitting,
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
    const next = way ?? (present === undefined ? fresh : undefined);
    const { strip = 1, folder = "" } = next ?? {};
    const inside = intoFolder(content, folders.has(folder) ? folder : "");
    if (inside === undefined) throw outside({ ...patch, folder });
    return { ...patch, content: restrip(inside, strip), strip };
  });
}

/** What a patch that `%prep` applies in a folder cannot hold. */
export function outside({ file, wanted, folder = "" }: SettledPatch): UserError {
  return new UserError("unsupported", {
    message: `%prep applies ${file} in the folder ${folder}, and its commits change files outside of it`,
    where: wanted.commits.map((commit) => `commit ${shortCommit(commit)}`).join(", "),
    remedy: "Change the other files in a commit of its own, which becomes a patch of its own.",
  });
}

function reversed(file: string): UserError {
  return new UserError("unsupported", {
    message: `${file} is applied in reverse (-R), and its commits changed`,
    where: file,
    remedy: "Drop the commit and make another, or apply the patch without -R in dist-git.",
  });
}
