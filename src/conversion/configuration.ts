import { posix } from "node:path";
import { z } from "zod";
import { UserError } from "../domain/errors.js";
import { shortCommit, type CommitId } from "../domain/refs.js";
import type { ObjectStore } from "../git/object-store.js";
import { findConfigurationFile, ownPlaces, parseFile, type ConfigurationFile } from "./configuration-file.js";

/** What `.distro/source-git.yaml` says, as packit's users have it. */
export interface SourceGitConfiguration {
  /** The file that was read. */
  readonly file: string;
  /** The layout of dist-git; packit's users say nothing and mean `rpm`. */
  readonly layout: "rpm" | "quilt" | "plain" | undefined;
  readonly packageName: string | undefined;
  readonly upstreamRef: string;
  readonly specfilePath: string | undefined;
  /** Pathspecs whose changes never become patches; the configuration and the spec themselves are among them. */
  readonly ignorePaths: readonly string[];
  /** Digits of a patch number where the spec shows no habit: 0 for no padding; `undefined` when nothing is said. */
  readonly patchIdDigits: number | undefined;
  readonly syncChangelog: boolean;
  readonly filesToSync: readonly SyncRule[];
  /** Whether a patch without `Patch-status` gets its commit message as a comment. */
  readonly patchComments: "none" | "message";
}

export interface SyncRule {
  readonly sources: readonly string[];
  readonly destination: string;
  readonly delete: boolean;
  readonly filters: readonly string[];
  /** File and line, for errors. */
  readonly where: string;
}

const path = z.string().min(1);
const rule = z.union([
  path.transform((name) => ({ src: [name], dest: name, delete: false, filters: [] as string[] })),
  z.object({
    src: z.union([path.transform((name) => [name]), z.array(path).min(1)]),
    dest: path,
    delete: z.boolean().default(false),
    mkpath: z.boolean().default(false),
    filters: z.array(z.string()).default([]),
  }),
]);
// Keys that we do not know belong to packit: its users' files are read as they are.
const schema = z.object({
  layout: z.enum(["rpm", "quilt", "plain"]).optional(),
  downstream_package_name: z.string().optional(),
  upstream_ref: z.union([z.string().min(1), z.number().transform(String)], {
    error: "is needed: the tag or commit of upstream that the patches are made for",
  }),
  specfile_path: path.optional(),
  patch_generation_ignore_paths: z.array(path).default([".distro"]),
  patch_generation_patch_id_digits: z.int().min(0).max(9).optional(),
  sync_changelog: z.boolean().default(false),
  files_to_sync: z.array(rule).default([]),
  patch_comments: z.enum(["none", "message"]).default("none"),
});

/** Reads the configuration of a source-git commit. Throws `UserError` naming file, line and key. */
export async function readConfiguration(store: ObjectStore, head: CommitId): Promise<SourceGitConfiguration> {
  const file = await findConfigurationFile(store, head);
  // Upstream's own packit.yaml says nothing of patches.
  if (file !== undefined && (ownPlaces.includes(file.file) || namesRelease(file))) return interpret(file);
  throw new UserError("missing", {
    message: "there is no .distro/source-git.yaml",
    where: `source-git's commit ${shortCommit(head)}`,
    remedy:
      "Is this a source-git repository, and the right branch? The file names the upstream release that patches are counted from; sluice init writes it.",
  });
}

function namesRelease(file: ConfigurationFile): boolean {
  return file.read(z.object({ upstream_ref: z.unknown().optional() })).upstream_ref !== undefined;
}

export function parseConfiguration(text: string, file: string): SourceGitConfiguration {
  return interpret(parseFile(text, file));
}

function interpret({ file, where, read }: ConfigurationFile): SourceGitConfiguration {
  const data = read(schema);
  const filesToSync = data.files_to_sync.map((each, index) =>
    syncRule(each, where(["files_to_sync", index])),
  );
  const specfilePath = data.specfile_path && inside(data.specfile_path, where(["specfile_path"]));
  return {
    file,
    layout: data.layout,
    packageName: data.downstream_package_name,
    upstreamRef: data.upstream_ref,
    specfilePath,
    ignorePaths: [
      ...new Set([
        ...data.patch_generation_ignore_paths,
        file,
        ".sluice.yml",
        ...(specfilePath ? [specfilePath] : []),
      ]),
    ],
    patchIdDigits: data.patch_generation_patch_id_digits,
    syncChangelog: data.sync_changelog,
    filesToSync,
    patchComments: data.patch_comments,
  };
}

function syncRule(
  { src, dest, delete: remove, filters }: { src: string[]; dest: string; delete: boolean; filters: string[] },
  where: string,
): SyncRule {
  return {
    sources: src.map((name) => inside(name, where)),
    destination: inside(dest, where),
    delete: remove,
    filters,
    where,
  };
}

/** The path without detours; a final slash stays, for it means "what is inside". */
function inside(name: string, where: string): string {
  const normal = posix.normalize(name);
  const names = normal.split("/");
  if (
    posix.isAbsolute(normal) ||
    names.includes("..") ||
    names.some((each) => each.toLowerCase() === ".git")
  ) {
    throw new UserError("invalid", {
      message: `the path ${name} leaves the repository`,
      where,
      remedy: "Name a path inside the repository.",
    });
  }
  return normal;
}
