import { UserError } from "../../domain/errors.js";
import { shortCommit, type CommitId } from "../../domain/refs.js";
import type { Signature } from "../../git/object-store.js";
import { distCommitTrailer, sourceCommitTrailer } from "../commit.js";
import { namedCommit, newestExchange, type NamingSide } from "../exchanges.js";
import type { BroughtHome, DistToSource } from "../layout.js";
import { bringHome, type HomeStep } from "../patches/bring-home.js";
import { matchPatches } from "../patches/matching.js";
import { readPatchHead } from "../patches/patch-head.js";
import { makeSeries } from "../patches/patch-series.js";
import type { SeriesChange } from "../patches/series-changes.js";
import { carriedUpTo } from "../pending.js";
import { appliedPatches } from "./applied-patches.js";
import { readDistSide } from "./dist-side.js";
import { carryFiles } from "./home-files.js";
import { StateReader, type RpmState } from "./home-state.js";
import { readSourceSide, type SourceSide } from "./source-side.js";
import { commentsOf, idsThatMatter } from "./start.js";
import { authorOf, messageOf } from "./start-message.js";
import { filesOf } from "./synced-files.js";

/** The source-git commits that carry what dist-git alone changed: files of `.distro/`, and patches as commits. */
export async function bringRpmHome(request: DistToSource): Promise<BroughtHome> {
  const { source, head, dist, tip } = request;
  if (head.length !== tip.length) {
    throw new UserError("unsupported", {
      message: "one repository is of SHA-1, the other of SHA-256",
      remedy: "Use repositories of one object format.",
    });
  }
  const here = await readSourceSide(source, head);
  const since = await findStart(request, here);
  const held = await findHeld(request, here, since);
  const reader = new StateReader({ ...request, here, held });
  const home = await bringHome<RpmState>(request, {
    ...{ base: here.base, since },
    unknown: await findUnknown(request, { here, since, reader }),
    read: (commit) => reader.read(commit),
    carryFiles: (step) => carryFiles({ ...step, request, here }),
    renumbered: (step, at) => findRenumbered(request, step, at),
    describe: (change, step) => Promise.resolve(describe(change, step)),
  });
  await dist.flush();
  await source.flush();
  return { ...home, warnings: [...new Set(home.warnings)] };
}

function sides({ source, head, dist, tip }: DistToSource, { base }: SourceSide) {
  const there: NamingSide = { store: dist, tip, trailer: sourceCommitTrailer, other: source, otherTip: head };
  const here: NamingSide = {
    ...{ store: source, tip: head, trailer: distCommitTrailer, other: dist, otherTip: tip },
    bounds: [base],
  };
  return { here, there };
}

async function findStart(request: DistToSource, side: SourceSide): Promise<CommitId> {
  const { here, there } = sides(request, side);
  const since = request.since ?? (await carriedUpTo(there, here));
  if (since !== undefined) return since;
  throw new UserError("missing", {
    message: "source-git and dist-git were never synchronised",
    where: `dist-git's commit ${shortCommit(request.tip)}`,
    remedy: "Name the dist-git commits to carry as RANGE (OLD..NEW), or start with sluice init.",
  });
}

/** Patches of the spec that source-git has as files of its own, and so not as commits. */
async function findHeld(
  { source, dist }: DistToSource,
  here: SourceSide,
  since: CommitId,
): Promise<ReadonlySet<string>> {
  const side = await readDistSide(dist, since, here.specPath);
  const now = await filesOf(source, here, side);
  const applied = side.spec === undefined ? [] : appliedPatches(side.spec);
  const files = applied.filter(({ appliedBy }) => appliedBy !== undefined).map(({ file }) => file);
  return new Set(files.filter((file) => now.files.has(`${side.patchFolder}${file}`)));
}

interface Beginning {
  readonly here: SourceSide;
  readonly since: CommitId;
  readonly reader: StateReader;
}

/** The patches that dist-git had all by itself when source-git's commits were last carried there. */
async function findUnknown(
  request: DistToSource,
  { here, since, reader }: Beginning,
): Promise<ReadonlySet<string>> {
  const { source, dist, head } = request;
  const naming = sides(request, here);
  // From there, all of dist-git's patches came home.
  if ((await newestExchange(naming.here)) !== undefined) return new Set();
  const { message } = await dist.readCommit(since);
  const then = await readSourceSide(source, (await namedCommit(message, naming.there)) ?? head);
  const { patches } = await makeSeries(source, then, then.configuration);
  const state = await reader.read(since);
  const matched = matchPatches(patches, state.side.patches, new Set());
  const claimed = new Set(matched.map(({ present }) => present?.file));
  return new Set([...state.named].filter((file) => !claimed.has(file)));
}

/** A new patch in its own words, else in those of its name; the author where it says none is who brought it. */
function describe(
  { patch, isEmpty }: SeriesChange,
  { commit, after: { side, named } }: HomeStep<RpmState>,
): { author: Signature; message: string } {
  const { file, content } = patch;
  const head = readPatchHead(content);
  const applied = appliedPatches(side.spec).filter((each) => named.has(each.file));
  const tag = applied.find((each) => each.file === file);
  const ids = idsThatMatter(
    side,
    applied.map((each) => ({ patch: each })),
  );
  const comments = tag === undefined ? [] : commentsOf(side, tag);
  return {
    author: authorOf(head, commit.author),
    message: messageOf(head, { file, id: ids.get(file), comments, isEmpty }),
  };
}

/** A patch keeps the number that its commit asks for, unless dist-git has given it another one. */
async function findRenumbered(
  { source }: DistToSource,
  { before, after }: HomeStep<RpmState>,
  head: CommitId,
): Promise<ReadonlyMap<string, number>> {
  const [old, fresh] = [before, after].map((state) => numbersOf(state));
  const moved = [...(fresh ?? [])].filter(([file, number]) => (old?.get(file) ?? number) !== number);
  if (moved.length === 0) return new Map();
  const here = await readSourceSide(source, head);
  const { patches } = await makeSeries(source, here, here.configuration);
  const matched = matchPatches(patches, after.side.patches, new Set());
  const asked = new Map(matched.map(({ file, wanted }) => [file, wanted.id]));
  return new Map(moved.filter(([file, number]) => (asked.get(file) ?? number) !== number));
}

/** The numbers of the patches that are applied, as far as they rise: no other can be asked for. */
function numbersOf({ side: { spec }, named }: RpmState): ReadonlyMap<string, number> {
  const tags = new Map(spec.patches.map((tag) => [tag.line, tag]));
  const numbers = new Map<string, number>();
  let last = -1;
  for (const { file, tagLine } of appliedPatches(spec)) {
    const tag = tags.get(tagLine);
    if (tag?.style !== "numbered" || !named.has(file)) continue;
    if (tag.number > last) numbers.set(file, tag.number);
    last = Math.max(last, tag.number);
  }
  return numbers;
}
