import { UserError } from "../../domain/errors.js";
import type { CommitId } from "../../domain/refs.js";
import type { ObjectStore } from "../../git/object-store.js";
import { listFiles } from "../../git/trees.js";
import type { Inspection } from "../layout.js";
import { appliedPatches } from "./applied-patches.js";
import { largestSpec } from "./dist-side.js";
import { listUnsupported } from "./unsupported.js";
import { parseSpec } from "./spec-lines.js";
import { readSpec, type ReadSpec } from "./spec-tags.js";

/** What is understood of the one spec of a dist-git commit. Throws `UserError` when there is none, or more than one. */
export async function inspectRpm(store: ObjectStore, commit: CommitId): Promise<Inspection> {
  const specs = (await listFiles(store, commit)).filter(
    ({ path, mode }) => /^(?:SPECS\/)?[^/]+\.spec$/.test(path) && mode.startsWith("100"),
  );
  // What lies at the top beside SPECS/ is something else.
  const inFolder = specs.filter(({ path }) => path.startsWith("SPECS/"));
  const [only, ...others] = inFolder.length > 0 ? inFolder : specs;
  if (only === undefined) {
    throw new UserError("missing", {
      message: "dist-git has no spec, at the top or in SPECS/",
      remedy: "Name another repository, or say with --layout what it is.",
    });
  }
  if (others.length > 0) {
    throw new UserError("invalid", {
      message: `dist-git has ${others.length + 1} specs`,
      where: [only, ...others].map(({ path }) => path).join(", "),
      remedy: "Name the spec file that is meant.",
    });
  }
  return inspectSpec(await store.readBlob(only.id, largestSpec), only.path);
}

/** What is understood of a spec alone; `path` is how errors call it. */
export function inspectSpec(text: Buffer, path: string): Inspection {
  const read = readSpec(parseSpec(text.toString("latin1")), path);
  const patches = appliedPatches(read);
  const sources = read.named.filter(({ kind, truth }) => kind === "source" && truth !== "false");
  return {
    layout: "rpm",
    package: knownTag(read, "name"),
    version: knownTag(read, "version"),
    sources: sources.map(({ number, file }) => ({ number, file })),
    // What stands in a condition that does not hold is no patch of the package.
    patches: patches
      .filter(({ appliedBy, condition }) => appliedBy !== undefined || condition !== "false")
      .map(({ number, file, strip = 0, folder, appliedBy }) => ({
        ...{ number, file, strip, appliedBy },
        ...(folder === "" ? {} : { folder }),
      })),
    unsupported: listUnsupported(read, patches),
  };
}

function knownTag({ tags }: ReadSpec, name: string): string | undefined {
  const tag = tags.get(name);
  return tag?.trouble === undefined ? tag?.value : undefined;
}
