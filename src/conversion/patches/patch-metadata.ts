import { isMap, parseDocument } from "yaml";
import { UserError } from "../../domain/errors.js";
import { shortCommit, type CommitId } from "../../domain/refs.js";
import { isTooDeep } from "../../domain/yaml-depth.js";
import { trailerData } from "../../git/trailers.js";
import { isSafeName } from "../../git/codec.js";
import { trailersOf } from "./commit-trailers.js";
import type { HistoryCommit } from "./history.js";

/** What a commit's author says of its patch. */
export interface PatchMetadata {
  readonly name?: string;
  readonly id?: number;
  /** The file of an earlier patch that this commit belongs to. */
  readonly amends?: string;
  /** Comment lines for the spec. */
  readonly status?: readonly string[];
  readonly presentInSpecfile: boolean;
  readonly ignore: boolean;
  readonly noPrefix: boolean;
  /** Older form: this commit and those before it, back to the last one that says so, are one patch. */
  readonly squash: boolean;
}

const nothingSaid: PatchMetadata = {
  presentInSpecfile: false,
  ignore: false,
  noPrefix: false,
  squash: false,
};

const trailerKeys: Readonly<Record<string, string>> = {
  "patch-name": "patch_name",
  "patch-id": "patch_id",
  "patch-status": "description",
  "patch-present-in-specfile": "present_in_specfile",
  "ignore-patch": "ignore",
  "no-prefix": "no_prefix",
  "amends-patch": "amends",
};
const olderKeys = new Set([
  "patch_name",
  "patch_id",
  "description",
  "present_in_specfile",
  "ignore",
  "no_prefix",
  "squash_commits",
  "location_in_specfile",
]);
/** Most paragraphs hold none, and need not be read as YAML to know it. */
const olderKey = new RegExp([...olderKeys].join("|"));

/**
 * The metadata of each commit: from trailers, or, where no commit of the range has one, from the older YAML in the message
 * body. Throws `UserError` ("invalid") naming commit and key.
 */
export function readMetadata(commits: readonly HistoryCommit[]): ReadonlyMap<CommitId, PatchMetadata> {
  const said = commits.map(saidBy);
  const trailersRule = said.some(({ trailers }) => trailers !== undefined);
  const metadata = new Map<CommitId, PatchMetadata>();
  for (const [index, { id }] of commits.entries()) {
    const data = trailersRule ? said[index]?.trailers : said[index]?.body();
    metadata.set(id, data === undefined ? nothingSaid : understood(data, id));
  }
  return metadata;
}

/** How the patch of a whole group of commits is made: the first commit's word counts. */
export function metadataOf(metadata: ReadonlyMap<CommitId, PatchMetadata>, commit: CommitId): PatchMetadata {
  return metadata.get(commit) ?? nothingSaid;
}

type Data = ReadonlyMap<string, unknown>;

/** What a message says in either form; `undefined`: nothing. */
interface Said {
  readonly trailers: Data | undefined;
  readonly body: () => Data | undefined;
}

/** A commit that is converted again is the same object, as long as the store's memory holds it. */
const known = new WeakMap<HistoryCommit, Said>();

function saidBy(commit: HistoryCommit): Said {
  const said = known.get(commit);
  if (said !== undefined) return said;
  let body: { readonly data: Data | undefined } | undefined;
  const fresh = {
    trailers: ifAny(dataOfTrailers(commit)),
    body: () => (body ??= { data: ifAny(dataOfBody(commit.message)) }).data,
  };
  known.set(commit, fresh);
  return fresh;
}

const meant = new WeakMap<Data, PatchMetadata>();

function understood(data: Data, commit: CommitId): PatchMetadata {
  const metadata = meant.get(data);
  if (metadata !== undefined) return metadata;
  const fresh = toMetadata(data, commit);
  meant.set(data, fresh);
  return fresh;
}

function ifAny(data: Data): Data | undefined {
  return data.size === 0 ? undefined : data;
}

function dataOfTrailers(commit: HistoryCommit): Map<string, unknown> {
  const data = new Map<string, unknown>();
  for (const { key, value } of trailersOf(commit)) {
    const word = trailerKeys[key.toLowerCase()];
    // A name may look like a number, a status like anything: only YAML's quotes and blocks are undone.
    if (word !== undefined) data.set(word, trailerData(value));
  }
  return data;
}

/** The trailing paragraphs of `key: value` lines, as older tools wrote them. */
function dataOfBody(message: string): Map<string, unknown> {
  const paragraphs = message
    .trimEnd()
    .split(/\n[ \t]*\n/)
    .slice(1)
    .reverse();
  for (const paragraph of paragraphs) {
    if (!olderKey.test(paragraph) || isTooDeep(paragraph)) continue;
    const document = parseDocument(paragraph);
    if (document.errors.length > 0 || !isMap(document.contents)) continue;
    const data = Object.entries(document.toJS() as Record<string, unknown>).filter(([key]) =>
      olderKeys.has(key),
    );
    if (data.length > 0) return new Map(data);
  }
  return new Map();
}

function toMetadata(data: ReadonlyMap<string, unknown>, commit: CommitId): PatchMetadata {
  const name = textOf(data, "patch_name");
  const id = data.get("patch_id") ?? data.get("location_in_specfile");
  const status = textOf(data, "description");
  const amends = textOf(data, "amends")?.trim();
  return {
    ...(name === undefined ? {} : { name: patchName(name, commit) }),
    ...(id === undefined || id === null ? {} : { id: patchId(id, commit) }),
    ...(amends === undefined ? {} : { amends }),
    ...(status === undefined ? {} : { status: status.trimEnd().split("\n") }),
    presentInSpecfile: flag(data, "present_in_specfile", commit),
    ignore: flag(data, "ignore", commit),
    noPrefix: flag(data, "no_prefix", commit),
    squash: flag(data, "squash_commits", commit),
  };
}

function textOf(data: ReadonlyMap<string, unknown>, key: string): string | undefined {
  const value = data.get(key);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

function patchName(text: string, commit: CommitId): string {
  const name = text.trim();
  if (!name.includes("\n") && isSafeName(name)) return name;
  throw new UserError("invalid", {
    message: `the Patch-name ${JSON.stringify(name)} is not a plain file name`,
    where: `commit ${shortCommit(commit)}`,
    remedy: "Name the patch without folders.",
  });
}

function patchId(value: unknown, commit: CommitId): number {
  const id = typeof value === "string" && /^\d+$/.test(value.trim()) ? Number(value) : value;
  if (typeof id === "number" && Number.isSafeInteger(id) && id >= 0) return id;
  throw new UserError("invalid", {
    message: `the Patch-id ${JSON.stringify(value)} is not a number`,
    where: `commit ${shortCommit(commit)}`,
  });
}

function flag(data: ReadonlyMap<string, unknown>, key: string, commit: CommitId): boolean {
  const value = data.get(key);
  if (value === undefined || value === null) return false;
  if (typeof value === "boolean") return value;
  if (typeof value === "string" && /^(yes|on|true|no|off|false)$/i.test(value))
    return /^(yes|on|true)$/i.test(value);
  throw new UserError("invalid", {
    message: `${key} is ${JSON.stringify(value)}; only true and false are understood`,
    where: `commit ${shortCommit(commit)}`,
  });
}
