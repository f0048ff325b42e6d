import { UserError } from "../../domain/errors.js";
import { shortCommit, type CommitId } from "../../domain/refs.js";
import type { ObjectStore } from "../../git/object-store.js";
import { appendTrailer } from "../../git/trailers.js";
import { editTree, findEntry } from "../../git/trees.js";
import { distCommitTrailer, sourceCommitTrailer } from "../commit.js";
import { readLastSync } from "../last-sync.js";
import type { BroughtHome, DistToSource } from "../layout.js";
import { bringHome, type HomeState, type HomeStep } from "../patches/bring-home.js";
import { matchPatches } from "../patches/matching.js";
import type { SeriesChange } from "../patches/series-changes.js";
import type { SeriesPatch } from "../patches/series-trees.js";
import { carriedUpTo } from "../pending.js";
import { packagingChanges } from "./bring-packaging.js";
import { commitTextOf } from "./commit-text.js";
import { debianFolder, readQuiltSide, type QuiltSide } from "./quilt-side.js";
import { requireOneFormat } from "./read-sides.js";
import { readQuiltSource, type QuiltSource } from "./source-side.js";

interface QuiltState extends HomeState {
  readonly side: QuiltSide;
}

/** source-git's commits for what dist-git changed: of each dist-git commit the packaging first, then each patch. */
export async function distToSource(request: DistToSource): Promise<BroughtHome> {
  const { source, head, dist, tip } = request;
  requireOneFormat(head, tip);
  const here = await readQuiltSource(source, head);
  const since = request.since ?? (await lastCarried(request));
  return bringHome(request, {
    base: here.base,
    since,
    unknown: await unknownPatches(request, here),
    isUpstreams: async (commit) => (await findEntry(dist, commit, debianFolder)) === undefined,
    read: (commit) => readState(dist, commit),
    carryFiles: (step) => carryPackaging(request, step),
    describe: (change, step) => describe(dist, change, step),
  });
}

async function lastCarried({ source, head, dist, tip }: DistToSource): Promise<CommitId> {
  const there = { store: dist, tip, trailer: sourceCommitTrailer, other: source, otherTip: head };
  const here = { store: source, tip: head, trailer: distCommitTrailer, other: dist, otherTip: tip };
  const commit = await carriedUpTo(there, here);
  if (commit !== undefined) return commit;
  throw new UserError("missing", {
    message: "source-git and dist-git were never synchronised",
    where: `dist-git's commit ${shortCommit(tip)}`,
    remedy: "Name the dist-git commits to carry as RANGE (OLD..NEW), or start with sluice init.",
  });
}

/** Patches that dist-git had when the two were last in step, and for which source-git had no commit. */
async function unknownPatches(
  { source, dist, tip, since }: DistToSource,
  here: QuiltSource,
): Promise<ReadonlySet<string>> {
  if (since !== undefined) return new Set();
  const there = await readQuiltSide(dist, tip);
  const last = await readLastSync(
    { source, here, dist, there },
    { source: readQuiltSource, dist: readQuiltSide },
  );
  if (last?.toldBy !== "dist") return new Set();
  const { patches } = last.dist;
  const known = matchPatches((await last.series()).patches, patches, new Set()).map(
    ({ present }) => present?.file,
  );
  return new Set(patches.map(({ file }) => file).filter((file) => !known.includes(file)));
}

async function readState(dist: ObjectStore, commit: CommitId): Promise<QuiltState> {
  const side = await readQuiltSide(dist, commit);
  const { patches, strips, series } = side;
  const lines = patches.map(({ file, id }) => `${strips.get(file) ?? 1} ${id} ${file}`);
  const problems = series.problems.map(({ reason }) => reason);
  return { side, series: [...lines, "", ...problems].join("\n"), patches: () => soundPatches(side) };
}

/** A commit may list a patch that the next one adds: such a conflict waits for it. */
function soundPatches({ series, patches, strips }: QuiltSide): Promise<readonly SeriesPatch[]> {
  const [problem] = series.problems;
  if (problem === undefined) {
    return Promise.resolve(
      patches.map(({ file, content }) => ({ file, content, strip: strips.get(file) ?? 1 })),
    );
  }
  return Promise.reject(
    new UserError("conflict", {
      message: problem.reason,
      where: `${series.path}:${problem.line}`,
      remedy: `Correct the line in dist-git's ${series.path}.`,
    }),
  );
}

async function carryPackaging(
  request: DistToSource,
  { from, before, after, tree }: HomeStep<QuiltState>,
): Promise<{ tree: string; warnings: readonly string[] }> {
  const changes = await packagingChanges(request, {
    tree,
    from,
    before: before.side,
    after: after.side,
  });
  return {
    tree: changes.size === 0 ? tree : await editTree(request.source, tree, changes),
    warnings: haveSameUpstream(before.side, after.side) ? [] : [upstreamChanged(from)],
  };
}

async function describe(
  dist: ObjectStore,
  { patch: { file, content } }: SeriesChange,
  { from, after: { side } }: HomeStep<QuiltState>,
) {
  const texts = await commitTextOf(dist, { ...side, commit: from });
  const { author, message } = texts({ file, content });
  return { author, message: appendTrailer(message, { key: "Patch-name", value: file }) };
}

function haveSameUpstream(one: QuiltSide, other: QuiltSide): boolean {
  const ids = ({ top }: QuiltSide) =>
    top.flatMap(({ name, mode, id }) => (name === debianFolder ? [] : `${mode} ${id} ${name}`)).join("\n");
  return ids(one) === ids(other);
}

function upstreamChanged(commit: CommitId): string {
  return `dist-git's commit ${shortCommit(commit)} changes files beside debian/, which stays there: source-git has upstream's from upstream_ref`;
}
