import { posix } from "node:path";
import { UserError } from "../domain/errors.js";
import type { CommitId } from "../domain/refs.js";
import {
  either,
  flag,
  list,
  map,
  number,
  oneOf,
  optional,
  otherwise,
  someText,
  text,
  turned,
  wholeNumber,
  type Shaped,
} from "../domain/shape.js";
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

const single = turned(someText, (name): readonly string[] => [name]);
const rule = either(
  turned(single, (names) => ({ src: names, dest: names[0] ?? "", delete: false, filters: [] })),
  map<{ src: readonly string[]; dest: string; delete: boolean; mkpath: boolean; filters: readonly string[] }>(
    {
      src: either(single, list(someText, 1)),
      dest: someText,
      delete: otherwise(flag, false),
      mkpath: otherwise(flag, false),
      filters: otherwise(list(text), []),
    },
  ),
);
// Keys that we do not know belong to packit: its users' files are read as they are.
const shape = {
  layout: optional(oneOf(["rpm", "quilt", "plain"])),
  downstream_package_name: optional(text),
  upstream_ref: either(someText, turned(number, String)),
  specfile_path: optional(someText),
  patch_generation_ignore_paths: otherwise(list(someText), [".distro"]),
  patch_generation_patch_id_digits: optional(wholeNumber(0, 9)),
  sync_changelog: otherwise(flag, false),
  files_to_sync: otherwise(list(rule), []),
  patch_comments: otherwise(oneOf(["none", "message"]), "none"),
};

/** Reads the configuration of a source-git commit. Throws `UserError` naming file, line and key. */
export async function readConfiguration(store: ObjectStore, head: CommitId): Promise<SourceGitConfiguration> {
  const file = await findConfigurationFile(store, head);
  if (file !== undefined) return interpret(file);
  throw new UserError("missing", {
    message: "there is no .distro/source-git.yaml",
    where: ownPlaces[0],
    remedy:
      "Is this a source-git repository? The file names the upstream release that patches are counted from.",
  });
}

export function parseConfiguration(text: string, file: string): SourceGitConfiguration {
  return interpret(parseFile(text, file));
}

function interpret({ file, where, read }: ConfigurationFile): SourceGitConfiguration {
  const data = read(map(shape));
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
      ...new Set([...data.patch_generation_ignore_paths, file, ...(specfilePath ? [specfilePath] : [])]),
    ],
    patchIdDigits: data.patch_generation_patch_id_digits,
    syncChangelog: data.sync_changelog,
    filesToSync,
    patchComments: data.patch_comments,
  };
}

function syncRule({ src, dest, delete: remove, filters }: Shaped<typeof rule>, where: string): SyncRule {
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
