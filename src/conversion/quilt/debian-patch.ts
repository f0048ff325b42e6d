import { posix } from "node:path";
import type { CommitId } from "../../domain/refs.js";
import type { ObjectStore } from "../../git/object-store.js";
import { encodeText } from "../../git/text.js";
import { diffOptions, excluding, splitMail } from "../patches/mails.js";
import { makeSeries, type PatchSeries, type WantedPatch } from "../patches/patch-series.js";
import { patchIdentity } from "../patches/patch-text.js";
import { topicOf, withoutOwnLines } from "./metadata.js";
import type { QuiltSide } from "./quilt-side.js";
import { isPatchPath } from "./series-file.js";
import type { QuiltSource } from "./source-side.js";

/**
 * The patches that source-git's commits ask for, as Debian's people write them: what `gbp pq export` gives, which is git's
 * mail without the line of the commit's id, and with ids of blobs that do not grow as the repository does.
 */
export async function makeDebianSeries(
  store: ObjectStore,
  here: QuiltSource,
  there: QuiltSide,
): Promise<PatchSeries> {
  const series = await makeSeries(store, here, here.configuration);
  const messages = new Map(here.commits.map(({ id, message }) => [id, message]));
  const numbered = isNumbered(there);
  const patches: WantedPatch[] = [];
  for (const wanted of series.patches) {
    const message = messages.get(wanted.commits[0] ?? "") ?? "";
    const content = await debianContent(store, here, { wanted, message });
    // Commits that undo one another leave nothing to patch.
    if (content === undefined && wanted.content !== undefined) continue;
    const identity = content === undefined ? "" : patchIdentity(content);
    patches.push({ ...wanted, content, identity, name: debianName(wanted, message, numbered) });
  }
  return { ...series, patches };
}

async function debianContent(
  store: ObjectStore,
  here: QuiltSource,
  { wanted, message }: { wanted: WantedPatch; message: string },
): Promise<Buffer | undefined> {
  if (wanted.content === undefined) return undefined;
  const { head, body, tail } = splitMail(wanted.content, message);
  const diff = wanted.line.length > 1 ? await wholeDiff(store, here, wanted.line) : tail;
  if (diff === undefined) return undefined;
  const text = withoutOwnLines(body);
  const lines = encodeText(text === "" ? "" : `${text}\n`);
  return Buffer.concat([withoutFirstLine(head), lines, withShortIds(diff)]);
}

/** Commits of one file are one diff: dpkg-source refuses a patch that changes a file twice. */
async function wholeDiff(
  store: ObjectStore,
  { configuration }: QuiltSource,
  line: readonly CommitId[],
): Promise<Buffer | undefined> {
  const [before] = (await store.readCommit(line[0] ?? "")).parents;
  const range = [before ?? store.writeTree([]), line.at(-1) ?? ""];
  const { stdout } = await store.git([
    "diff-tree",
    "--patch-with-stat",
    "--summary",
    ...diffOptions("patch"),
    "--src-prefix=a/",
    "--dst-prefix=b/",
    ...range,
    "--",
    ...excluding(configuration.ignorePaths),
  ]);
  return stdout.length === 0 ? undefined : Buffer.concat([Buffer.from("---\n"), stdout]);
}

function withoutFirstLine(head: Buffer): Buffer {
  return head.subarray(head.indexOf("\n") + 1);
}

// No line of a hunk begins like that, for all begin with a sign.
function withShortIds(diff: Buffer): Buffer {
  const short = diff
    .toString("latin1")
    .replace(/^index ([0-9a-f]{7})[0-9a-f]{33,}\.\.([0-9a-f]{7})[0-9a-f]{33,}/gm, "index $1..$2");
  return Buffer.from(short, "latin1");
}

/** How dist-git calls its patches: with a number in front, as git does, unless most of its own have none. */
function isNumbered({ patches }: QuiltSide): boolean {
  const numbered = patches.filter(({ file }) => /^\d+[-_]/.test(posix.basename(file)));
  return patches.length === 0 || numbered.length * 2 > patches.length;
}

function debianName({ name, named }: WantedPatch, message: string, numbered: boolean): string {
  if (named) return name;
  const topic = topicOf(message)?.replace(/\/+$/, "");
  const file = numbered ? name : name.replace(/^\d+-(?=.)/, "");
  return topic === undefined || !isPatchPath(`${topic}/x`) ? file : `${topic}/${file}`;
}
