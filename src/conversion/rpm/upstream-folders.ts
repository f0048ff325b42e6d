import type { CommitId } from "../../domain/refs.js";
import type { ObjectStore } from "../../git/object-store.js";
import { findEntry } from "../../git/trees.js";
import { readPrepCommands } from "./prep-commands.js";
import type { ReadSpec } from "./spec-tags.js";

/**
 * The folders in which specs apply patches, as far as upstream has them: any other is of a second archive, or the archive's
 * own name for the top.
 */
export async function upstreamFolders(
  source: ObjectStore,
  base: CommitId,
  specs: readonly (ReadSpec | undefined)[],
): Promise<ReadonlySet<string>> {
  const named = specs.flatMap((spec) => readPrepCommands(spec?.prep ?? []).map(({ folder }) => folder ?? ""));
  const found = new Set<string>();
  for (const folder of new Set(named.filter((each) => each !== ""))) {
    if ((await findEntry(source, base, folder))?.mode === "40000") found.add(folder);
  }
  return found;
}
