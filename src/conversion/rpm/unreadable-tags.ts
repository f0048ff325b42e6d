import type { SettledPatches } from "../patches/settle-patches.js";
import type { DistSide } from "./dist-side.js";
import type { PatchTag, ReadSpec } from "./spec-tags.js";

/** The tags whose file nobody can know without executing what the spec says. */
export function unreadableTags(spec: ReadSpec | undefined): readonly PatchTag[] {
  return spec?.patches.filter(({ trouble }) => trouble !== undefined) ?? [];
}

/**
 * What is said of tags that cannot be read: they stay, with the files that they name. Throws the `UserError` ("unsupported")
 * of the first where its value is needed: a patch file that changes or goes, or would be named anew, and that no other tag
 * names, may be the one that it means.
 */
export function keepUnreadable(
  { patches, removed }: SettledPatches,
  { spec, named, files, patchFolder }: DistSide,
): readonly string[] {
  const tags = unreadableTags(spec);
  const [first] = tags;
  if (first?.trouble === undefined) return [];
  const touched = patches
    .filter(({ outcome, wanted }) => outcome !== "dropped" && !wanted.presentInSpecfile)
    .flatMap(({ file, present }) => (present === undefined ? [] : [[present.file, file]]));
  const doubtful = [...touched, ...removed.map((file) => [file])].some(
    (names) => !names.some((name) => named.has(name)) && files.has(`${patchFolder}${names[0] ?? ""}`),
  );
  if (doubtful) throw first.trouble;
  return tags.map(
    ({ trouble }) =>
      `${trouble?.where ?? ""} stays as it is, with the file that it names, which cannot be known: ${reasonOf(trouble)}`,
  );
}

function reasonOf(trouble: PatchTag["trouble"]): string {
  return (trouble?.message ?? "").replace(/, and its value is needed here$/, "");
}

/** Throws for a tag that `before` did not have: what it names may be the patch of a commit. */
export function refuseNewUnreadable(before: ReadSpec, after: ReadSpec): void {
  const known = new Set(unreadableTags(before).map(({ file }) => file));
  const fresh = unreadableTags(after).find(({ file }) => !known.has(file));
  if (fresh?.trouble !== undefined) throw fresh.trouble;
}
