import { stringify } from "yaml";
import { UserError } from "../../domain/errors.js";
import type { CommitId } from "../../domain/refs.js";
import type { ObjectStore } from "../../git/object-store.js";
import { copyTree } from "../../git/transfer.js";
import { appendTrailer } from "../../git/trailers.js";
import { diffTrees, editTree, type TreeChange } from "../../git/trees.js";
import { ownPlaces } from "../configuration-file.js";
import type { Start, Started } from "../layout.js";
import { applyPatch, remake } from "../patches/apply-patch.js";
import type { PresentPatch } from "../patches/matching.js";
import { PatchedTree } from "../patches/patched-tree.js";
import { StartedLine } from "../started-line.js";
import { commitTextOf } from "./commit-text.js";
import { isNative, readPackageFacts } from "./control.js";
import { debianFolder, patchFolder, readQuiltSide, type QuiltSide } from "./quilt-side.js";
import { requireOneFormat } from "./read-sides.js";
import { requireSound } from "./series-file.js";
import { describeTrouble, fuzzWarning, noPackaging, type FailedPatch } from "./trouble.js";
import { requireUnapplied } from "./upstream-files.js";

/** `debian/` in one commit on upstream's base, then a commit for each patch of the series. */
export async function startQuilt(request: Start): Promise<Started> {
  const { source, base, dist, tip } = request;
  requireOneFormat(base, tip);
  const side = await readQuiltSide(dist, tip);
  requireSound(side.series);
  refusePatchedNative(side);
  const { author } = await dist.readCommit(tip);
  const tree = await packagedTree(request, side);
  const line = new StartedLine(request);
  line.add({ tree, author, message: "Add Debian's packaging\n" });
  const texts = await commitTextOf(dist, side);
  const patched = new PatchedTree(source, tree);
  const patches: { file: string; commit: CommitId }[] = [];
  const warnings: string[] = [];
  for (const patch of side.patches) {
    const applied = await applyPatch(patched, { ...patch, strip: side.strips.get(patch.file) ?? 1 });
    if (applied.outcome === "failed") throw await troubleWith(request, { side, patch, applied });
    refuseOwnFiles(patch.file, applied.paths);
    if (applied.fuzz > 0) warnings.push(fuzzWarning(patch.file, applied.fuzz));
    const text = texts(patch);
    const commit = line.add({
      ...{ tree: await patched.write(), author: text.author },
      message: appendTrailer(text.message, { key: "Patch-name", value: patch.file }),
    });
    patches.push({ file: patch.file, commit });
  }
  const differences = await diffTrees(source, tree, (await source.readCommit(line.head)).tree);
  await requireUnapplied({ dist, side, upstream: tip, differences });
  return { head: line.head, patches, warnings };
}

/** upstream's tree with dist-git's `debian/`, without the patches that become commits, and with the configuration. */
async function packagedTree({ source, base, upstreamRef, dist }: Start, side: QuiltSide): Promise<string> {
  const debian = side.top.find(({ name }) => name === debianFolder);
  if (debian?.mode !== "40000") throw noPackaging(side.commit);
  await copyTree(dist, source, debian.id);
  const facts = await readPackageFacts(dist, side);
  const upstream = (await source.readTree(base)).filter(({ name }) => name !== debianFolder);
  const whole = source.writeTree([...upstream, debian]);
  const gone = [side.series.path, ...side.patches.map(({ file }) => `${patchFolder}${file}`)];
  const changes = new Map<string, TreeChange>(gone.map((path) => [path, undefined]));
  const configuration = {
    ...(facts.package === undefined ? {} : { downstream_package_name: facts.package }),
    layout: "quilt",
    upstream_ref: upstreamRef,
  };
  const [place = ""] = ownPlaces;
  changes.set(place, { mode: "100644", id: source.writeBlob(Buffer.from(stringify(configuration))) });
  return editTree(source, whole, changes);
}

async function troubleWith(
  request: Start,
  { side, patch, applied }: { side: QuiltSide; patch: PresentPatch; applied: FailedPatch },
): Promise<UserError> {
  const remedy = await wayOut(request, { side, applied });
  return new UserError("conflict", {
    message: describeTrouble(patch.file, applied),
    where: `${patchFolder}${patch.file}`,
    remedy,
  });
}

async function wayOut(
  { dist, upstreamRef }: Start,
  { side, applied }: { side: QuiltSide; applied: FailedPatch },
): Promise<string> {
  if (applied.broken === true) return remake;
  if (!(await fits(dist, side))) {
    return "Refresh the patch in dist-git, or name the upstream release that it was made for.";
  }
  return `It applies to dist-git's own upstream files, which are not those of ${upstreamRef}: name the commit that they were imported as.`;
}

/** Whether the series applies to the upstream files that dist-git has beside `debian/`. */
async function fits(dist: ObjectStore, { commit, patches, strips }: QuiltSide): Promise<boolean> {
  const tree = new PatchedTree(dist, commit);
  for (const { file, content } of patches) {
    const applied = await applyPatch(tree, { content, strip: strips.get(file) ?? 1 });
    if (applied.outcome === "failed") return false;
  }
  return true;
}

/** dpkg-source refuses such a patch, too; and here, packaging is no part of patches. */
function refuseOwnFiles(patch: string, paths: readonly string[]): void {
  const own = paths.find((path) => /^(?:debian|\.distro)\//.test(path));
  if (own === undefined) return;
  throw new UserError("unsupported", {
    message: `${patch} changes ${own}, which is no file of upstream's`,
    where: `${patchFolder}${patch}`,
    remedy: "Change the file itself in dist-git, and take it out of the patch.",
  });
}

function refusePatchedNative({ format, patches, series }: QuiltSide): void {
  if (!isNative(format) || patches.length === 0) return;
  throw new UserError("unsupported", {
    message: "the package is native, and yet it has patches",
    where: `debian/source/format, ${series.path}`,
    remedy: "Make it 3.0 (quilt), or remove the patches.",
  });
}
