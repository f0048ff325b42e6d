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

/** Whether a folder that upstream does not have is what the first archive itself unpacks to, or in there. */
export function isOwnName(folder: string, { named, tags }: ReadSpec): boolean {
  const [first] = named
    .filter(({ kind }) => kind === "source")
    .toSorted((one, other) => one.number - other.number);
  const released = `${tags.get("name")?.value ?? ""}-${tags.get("version")?.value ?? ""}`;
  const archive = first?.file.replace(/\.(?:t[a-z0-9]+|zip|tar\.[A-Za-z0-9]+)$/, "");
  const [top] = folder.split("/");
  return top === released || top === archive;
}
