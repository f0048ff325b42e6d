import { isMap, isScalar, LineCounter, parseDocument, type Document } from "yaml";
import type { z } from "zod";
import { UserError } from "../domain/errors.js";
import type { CommitId } from "../domain/refs.js";
import { isTooDeep } from "../domain/yaml-depth.js";
import type { ObjectStore } from "../git/object-store.js";
import { findEntry } from "../git/trees.js";

/** A file of YAML that tells the line of each key, for errors. */
export interface ConfigurationFile {
  readonly file: string;
  /** Its data as a schema reads it. Throws `UserError` ("invalid") naming file, line and key. */
  readonly read: <T>(schema: z.ZodType<T>) => T;
  /** `file:line` of a key. */
  readonly where: (key: readonly PropertyKey[]) => string;
}

/** Where Sluice's own file is. */
export const ownPlaces: readonly string[] = [".distro/source-git.yaml", ".distro/source-git.yml"];
/** What dist-git never gets of source-git: that file, and how its link is narrowed. */
export const ownFiles: readonly string[] = [...ownPlaces, ".sluice.yml"];
/** Where packit's older users have the same keys; upstream projects use these files for other ends, too. */
const packitPlaces = [".packit.yaml", ".packit.yml", "packit.yaml", "packit.yml"];

/** The configuration of a source-git commit; `undefined` when there is none. A link is none. */
export async function findConfigurationFile(
  store: ObjectStore,
  head: CommitId,
): Promise<ConfigurationFile | undefined> {
  for (const file of [...ownPlaces, ...packitPlaces]) {
    const entry = await findEntry(store, head, file);
    if (!entry?.mode.startsWith("100")) continue;
    return parseFile((await store.readBlob(entry.id, 1024 ** 2)).toString("utf8"), file);
  }
  return undefined;
}

/** Throws `UserError` ("invalid") for what is no YAML. */
export function parseFile(text: string, file: string): ConfigurationFile {
  if (isTooDeep(text)) throw invalid(file, 1, "it nests too deep");
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const broken = document.errors[0];
  if (broken !== undefined) throw invalid(file, broken.linePos?.[0].line ?? 1, firstLine(broken.message));
  const lineAt = (key: readonly PropertyKey[]) => lineOf(document, lines, key);
  return {
    file,
    where: (key) => `${file}:${lineAt(key)}`,
    read: (schema) => {
      const result = schema.safeParse(toData(document, file));
      if (result.success) return result.data;
      const issue = result.error.issues[0];
      const key = issue?.path ?? [];
      throw invalid(file, lineAt(key), `${key.join(".") || "the file"}: ${issue?.message ?? ""}`);
    },
  };
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
