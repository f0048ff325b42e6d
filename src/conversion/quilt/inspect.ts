import type { CommitId } from "../../domain/refs.js";
import type { ObjectStore } from "../../git/object-store.js";
import type { Inspection } from "../layout.js";
import { readPackageFacts } from "./control.js";
import { otherSeries } from "./other-series.js";
import { patchFolder, readQuiltSide, type QuiltSide } from "./quilt-side.js";
import { patchesOf } from "./series-file.js";
import { noPackaging } from "./trouble.js";

/**
 * What Sluice understands of a Debian source package. A patch's number is its place in the series, from 1. Sources are none,
 * for the tarballs of a release are not named in `debian/`. The lines of `unsupported` are those of the series; 1 where
 * something else is meant.
 */
export async function inspectQuilt(store: ObjectStore, commit: CommitId): Promise<Inspection> {
  const side = await readQuiltSide(store, commit);
  if (side.files.size === 0) throw noPackaging(commit);
  const facts = await readPackageFacts(store, side);
  return {
    layout: "quilt",
    package: facts.package,
    version: facts.version,
    sources: [],
    patches: patchesOf(side.series).map(({ file, strip }, index) => ({
      number: index + 1,
      file,
      strip,
      appliedBy: "series",
    })),
    unsupported: [...side.series.problems, ...otherSeries(side), ...otherSystems(side)],
  };
}

/** Patches that no series lists, because the package has another system for them. */
function otherSystems({ files, format }: QuiltSide): { line: number; reason: string }[] {
  const found: { line: number; reason: string }[] = [];
  if (files.has(`${patchFolder}00list`)) {
    found.push({ line: 1, reason: "debian/patches/00list is dpatch's, which is not supported" });
  }
  if (!/^(?:1\.0|3\.0 \((?:quilt|native)\))$/.test(format)) {
    found.push({ line: 1, reason: `the source format ${format} is not supported` });
  }
  return found;
}
