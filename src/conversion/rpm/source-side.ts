import { posix } from "node:path";
import { UserError } from "../../domain/errors.js";
import { shortCommit, type CommitId } from "../../domain/refs.js";
import type { ObjectStore } from "../../git/object-store.js";
import { findEntry } from "../../git/trees.js";
import type { SourceGitConfiguration } from "../configuration.js";
import { readSourceHistory, type SourceHistory } from "../source-history.js";
import { largestSpec } from "./dist-side.js";

/** source-git at one commit, with its spec. */
export interface SourceSide extends SourceHistory {
  readonly specPath: string;
  /** The bytes of the spec as latin1. */
  readonly specText: string;
}

/** Throws `UserError` for a commit that is no source-git commit, naming what it lacks. */
export async function readSourceSide(store: ObjectStore, head: CommitId): Promise<SourceSide> {
  const history = await readSourceHistory(store, head);
  const { path: specPath, text: specText } = await readSpec(store, head, history.configuration);
  return { ...history, specPath, specText };
}

async function readSpec(
  store: ObjectStore,
  head: CommitId,
  configuration: SourceGitConfiguration,
): Promise<{ path: string; text: string }> {
  const path = configuration.specfilePath ?? (await findSpec(store, head, configuration));
  const entry = await findEntry(store, head, path);
  if (entry === undefined || !entry.mode.startsWith("100")) {
    throw new UserError("missing", {
      message: `there is no spec at ${path}`,
      where: `${configuration.file}, commit ${shortCommit(head)}`,
      remedy: "Add the spec, or correct specfile_path.",
    });
  }
  const text = (await store.readBlob(entry.id, largestSpec)).toString("latin1");
  requireName(text, path);
  return { path, text };
}

/** rpm reads no spec without one, so nothing could be built of what it would be converted to. */
function requireName(text: string, path: string): void {
  if (/^[ \t]*Name[ \t]*:|^[ \t]*%include\b/im.test(text)) return;
  throw new UserError("invalid", {
    message: "the spec has no Name",
    where: path,
    remedy: "Add the tag Name, or correct specfile_path.",
  });
}

async function findSpec(
  store: ObjectStore,
  head: CommitId,
  { file, packageName }: SourceGitConfiguration,
): Promise<string> {
  const specs: string[] = [];
  for (const folder of [".distro", ".distro/SPECS"]) {
    const entry = await findEntry(store, head, folder);
    if (entry?.mode !== "40000") continue;
    for (const { name } of await store.readTree(entry.id)) {
      if (name.endsWith(".spec")) specs.push(`${folder}/${name}`);
    }
  }
  const named = specs.find((path) => posix.basename(path) === `${packageName ?? ""}.spec`);
  const [only] = specs;
  if (named !== undefined) return named;
  if (specs.length === 1 && only !== undefined) return only;
  throw new UserError(specs.length === 0 ? "missing" : "invalid", {
    message: specs.length === 0 ? "there is no spec in .distro" : `.distro has ${specs.length} specs`,
    where: specs.length === 0 ? ".distro" : specs.join(", "),
    remedy: `Set specfile_path in ${file}.`,
  });
}
