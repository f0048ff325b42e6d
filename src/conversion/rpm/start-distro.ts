import { posix } from "node:path";
import { stringify } from "yaml";
import { UserError } from "../../domain/errors.js";
import { encodeText } from "../../git/text.js";
import { copyTree } from "../../git/transfer.js";
import { editTree, findEntry, type TreeChange } from "../../git/trees.js";
import { ownPlaces } from "../configuration-file.js";
import type { Start } from "../layout.js";
import type { DistSide } from "./dist-side.js";
import { tagPattern, type ReadSpec } from "./spec-tags.js";

export const distroFolder = ".distro";

/** What a start knows of dist-git. */
export interface StartSide extends DistSide {
  readonly spec: ReadSpec;
}

/**
 * Upstream's tree with dist-git's files in `.distro/`: all but those that source-git has in another form (`without`), and
 * those that are dist-git's own affair. Submodules are left out, with a warning.
 */
export async function packagedTree(
  request: Start,
  side: StartSide,
  without: ReadonlySet<string>,
): Promise<{ readonly tree: string; readonly warnings: readonly string[] }> {
  const { source, base, dist } = request;
  await refuseTaken(request);
  const gone = [...side.files.values()].filter(
    ({ path, mode }) => without.has(path) || isDistGitsOwn(path) || mode === "160000",
  );
  const rest = new Map<string, TreeChange>(gone.map(({ path }) => [path, undefined]));
  const theirs = await editTree(dist, side.commit, rest);
  await copyTree(dist, source, theirs);
  const text = (content: string) => ({ mode: "100644", id: source.writeBlob(encodeText(content)) });
  const folder = await editTree(
    source,
    theirs,
    new Map([
      [".gitignore", text("!*\n")],
      [posix.basename(ownPlaces[0] ?? ""), text(configurationText(request, side))],
    ]),
  );
  const upstream = await source.readTree(base);
  const tree = source.writeTree([...upstream, { mode: "40000", name: distroFolder, id: folder }]);
  const submodules = gone.filter(({ mode }) => mode === "160000");
  return { tree, warnings: submodules.map(({ path }) => `${path} is a submodule and stays dist-git's own`) };
}

async function refuseTaken({ source, base, upstreamRef }: Start): Promise<void> {
  if ((await findEntry(source, base, distroFolder)) === undefined) return;
  throw new UserError("invalid", {
    message: `${upstreamRef} has a ${distroFolder} folder already`,
    where: distroFolder,
    remedy: "Is it a source-git branch? Name the commit of upstream that it was started from.",
  });
}

/** `sources` names archives, which source-git has as upstream's history; git's own files govern the folder they are in. */
export function isDistGitsOwn(path: string): boolean {
  return path === "sources" || /^\.git/i.test(path) || `${distroFolder}/${path}` === ownPlaces[0];
}

/** As packit's init writes it. */
function configurationText({ upstreamRef, upstreamUrl }: Start, { spec, specPath }: StartSide): string {
  const sources = listSources(spec);
  return stringify({
    ...(upstreamUrl === undefined ? {} : { upstream_project_url: upstreamUrl }),
    upstream_ref: upstreamRef,
    downstream_package_name: packageName(spec),
    specfile_path: `${distroFolder}/${specPath}`,
    patch_generation_ignore_paths: [distroFolder],
    patch_generation_patch_id_digits: digitsOf(spec),
    sync_changelog: true,
    files_to_sync: [
      {
        src: [`${distroFolder}/`],
        dest: ".",
        delete: true,
        filters: ["protect .git*", "protect sources", "exclude source-git.yaml", "exclude .gitignore"],
      },
    ],
    ...(sources.length === 0 ? {} : { sources }),
  });
}

/** Throws `UserError` ("invalid") for a spec that does not say what package it is of. */
export function packageName({ tags, path }: ReadSpec): string {
  const name = tags.get("name");
  if (name === undefined) {
    throw new UserError("invalid", {
      message: "the spec has no Name",
      where: path,
      remedy: "Add the tag Name to dist-git's spec.",
    });
  }
  if (name.trouble !== undefined) throw name.trouble;
  return name.value;
}

/** How wide dist-git writes the numbers of patches. */
function digitsOf({ patches, spec }: ReadSpec): number {
  const first = patches.find(({ style }) => style === "numbered");
  const digits = first === undefined ? "" : (tagPattern.exec(spec.lines[first.line]?.text ?? "")?.[3] ?? "");
  return digits.startsWith("0") ? digits.length : 1;
}

/** The sources that can be fetched from an address. */
export function listSources({ named }: ReadSpec): readonly { readonly path: string; readonly url: string }[] {
  return named.flatMap(({ kind, file, value }) => {
    if (kind !== "source" || value === undefined) return [];
    // `#/name` says under which name a file is kept.
    return /^(?:https?|ftp):\/\/[^/]+\/./.test(value) ? [{ path: file, url: value }] : [];
  });
}
