import { UserError } from "../../domain/errors.js";
import type { CommitId } from "../../domain/refs.js";
import { copyTree } from "../../git/transfer.js";
import { editTree, listFiles, type TreeFile } from "../../git/trees.js";
import type { Converted, Inspection, Layout, SourceToDist } from "../layout.js";
import { lastCommitOn } from "../patches/settle-patches.js";
import { carriedUpTo, listCommitsToCarry } from "../pending.js";
import { findSourceFiles, staysUnsynchronised } from "../provenance.js";
import { bringHome } from "./bring-home.js";
import { distNames, findJointBase, sourceNames, type JointBase } from "./joint-base.js";
import { mergeOvertaken } from "./overtaken.js";
import { readPlainConfiguration, type PlainConfiguration } from "./plain-configuration.js";
import { foldersOf } from "../room.js";
import { project, type Selection } from "./projection.js";
import { shareWithDist } from "./shared-history.js";
import { startPlain } from "./start.js";

/** dist-git's branch holds source-git's tree, or what `include` and `exclude` choose of it. */
export const plainLayout: Layout = {
  name: "plain",
  sourceToDist,
  distToSource: bringHome,
  start: startPlain,
  inspect: () => Promise.resolve(nothingInside),
};

const nothingInside: Inspection = {
  layout: "plain",
  package: undefined,
  version: undefined,
  sources: [],
  patches: [],
  unsupported: [],
};

async function sourceToDist(request: SourceToDist): Promise<Converted> {
  const { source, head, dist, tip } = request;
  const configuration = await readPlainConfiguration(source, head);
  if (configuration.history === "shared") return shareWithDist(request);
  const wanted = await project(source, head, configuration);
  await copyTree(source, dist, wanted);
  const narrow: Selection = { carries: (path) => !configuration.keeps(path), whole: configuration.whole };
  const base = await findJointBase(request, { into: dist, narrow });
  const present = (await dist.readCommit(tip)).tree;
  const { tree, warnings } =
    base === undefined
      ? await replaceFiles(request, { wanted, configuration })
      : { tree: await mergeFiles(request, { base, present, wanted }), warnings: [] };
  return {
    tree,
    changed: tree !== present,
    patches: [],
    commits: tree === present ? [] : await commitsSince(request, base),
    warnings,
  };
}

/** Three-way: what dist-git alone changed since the two were in step stays. */
async function mergeFiles(
  { source, head, target = head, dist, tip }: SourceToDist,
  { base, present, wanted }: { base: JointBase; present: string; wanted: string },
): Promise<string> {
  const trees = { base: base.tree, ours: present, theirs: wanted };
  const merged = await mergeOvertaken(dist, trees, { source, since: base.since, target, tip });
  if (merged.outcome === "merged") return merged.tree;
  const path = merged.files[0] ?? "";
  const [there, here] = await Promise.all([
    lastCommitOn(dist, { path, since: base.dist[0], tip }),
    lastCommitOn(source, { path, since: base.source[0], tip: head }),
  ]);
  throw new UserError("conflict", {
    message: `${merged.files.join(", ")} was changed in dist-git${there} and in source-git${here}`,
    where: path,
    remedy: "Carry dist-git's change over to source-git first, then convert again.",
  });
}

interface Replaced {
  readonly tree: string;
  readonly warnings: readonly string[];
}

/**
 * Without a common state there is nothing to compare with: source-git's files, beside those that dist-git keeps, and those
 * that it alone has. Throws `UserError` ("conflict") where a file of one stands in the place of a folder of the other.
 */
async function replaceFiles(
  { source, head, target, dist, tip }: SourceToDist,
  { wanted, configuration }: { wanted: string; configuration: PlainConfiguration },
): Promise<Replaced> {
  const here = new Set((await listFiles(dist, wanted)).map(({ path }) => path));
  const others = (await listFiles(dist, tip)).filter(({ path }) => !here.has(path));
  const spare = others.filter(({ path }) => configuration.carries(path));
  const were = await findSourceFiles({ source, head, target, dist, tip }, spare);
  const kept = others.filter(({ path }) => !were.has(path));
  refuseNested(here, kept);
  return {
    tree: await editTree(dist, wanted, new Map(kept.map(({ path, mode, id }) => [path, { mode, id }]))),
    warnings: stayings(spare.map(({ path }) => path).filter((path) => !were.has(path))),
  };
}

/** A file cannot be a folder, too. */
function refuseNested(here: ReadonlySet<string>, kept: readonly TreeFile[]): void {
  const folders = new Set([...here].flatMap(foldersOf));
  const path = kept
    .map((file) => file.path)
    .find((each) => folders.has(each) || foldersOf(each).some((folder) => here.has(folder)));
  if (path === undefined) return;
  throw new UserError("conflict", {
    message: `dist-git has ${path} where source-git has a ${folders.has(path) ? "folder" : "file"} of this name, and the two were never in step`,
    where: path,
    remedy: "Rename one of them.",
  });
}

const named = 10;

function stayings(paths: readonly string[]): readonly string[] {
  const more = paths.length > named ? [`${paths.length - named} more files stay likewise`] : [];
  return [...paths.slice(0, named).map(staysUnsynchronised), ...more];
}

async function commitsSince(
  request: SourceToDist,
  base: JointBase | undefined,
): Promise<readonly CommitId[]> {
  if (base === undefined) return [];
  const since = await carriedUpTo(sourceNames(request), distNames(request));
  const commits = await listCommitsToCarry(sourceNames(request), since === undefined ? base.source : [since]);
  return commits
    .filter(({ state, parents }) => state !== "brought" && parents.length <= 1)
    .map(({ id }) => id);
}
