import { UserError } from "../../domain/errors.js";
import { shortCommit, type CommitId } from "../../domain/refs.js";
import type { ObjectStore, Signature } from "../../git/object-store.js";
import { listFiles } from "../../git/trees.js";
import { StartedLine } from "../started-line.js";
import type { Start, Started } from "../layout.js";
import { listBringers } from "../patches/bringers.js";
import { readPatchHead, type PatchHead } from "../patches/patch-head.js";
import type { AppliedPatch } from "./applied-patches.js";
import { readDistSide } from "./dist-side.js";
import { distroFolder, packagedTree, packageName, type StartSide } from "./start-distro.js";
import { authorOf, messageOf } from "./start-message.js";
import { applyAll, type AppliedFile } from "./start-patches.js";
import { unreadableTags } from "./unreadable-tags.js";

/** dist-git's files in `.distro/`, in one commit on upstream's base, then a commit for each patch that the spec applies. */
export async function startRpm(request: Start): Promise<Started> {
  const { source, base, dist, tip } = request;
  if (base.length !== tip.length) {
    throw new UserError("unsupported", {
      message: "one repository is of SHA-1, the other of SHA-256",
      remedy: "Use repositories of one object format.",
    });
  }
  const side = await readSide(dist, tip);
  const { applied, warnings } = await applyAll(request, side);
  const without = new Set(applied.map(({ patch }) => `${side.patchFolder}${patch.file}`));
  const packaged = await packagedTree(request, side, without);
  const line = new StartedLine(request);
  const { author } = await dist.readCommit(tip);
  line.add({ tree: packaged.tree, author, message: "Initialize as a source-git repository\n" });
  const patches = await addPatches(line, { request, side, applied, tree: packaged.tree });
  await source.flush();
  return { head: line.head, patches, warnings: [...warnings, ...packaged.warnings] };
}

/** The one spec of dist-git, at the top or in `SPECS/`. Throws `UserError` for none, and for more than one. */
async function readSide(dist: ObjectStore, tip: CommitId): Promise<StartSide> {
  const specs = (await listFiles(dist, tip)).map(({ path }) => path).filter(isSpec);
  const split = specs.filter((path) => path.startsWith("SPECS/"));
  const [path, ...others] = split.length > 0 ? split : specs;
  const where = `dist-git's commit ${shortCommit(tip)}`;
  if (path === undefined) {
    throw new UserError("missing", {
      message: "dist-git has no spec, at the top or in SPECS/",
      where,
      remedy: "Check out the branch of dist-git that holds the package.",
    });
  }
  if (others.length > 0) {
    throw new UserError("invalid", {
      message: `dist-git has ${others.length + 1} specs: ${[path, ...others].join(", ")}`,
      where,
      remedy: "A source-git repository is of one package: keep one spec in this branch.",
    });
  }
  const { spec, ...side } = await readDistSide(dist, tip, path);
  if (spec === undefined) throw new UserError("invalid", { message: "the spec cannot be read", where: path });
  // Most other names hold this one.
  packageName(spec);
  const [unreadable] = unreadableTags(spec);
  if (unreadable?.trouble !== undefined) throw unreadable.trouble;
  return { ...side, spec };
}

function isSpec(path: string): boolean {
  return /^(?:SPECS\/)?[^/]+\.spec$/.test(path);
}

interface Packaged {
  readonly request: Start;
  readonly side: StartSide;
  readonly applied: readonly AppliedFile[];
  /** The first commit's tree. */
  readonly tree: string;
}

async function addPatches(line: StartedLine, packaged: Packaged): Promise<Started["patches"]> {
  const { request, side, applied } = packaged;
  const heads = applied.map(({ content }) => readPatchHead(content));
  const bringerOf = await findBringers(packaged, heads);
  const ids = idsThatMatter(side, applied);
  const entries = await request.source.readTree(packaged.tree);
  const distro = entries.filter(({ name }) => name === distroFolder);
  const patches: { file: string; commit: CommitId }[] = [];
  for (const [index, { patch, tree, isEmpty }] of applied.entries()) {
    const head = heads[index] ?? readPatchHead(Buffer.alloc(0));
    const { file } = patch;
    const comments = commentsOf(side, patch);
    const commit = line.add({
      tree: request.source.writeTree([...(await request.source.readTree(tree)), ...distro]),
      author: authorOf(head, bringerOf(file)),
      message: messageOf(head, { file, id: ids.get(file), comments, isEmpty }),
    });
    patches.push({ file, commit });
  }
  return patches;
}

/** Who brought the patches into dist-git that do not say who made them, and when. */
async function findBringers(
  { request: { dist, tip }, side, applied }: Packaged,
  heads: readonly PatchHead[],
): Promise<(file: string) => Signature> {
  const silent = applied.filter(
    (_, index) => heads[index]?.author === undefined || heads[index].date === undefined,
  );
  const paths = silent.map(({ patch }) => `${side.patchFolder}${patch.file}`);
  const brought = await listBringers(dist, { commit: tip, paths });
  const { author } = await dist.readCommit(tip);
  return (file) => brought.get(`${side.patchFolder}${file}`) ?? author;
}

/** The numbers that a tag would not get by itself: those that begin elsewhere than at 1, or behind a gap. */
export function idsThatMatter(
  { spec }: StartSide,
  applied: readonly Pick<AppliedFile, "patch">[],
): ReadonlyMap<string, number> {
  const ids = new Map<string, number>();
  const tags = new Map(spec.patches.map((tag) => [tag.line, tag]));
  let last = 0;
  for (const { patch } of applied) {
    const tag = tags.get(patch.tagLine);
    if (tag?.style !== "numbered") continue;
    // A number that does not rise cannot be asked for.
    if (tag.number > last + 1 || (tag.number === 0 && last === 0 && ids.size === 0))
      ids.set(patch.file, tag.number);
    last = Math.max(last, tag.number);
  }
  return ids;
}

/** The comment lines above a patch's tag. */
export function commentsOf(
  { spec: { spec, patches } }: StartSide,
  { tagLine }: AppliedPatch,
): readonly string[] {
  const tag = patches.find(({ line }) => line === tagLine);
  if (tag === undefined) return [];
  const lines = spec.lines.slice(tag.start, tag.line).map(({ text }) => text.trim());
  return lines.filter((line) => line.startsWith("#"));
}
