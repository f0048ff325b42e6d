import { posix } from "node:path";
import { isMap, isScalar, LineCounter, parseDocument, type Document } from "yaml";
import { z } from "zod";
import { UserError } from "../domain/errors.js";
import type { CommitId } from "../domain/refs.js";
import type { ObjectStore } from "../git/object-store.js";
import { findEntry } from "../git/trees.js";

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

const places = [
  ".distro/source-git.yaml",
  ".distro/source-git.yml",
  ".packit.yaml",
  ".packit.yml",
  "packit.yaml",
  "packit.yml",
];

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
  upstream_ref: z.union([z.string().min(1), z.number().transform(String)]),
  specfile_path: path.optional(),
  patch_generation_ignore_paths: z.array(path).default([".distro"]),
  patch_generation_patch_id_digits: z.int().min(0).max(9).optional(),
  sync_changelog: z.boolean().default(false),
  files_to_sync: z.array(rule).default([]),
  patch_comments: z.enum(["none", "message"]).default("none"),
});

/** Reads the configuration of a source-git commit. Throws `UserError` naming file, line and key. */
export async function readConfiguration(store: ObjectStore, head: CommitId): Promise<SourceGitConfiguration> {
  for (const file of places) {
    const entry = await findEntry(store, head, file);
    if (entry === undefined || entry.mode === "120000") continue;
    const text = (await store.readBlob(entry.id, 1024 ** 2)).toString("utf8");
    return parseConfiguration(text, file);
  }
  throw new UserError("missing", {
    message: "there is no .distro/source-git.yaml",
    where: places[0] ?? "",
    remedy:
      "Is this a source-git repository? The file names the upstream release that patches are counted from.",
  });
}

export function parseConfiguration(text: string, file: string): SourceGitConfiguration {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const broken = document.errors[0];
  if (broken !== undefined) throw invalid(file, broken.linePos?.[0].line ?? 1, firstLine(broken.message));

  const result = schema.safeParse(toData(document, file));
  if (!result.success) {
    const issue = result.error.issues[0];
    const key = issue?.path ?? [];
    throw invalid(
      file,
      lineOf(document, lines, key),
      `${key.join(".") || "the file"}: ${issue?.message ?? ""}`,
    );
  }
  const { data } = result;
  const filesToSync = data.files_to_sync.map((each, index) => {
    const where = `${file}:${lineOf(document, lines, ["files_to_sync", index])}`;
    return syncRule(each, where);
  });
  const specfilePath =
    data.specfile_path && inside(data.specfile_path, `${file}:${lineOf(document, lines, ["specfile_path"])}`);
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

function toData(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch (error) {
    throw invalid(file, 1, error instanceof Error ? error.message : "not readable");
  }
}

/** The line of the deepest node on the way to a key; of the key itself where there is one. */
function lineOf(document: Document.Parsed, lines: LineCounter, key: readonly PropertyKey[]): number {
  let line = 1;
  for (let length = 1; length <= key.length; length += 1) {
    const parent: unknown = document.getIn(key.slice(0, length - 1), true);
    const last = key[length - 1];
    const named = isMap(parent)
      ? parent.items.find((item) => isScalar(item.key) && item.key.value === last)?.key
      : undefined;
    const node: unknown = named ?? document.getIn(key.slice(0, length), true);
    const range = (node as { range?: readonly number[] } | undefined)?.range;
    if (range?.[0] !== undefined) line = lines.linePos(range[0]).line;
  }
  return line;
}

function invalid(file: string, line: number, message: string): UserError {
  return new UserError("invalid", { message, where: `${file}:${line}` });
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? "";
}
