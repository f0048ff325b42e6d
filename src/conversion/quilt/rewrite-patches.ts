import { composePatch, restrip } from "../patches/compose-patch.js";
import { readFileChanges } from "../patches/file-changes.js";
import type { SettledPatch } from "../patches/settle-patches.js";
import type { Touch } from "../patches/touches.js";
import { saysAnew } from "./header-changes.js";
import type { Sides } from "./read-sides.js";

/**
 * The settled patches with as many of dist-git's bytes as can stay: where the code changed, its header does; where the
 * message changed, its diff does. Throws `UserError` ("conflict") where dist-git changed a header, too.
 */
export async function rewritePatches(
  patches: readonly SettledPatch[],
  sides: Sides,
  touches: readonly Touch[],
): Promise<readonly SettledPatch[]> {
  const rewritten: SettledPatch[] = [];
  for (const patch of patches) rewritten.push(await rewrite(patch, sides, touches));
  return rewritten;
}

/** The patches that are new altogether, written for the `-p` that the line of their file in the series asks for. */
export function fitStrips(patches: readonly SettledPatch[], sides: Sides): readonly SettledPatch[] {
  return patches.map((patch) => {
    const strip = stripOf(patch, sides);
    const isFresh = patch.content === patch.wanted.content && patch.outcome !== "kept";
    return isFresh ? { ...patch, content: restrip(patch.content, strip), strip } : patch;
  });
}

async function rewrite(patch: SettledPatch, sides: Sides, touches: readonly Touch[]): Promise<SettledPatch> {
  const { wanted, content, present, outcome } = patch;
  const strip = stripOf(patch, sides);
  const isOurs = outcome === "kept" || outcome === "changed";
  if (!isOurs || present === undefined || wanted.content === undefined) {
    return outcome === "added" ? patch : { ...patch, strip };
  }
  const code = content !== present.content;
  const message = await saysAnew({ wanted, present }, sides);
  if (!code && !message) return { ...patch, strip };
  const fresh = wanted.content;
  const own = touches.filter(({ commit }) => wanted.line.includes(commit));
  const files = code ? await readFileChanges(sides.source, own) : undefined;
  const composed = composePatch({ old: present.content, strip, fresh, changed: { message, code }, files });
  return { ...patch, content: composed, strip, outcome: "changed" };
}

function stripOf({ file, present }: SettledPatch, { there }: Sides): number {
  return there.strips.get(present?.file ?? file) ?? 1;
}
