import { UserError } from "../../domain/errors.js";
import type { ObjectStore } from "../../git/object-store.js";
import type { SettledPatch } from "../patches/settle-patches.js";
import type { Touch } from "../patches/touches.js";
import { isNative } from "./control.js";
import type { QuiltSide } from "./quilt-side.js";
import type { Sides } from "./read-sides.js";

interface Fresh {
  readonly patches: readonly SettledPatch[];
  readonly touches: readonly Touch[];
}

/**
 * What a package cannot have, or only in part, though Sluice can write it. Throws `UserError` ("unsupported") for patches
 * of a package that has no place for them; the rest are warnings.
 */
export async function findLimits({ dist, there }: Sides, { patches, touches }: Fresh): Promise<string[]> {
  const added = patches.filter(({ outcome }) => outcome === "added");
  const changed = patches.filter(({ outcome }) => outcome === "added" || outcome === "changed");
  const [first] = added;
  if (first !== undefined) await requirePlaceForPatches(dist, there, first);
  const warnings = changed.flatMap((patch) => contentLimits(patch, touches));
  if (first !== undefined && there.format === "1.0" && there.patches.length === 0) {
    warnings.push(
      `${first.file} is the first patch of a package of format 1.0: debian/rules has to apply it`,
    );
  }
  return warnings;
}

async function requirePlaceForPatches(
  dist: ObjectStore,
  { format, files, patches }: QuiltSide,
  { file }: SettledPatch,
): Promise<void> {
  if (isNative(format)) {
    throw new UserError("unsupported", {
      message: `${file} would be a patch, and a native package has none`,
      where: "debian/source/format",
      remedy: "Use the layout plain for a native package, or make it 3.0 (quilt).",
    });
  }
  if (patches.length > 0 || !(await keepsSinglePatch(dist, files))) return;
  throw new UserError("unsupported", {
    message: `${file} would be a patch, and the package leaves its patch to dpkg-source`,
    where: "debian/source/options",
    remedy:
      "Remove single-debian-patch from debian/source/options, and revert the upstream files in dist-git.",
  });
}

async function keepsSinglePatch(dist: ObjectStore, files: QuiltSide["files"]): Promise<boolean> {
  const paths = ["debian/source/options", "debian/source/local-options"];
  const entries = paths.flatMap((path) => files.get(path) ?? []);
  const texts = await Promise.all(entries.map(({ id }) => dist.readBlob(id, 65_536)));
  return texts.some((text) => /^[ \t]*(?:--)?single-debian-patch/m.test(text.toString("latin1")));
}

/** What `patch`, as dpkg-source calls it, does not do. */
function contentLimits({ file, wanted }: SettledPatch, touches: readonly Touch[]): string[] {
  const commits = new Set(wanted.line);
  return touches
    .filter(({ commit }) => commits.has(commit))
    .flatMap(({ path, before, after }) => {
      const what = limitOf(before?.mode, after?.mode);
      return what === undefined ? [] : `${file} ${what} ${path}, which dpkg-source does not carry out`;
    });
}

function limitOf(before: string | undefined, after: string | undefined): string | undefined {
  if (before === "120000" || after === "120000") return "changes the symbolic link";
  if (before !== undefined && after !== undefined && before !== after) return "changes the mode of";
  return undefined;
}
