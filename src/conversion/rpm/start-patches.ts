import { UserError } from "../../domain/errors.js";
import { shortCommit } from "../../domain/refs.js";
import type { Start } from "../layout.js";
import { applyPatch, remake, type Applied } from "../patches/apply-patch.js";
import { PatchedTree } from "../patches/patched-tree.js";
import { appliedPatches, type AppliedPatch } from "./applied-patches.js";
import type { StartSide } from "./start-distro.js";
import { isOwnName, upstreamFolders } from "./upstream-folders.js";

/** A patch of dist-git with the tree that it makes of upstream's. */
export interface AppliedFile {
  readonly patch: AppliedPatch;
  readonly content: Buffer;
  /** Without the distribution's own files. */
  readonly tree: string;
  /** It changes nothing. */
  readonly isEmpty: boolean;
}

export interface AppliedFiles {
  /** In order of application. */
  readonly applied: readonly AppliedFile[];
  readonly warnings: readonly string[];
}

/**
 * Applies dist-git's patches to upstream's tree as its spec does. What nothing applies, what cannot be read, what is for
 * a second archive, and what does not fit and is applied under a condition stays a file, with a warning. Throws `UserError` ("conflict") for any other patch
 * that does not apply, naming patch, hunk and file.
 */
export async function applyAll(request: Start, side: StartSide): Promise<AppliedFiles> {
  const folders = await upstreamFolders(request.source, request.base, [side.spec]);
  const { usable, warnings } = sortOut(side, folders);
  const dropped = new Map<AppliedPatch, string>();
  for (;;) {
    const left = usable.filter(({ patch }) => !dropped.has(patch));
    const tried = await applyInOrder(request, side, left);
    if ("applied" in tried) {
      return { applied: tried.applied, warnings: [...warnings, ...dropped.values(), ...tried.warnings] };
    }
    const hindrance = await findHindrance(tried, (some) => applyInOrder(request, side, some), left);
    if (hindrance === undefined) throw trouble(request, side, tried);
    dropped.set(hindrance, staysFile(hindrance, request, tried));
  }
}

/**
 * The patch to leave out when one does not apply: itself, if a condition decides on it, else one that a condition decides
 * on and that touched the same files, for branches of conditions may exclude one another.
 */
async function findHindrance(
  { patch, suspects }: Refused,
  apply: (some: readonly Usable[]) => Promise<AppliedFiles | Refused>,
  tried: readonly Usable[],
): Promise<AppliedPatch | undefined> {
  if (isUndecided(patch)) return patch;
  const until = tried.slice(0, tried.findIndex((each) => each.patch === patch) + 1);
  for (const suspect of suspects.toReversed()) {
    const others = await apply(until.filter((each) => each.patch !== suspect));
    if ("applied" in others) return suspect;
  }
  return suspects.at(-1);
}

interface Usable {
  readonly patch: AppliedPatch;
  readonly content: Buffer;
}

function sortOut(
  { spec, patches, specPath }: StartSide,
  folders: ReadonlySet<string>,
): { usable: readonly Usable[]; warnings: string[] } {
  const contents = new Map(patches.map(({ file, content }) => [file, content]));
  const usable = new Map<string, Usable>();
  const warnings: string[] = [];
  for (const patch of appliedPatches(spec)) {
    const { file, appliedBy } = patch;
    const content = contents.get(file);
    if (usable.has(file)) continue;
    if (appliedBy === undefined) warnings.push(`${file} is not applied by %prep and stays a file`);
    else if (content === undefined) warnings.push(`${file} is not in dist-git, so its change is left out`);
    else if (/\.(?:gz|bz2|xz|lzma|zst|Z)$/.test(file)) {
      warnings.push(`${file} is compressed and stays a file, so its change is left out`);
    } else if (patch.folder === "" || folders.has(patch.folder)) {
      usable.set(file, { patch, content });
    } else {
      const place = `is applied in ${patch.folder} (${specPath}:${patch.line + 1}), which upstream does not have`;
      const isTop = isOwnName(patch.folder, spec);
      if (isTop) usable.set(file, { patch: { ...patch, folder: "" }, content });
      const fate = isTop ? "it is taken as if at the top" : "it stays a file, and its change is left out";
      warnings.push(`${file} ${place}: ${fate}`);
    }
  }
  return { usable: [...usable.values()], warnings };
}

interface Refused {
  readonly patch: AppliedPatch;
  readonly failure: Applied & { readonly outcome: "failed" };
  /** Patches before it, in order, on which a condition decides and that touched the same file. */
  readonly suspects: readonly AppliedPatch[];
}

async function applyInOrder(
  { source, base }: Start,
  side: StartSide,
  usable: readonly Usable[],
): Promise<AppliedFiles | Refused> {
  const patched = new PatchedTree(source, base);
  const done: AppliedFile[] = [];
  const warnings: string[] = [];
  const touched: { patch: AppliedPatch; paths: readonly string[] }[] = [];
  let tree = (await source.readCommit(base)).tree;
  for (const { patch, content } of usable) {
    const { file, strip, folder, fuzz = 0, reverse } = patch;
    const applied = await applyPatch(patched, {
      ...{ content, strip, folder, reverse },
      fuzz: Math.max(fuzz, mostFuzz),
    });
    if (applied.outcome === "failed") {
      const near = touched.filter(({ paths }) => paths.includes(applied.file)).map((each) => each.patch);
      return { patch, failure: applied, suspects: near.filter(isUndecided) };
    }
    if (applied.fuzz > fuzz) warnings.push(`${file} applies with fuzz ${applied.fuzz} only: refresh it`);
    if (isUndecided(patch)) {
      const where = `${side.specPath}:${conditionalLine(side, patch) + 1}`;
      warnings.push(
        `${file} is applied under a condition (${where}) that is not decided; it is taken as if it held`,
      );
    }
    const before = tree;
    tree = await patched.write();
    touched.push({ patch, paths: applied.paths });
    done.push({ patch, content, tree, isEmpty: tree === before });
  }
  return { applied: done, warnings };
}

/** A release may differ from its archive in context; patch's own default goes as far. */
const mostFuzz = 2;

/** The tag is what most conditions are about. */
function conditionalLine({ spec: { spec } }: StartSide, { tagLine, line }: AppliedPatch): number {
  return (spec.lines[tagLine]?.inside.length ?? 0) > 0 ? tagLine : line;
}

function isUndecided({ condition }: AppliedPatch): boolean {
  return condition === "unknown";
}

function staysFile({ file }: AppliedPatch, { upstreamRef }: Start, { patch }: Refused): string {
  const why = patch.file === file ? `does not apply to ${shown(upstreamRef)}` : `excludes ${patch.file}`;
  return `${file} is applied under a condition and ${why}: it stays a file, and its change is left out`;
}

function trouble(request: Start, side: StartSide, refused: Refused): UserError {
  const { file, reason } = refused.failure;
  const name = refused.patch.file;
  return new UserError("conflict", {
    message: `${name} does not apply to ${shown(request.upstreamRef)}: ${file === "" ? "it" : file} ${reason}`,
    where: `${side.patchFolder}${name}`,
    remedy:
      refused.failure.broken === true
        ? remake
        : "Name the commit of upstream that dist-git's archive was made of, or refresh the patch in dist-git first.",
  });
}

function shown(upstreamRef: string): string {
  return /^[0-9a-f]{40,64}$/.test(upstreamRef) ? shortCommit(upstreamRef) : upstreamRef;
}
