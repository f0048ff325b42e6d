import { UserError } from "../../domain/errors.js";
import type { CommitId } from "../../domain/refs.js";
import { mergeTrees } from "../../git/merge.js";
import { copyTree } from "../../git/transfer.js";
import { diffTrees, editTree, listFiles } from "../../git/trees.js";
import type { Converted, Inspection, Layout, SourceToDist } from "../layout.js";
import { lastCommitOn } from "../patches/settle-patches.js";
import { carriedUpTo, listCommitsToCarry } from "../pending.js";
import { bringHome } from "./bring-home.js";
import { distNames, findJointBase, sourceNames, type JointBase } from "./joint-base.js";
import { readPlainConfiguration, type PlainConfiguration } from "./plain-configuration.js";
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
  const tree =
    base === undefined
      ? await replaceFiles(request, { wanted, configuration })
      : await mergeFiles(request, { base, present, wanted });
  return {
    tree,
    changed: tree !== present,
    patches: [],
    commits: tree === present ? [] : await commitsSince(request, base),
    warnings: base === undefined ? await deletions(request, { present, tree }) : [],
  };
}

/** Three-way: what dist-git alone changed since the two were in step stays. */
async function mergeFiles(
  { source, head, dist, tip }: SourceToDist,
  { base, present, wanted }: { base: JointBase; present: string; wanted: string },
): Promise<string> {
  const merged = await mergeTrees(dist, { base: base.tree, ours: present, theirs: wanted });
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

/** Without a common state there is nothing to compare with: source-git's files, beside those that dist-git keeps. */
async function replaceFiles(
  { dist, tip }: SourceToDist,
  { wanted, configuration }: { wanted: string; configuration: PlainConfiguration },
): Promise<string> {
  const others = (await listFiles(dist, tip)).filter(({ path }) => !configuration.carries(path));
  return editTree(dist, wanted, new Map(others.map(({ path, mode, id }) => [path, { mode, id }])));
}

const named = 10;

async function deletions(
  { dist }: SourceToDist,
  { present, tree }: { present: string; tree: string },
): Promise<string[]> {
  const differences = await diffTrees(dist, present, tree);
  const deleted = differences.filter(({ after }) => after === undefined).map(({ path }) => path);
  const more = deleted.length > named ? [`${deleted.length - named} more files are deleted likewise`] : [];
  return [
    ...deleted
      .slice(0, named)
      .map((path) => `${path} is deleted, for source-git does not have it; "keep" would keep it`),
    ...more,
  ];
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
