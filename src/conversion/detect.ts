import { z } from "zod";
import { UserError } from "../domain/errors.js";
import { shortCommit, type CommitId } from "../domain/refs.js";
import type { ObjectStore } from "../git/object-store.js";
import { findEntry } from "../git/trees.js";
import { findConfigurationFile, ownPlaces, type ConfigurationFile } from "./configuration-file.js";
import type { LayoutName, SourceToDist } from "./layout.js";

/**
 * The layout that a dist-git commit has by its look: `rpm` for a spec at the top or in `SPECS/`, `quilt` for a `debian/`
 * folder, also beside a spec that upstream ships when the folder is whole. Throws `UserError` ("invalid") when it looks
 * like both or like neither.
 */
export async function detectLayout(dist: ObjectStore, tip: CommitId): Promise<LayoutName> {
  const { spec, debian } = await lookAt(dist, tip);
  if (spec !== undefined && debian === undefined) return "rpm";
  if (debian !== undefined && spec === undefined) return "quilt";
  if (await isDebianSource(dist, tip)) return "quilt";
  await refuseSourceGit(dist, tip);
  throw new UserError("invalid", {
    message:
      spec !== undefined && debian !== undefined
        ? `dist-git has both ${spec} and ${debian}, so its layout is not clear`
        : "dist-git has neither a spec, at the top or in SPECS/, nor debian/control, so its layout is not clear",
    where: `dist-git's commit ${shortCommit(tip)}`,
    remedy:
      "Is the branch checked out that holds the package? Else say which layout it is with --layout rpm, --layout quilt or --layout plain, or with layout in .distro/source-git.yaml.",
  });
}

/**
 * The layout to convert under: what source-git's configuration says, else what was asked for, else what dist-git looks
 * like. Throws `UserError` ("invalid") when the configuration and `asker`, which may be a file, too, disagree, and when
 * the two sides have changed places.
 */
export async function layoutOf(
  { source, head, dist, tip }: SourceToDist,
  asked?: LayoutName,
  asker = "--layout",
): Promise<LayoutName> {
  const configured = await configuredLayout(source, head);
  if (configured === undefined) {
    await refuseSourceGit(dist, tip);
    return asked ?? detectLayout(dist, tip);
  }
  const layout = configured.layout ?? (await packitLayout(dist, { tip, asked }));
  if (asked === undefined || asked === layout) return layout;
  const { file } = configured;
  const said = configured.layout === undefined ? `names none, which means ${layout}` : `says ${layout}`;
  throw new UserError("invalid", {
    message: `${asker} says the layout is ${asked}, but ${file.file} ${said}`,
    where: file.where(["layout"]),
    remedy: `Correct ${asker}, or write "layout: ${asked}" in ${file.file}.`,
  });
}

/** Folders given in the wrong order: as layout `plain`, the whole of source-git would be replaced by dist-git's files. */
async function refuseSourceGit(dist: ObjectStore, tip: CommitId): Promise<void> {
  for (const file of ownPlaces) {
    if ((await findEntry(dist, tip, file)) === undefined) continue;
    throw new UserError("invalid", {
      message: `what was named as dist-git is a source-git repository: it has ${file}`,
      where: `commit ${shortCommit(tip)}`,
      remedy: "Name the dist-git repository there; SOURCE and DIST may have changed places.",
    });
  }
}

const named = z.object({
  layout: z.enum(["rpm", "quilt", "plain"]).optional(),
  upstream_ref: z.unknown().optional(),
});

interface Configured {
  readonly file: ConfigurationFile;
  readonly layout: LayoutName | undefined;
}

async function configuredLayout(source: ObjectStore, head: CommitId): Promise<Configured | undefined> {
  const file = await findConfigurationFile(source, head);
  if (file === undefined) return undefined;
  const { layout, upstream_ref: base } = file.read(named);
  // Upstream's own packit.yaml configures its builds and says nothing of patches.
  return layout === undefined && base === undefined ? undefined : { file, layout };
}

/** packit knows one layout, so its file names none; only a dist-git without any spec can be meant for another. */
async function packitLayout(
  dist: ObjectStore,
  { tip, asked }: { tip: CommitId; asked: LayoutName | undefined },
): Promise<LayoutName> {
  const { spec, debian } = await lookAt(dist, tip);
  if (spec !== undefined) return "rpm";
  return asked ?? (debian === undefined ? "rpm" : "quilt");
}

interface Look {
  /** The first file that speaks for a layout. */
  readonly spec: string | undefined;
  readonly debian: string | undefined;
}

async function lookAt(dist: ObjectStore, tip: CommitId): Promise<Look> {
  return { spec: await findSpec(dist, tip), debian: await findDebian(dist, tip) };
}

async function findSpec(dist: ObjectStore, tip: CommitId): Promise<string | undefined> {
  const isSpec = ({ mode, name }: { mode: string; name: string }) =>
    mode.startsWith("100") && name.endsWith(".spec") && name !== ".spec";
  const top = await dist.readTree(tip);
  const found = top.find(isSpec);
  if (found !== undefined) return found.name;
  const folder = top.find(({ mode, name }) => mode === "40000" && name === "SPECS");
  const inside = folder && (await dist.readTree(folder.id)).find(isSpec);
  return inside && `SPECS/${inside.name}`;
}

/** What no Debian source package lacks; upstreams that ship a spec seldom ship all of it. */
async function isDebianSource(dist: ObjectStore, tip: CommitId): Promise<boolean> {
  for (const name of ["control", "changelog", "rules"]) {
    if ((await findEntry(dist, tip, `debian/${name}`)) === undefined) return false;
  }
  return true;
}

async function findDebian(dist: ObjectStore, tip: CommitId): Promise<string | undefined> {
  for (const file of ["debian/control", "debian/changelog"]) {
    if ((await findEntry(dist, tip, file)) !== undefined) return file;
  }
  return undefined;
}
