import { UserError } from "../../domain/errors.js";
import type { CommitId } from "../../domain/refs.js";
import type { ObjectStore, TreeEntry } from "../../git/object-store.js";
import { decodeText } from "../../git/text.js";
import { listFiles, type TreeFile } from "../../git/trees.js";
import type { PresentPatch } from "../patches/matching.js";
import type { PatchSide } from "../patches/patch-side.js";
import { patchIdentity } from "../patches/patch-text.js";
import { parseSeries, patchesOf, type SeriesFile, type SeriesProblem } from "./series-file.js";

export const debianFolder = "debian";
export const patchFolder = "debian/patches/";

/** dist-git at one commit: `debian/`, and what lies beside it. */
export interface QuiltSide extends PatchSide {
  /** The files of `debian/` alone: what is beside it may be large, and no conversion needs its names. */
  readonly files: ReadonlyMap<string, TreeFile>;
  /** The entries at the top. */
  readonly top: readonly TreeEntry[];
  readonly series: SeriesFile;
  /** How each listed patch is applied, by its file. */
  readonly strips: ReadonlyMap<string, number>;
  /** As `debian/source/format` says; a package without that file is of format 1.0. */
  readonly format: string;
}

/** Largest series that is read: 4 MB. */
const largestSeries = 4 * 1024 ** 2;
// dpkg-source prefers a series of the vendor's name to the common one.
const seriesNames = ["debian.series", "series"];
const reserved = new Set([...seriesNames, "ubuntu.series", "00list", ".pc"]);

/** Reads dist-git, problems of its series included: whoever needs it to be sound says so by `requireSound`. */
export async function readQuiltSide(store: ObjectStore, commit: CommitId): Promise<QuiltSide> {
  const top = await store.readTree(commit);
  const files = new Map((await listFiles(store, commit, debianFolder)).map((file) => [file.path, file]));
  const parsed = await readSeries(store, files);
  const listed = patchesOf(parsed);
  const problems: SeriesProblem[] = [...parsed.problems];
  const patches: PresentPatch[] = [];
  for (const { file, line } of listed) {
    const entry = files.get(`${patchFolder}${file}`);
    if (entry?.mode.startsWith("100") === true) patches.push(await readPatch(store, file, entry));
    else problems.push({ line, reason: missing(file, entry) });
  }
  problems.sort((one, other) => one.line - other.line);
  return {
    commit,
    files,
    top,
    patchFolder,
    series: { ...parsed, problems },
    strips: new Map(listed.map(({ file, strip }) => [file, strip])),
    format: await readFormat(store, files),
    patches,
    named: new Set(listed.map(({ file }) => file)),
    reserves: (file) => reserved.has(file),
  };
}

async function readSeries(store: ObjectStore, files: ReadonlyMap<string, TreeFile>): Promise<SeriesFile> {
  const paths = seriesNames.map((name) => `${patchFolder}${name}`);
  const path = paths.find((each) => files.has(each)) ?? `${patchFolder}series`;
  const entry = files.get(path);
  if (entry === undefined) return parseSeries("", path);
  if (!entry.mode.startsWith("100")) {
    throw new UserError("unsupported", {
      message: `dist-git's ${path} is a link`,
      where: path,
      remedy: "Make it an ordinary file.",
    });
  }
  return parseSeries(decodeText(await store.readBlob(entry.id, largestSeries)), path);
}

async function readPatch(store: ObjectStore, file: string, { id }: TreeFile): Promise<PresentPatch> {
  const content = await store.readBlob(id);
  return { file, id, content, identity: patchIdentity(content) };
}

function missing(file: string, entry: TreeFile | undefined): string {
  return entry === undefined
    ? `${file} is listed, but there is no such file`
    : `${file} is a link, which no patch may be`;
}

async function readFormat(store: ObjectStore, files: ReadonlyMap<string, TreeFile>): Promise<string> {
  const entry = files.get("debian/source/format");
  if (entry?.mode.startsWith("100") !== true) return "1.0";
  const text = (await store.readBlob(entry.id, 4096)).toString("latin1");
  return text.split("\n")[0]?.trim() ?? "1.0";
}
