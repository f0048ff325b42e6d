import { isMap, isScalar, isSeq, parseDocument, type Document, type YAMLMap } from "yaml";
import { shortCommit } from "../../domain/refs.js";
import { editTree, findEntry } from "../../git/trees.js";
import type { CarriedFiles, Carrying, RpmState } from "./home-state.js";
import { listSources } from "./start-distro.js";

/**
 * Brings `sources` of source-git's configuration up to date where dist-git's archives changed, and says what a new upstream
 * release asks for.
 */
export async function carrySources({
  request: { source },
  here: { configuration },
  before,
  after,
  from,
  tree,
}: Carrying): Promise<CarriedFiles> {
  const { file, upstreamRef } = configuration;
  const warnings = releaseWarning({ before, after, from: shortCommit(from), upstreamRef, file });
  const [old, fresh] = [before, after].map(({ side }) => listSources(side.spec));
  if (old === undefined || fresh === undefined || JSON.stringify(old) === JSON.stringify(fresh)) {
    return { tree, warnings };
  }
  const entry = await findEntry(source, tree, file);
  const text = entry && (await source.readBlob(entry.id)).toString("utf8");
  const changed = text === undefined ? undefined : updateSources(text, old, fresh);
  if (entry === undefined || changed === undefined) return { tree, warnings };
  const change = { mode: entry.mode, id: source.writeBlob(Buffer.from(changed)) };
  return { tree: await editTree(source, tree, new Map([[file, change]])), warnings };
}

interface Release {
  readonly before: RpmState;
  readonly after: RpmState;
  readonly from: string;
  readonly upstreamRef: string;
  readonly file: string;
}

function releaseWarning({ before, after, from, upstreamRef, file }: Release): string[] {
  const [old, fresh] = [before, after].map(({ side }) => side.spec.tags.get("version")?.value);
  if (fresh === undefined || old === fresh) return [];
  return [
    `dist-git's commit ${from} goes from version ${old ?? "none"} to ${fresh}, but source-git's patches still count from ${upstreamRef}: merge upstream's ${fresh} into the branch, or rebase the branch onto it, and set upstream_ref in ${file}`,
  ];
}

type Source = Readonly<Record<"path" | "url", string>>;

/** The configuration with other sources, all its other bytes kept; `undefined` when it names none. */
function updateSources(text: string, old: readonly Source[], fresh: readonly Source[]): string | undefined {
  const document = parseDocument(text);
  const list: unknown = document.get("sources");
  if (document.errors.length > 0 || !isSeq(list)) return undefined;
  const listed = list.items.filter((item) => isMap(item));
  const known = old.map(({ path }) => listed.find((item) => item.get("path") === path));
  const isOneToOne = old.length === fresh.length && known.every((item) => item !== undefined);
  return isOneToOne ? replaceInPlace(text, { known, old, fresh }) : rewriteList(document, { known, fresh });
}

function replaceInPlace(
  text: string,
  {
    known,
    old,
    fresh,
  }: { known: readonly (YAMLMap | undefined)[]; old: readonly Source[]; fresh: readonly Source[] },
): string {
  const edits: { start: number; end: number; value: string }[] = [];
  for (const [at, item] of known.entries()) {
    for (const key of ["path", "url"] as const) {
      const node: unknown = item?.get(key, true);
      const value = fresh[at]?.[key];
      if (!isScalar(node) || !node.range || value === undefined || value === old[at]?.[key]) continue;
      edits.push({ start: node.range[0], end: node.range[1], value: quotedIfNeeded(value) });
    }
  }
  return edits
    .sort((one, other) => other.start - one.start)
    .reduce((changed, { start, end, value }) => changed.slice(0, start) + value + changed.slice(end), text);
}

function rewriteList(
  document: Document,
  { known, fresh }: { known: readonly (YAMLMap | undefined)[]; fresh: readonly Source[] },
): string {
  const list: unknown = document.get("sources");
  if (!isSeq(list)) return document.toString({ lineWidth: 0 });
  const gone = new Set<unknown>(known);
  list.items = [
    ...list.items.filter((item) => !gone.has(item)),
    ...fresh.map((each) => document.createNode(each)),
  ];
  return document.toString({ lineWidth: 0 });
}

function quotedIfNeeded(value: string): string {
  return /^[A-Za-z0-9][A-Za-z0-9._~:/?&=%+@-]*$/.test(value) && !/:$|: | #/.test(value)
    ? value
    : JSON.stringify(value);
}
