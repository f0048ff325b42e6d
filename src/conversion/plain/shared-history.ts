import { UserError } from "../../domain/errors.js";
import { shortCommit, type CommitId } from "../../domain/refs.js";
import { mergeCommits } from "../../git/merge.js";
import { commonAncestor, copyHistory } from "../../git/transfer.js";
import type { BroughtHome, Converted, DistToSource, SourceToDist } from "../layout.js";
import { readLog } from "../commit-log.js";

/** With a shared history dist-git gets the very commits. Throws `UserError` ("refused") when it has others of its own. */
export async function shareWithDist({ source, head, dist, tip }: SourceToDist): Promise<Converted> {
  const common = await meetingPoint({ source, head, dist, tip });
  const unchanged = { patches: [], warnings: [] };
  if (common === head) return { ...unchanged, tree: (await dist.readCommit(tip)).tree, changed: false };
  if (common !== tip) {
    throw new UserError("refused", {
      message: `dist-git has commits of its own since ${shortCommit(common)}, so it cannot take source-git's`,
      where: `dist-git's commit ${shortCommit(tip)}`,
      remedy: "Bring them home with sluice update-source-git first, then convert again.",
    });
  }
  const commits = await readLog(source, { tip: head, without: [tip] }, ["--reverse", "--no-merges"]);
  await copyHistory(source, dist, { commit: head, known: [tip] });
  const { tree } = await dist.readCommit(head);
  return { ...unchanged, tree, changed: true, commit: head, commits: commits.map(({ id }) => id) };
}

/** source-git gets dist-git's very commits, by a merge where it has others of its own. */
export async function shareWithSource(request: DistToSource): Promise<BroughtHome> {
  const { source, head, dist, tip, committer } = request;
  const common = await meetingPoint(request);
  if (common === tip) return { head, commits: [], warnings: [] };
  const brought = await readLog(dist, { tip, without: [common] }, ["--topo-order", "--reverse"]);
  const commits = brought.map(({ id }) => ({ from: id, to: [id] }));
  await copyHistory(dist, source, { commit: tip, known: [common] });
  if (common === head) return { head: tip, commits, warnings: [] };
  const merged = await mergeCommits(source, head, tip);
  if (merged.outcome === "conflict") {
    throw new UserError("conflict", {
      message: `${merged.places.join(", ")} was changed in dist-git and in source-git since ${shortCommit(common)}`,
      where: merged.files[0],
      remedy: "Merge dist-git's branch into source-git's by hand, then convert again.",
    });
  }
  const message = `Merge dist-git's commit ${shortCommit(tip)}\n`;
  const merge = { tree: merged.tree, parents: [head, tip], author: committer, committer, message };
  return { head: source.writeCommit(merge), commits, warnings: [] };
}

async function meetingPoint({
  source,
  head,
  dist,
  tip,
}: Pick<SourceToDist, "source" | "head" | "dist" | "tip">): Promise<CommitId> {
  const common = await commonAncestor({ store: dist, commit: tip }, { store: source, commit: head });
  if (common !== undefined) return common;
  throw new UserError("invalid", {
    message: "source-git and dist-git have no common history",
    where: ".distro/source-git.yaml",
    remedy: 'Write "history: copied" there, or make the branch of dist-git from that of source-git.',
  });
}
