import { UserError } from "../../domain/errors.js";
import type { Signature } from "../../git/object-store.js";
import { findEntry } from "../../git/trees.js";
import type { HistoryCommit } from "../patches/history.js";
import type { PresentPatch } from "../patches/matching.js";
import { readPatchHead } from "../patches/patch-head.js";
import type { WantedPatch } from "../patches/patch-series.js";
import { lastCommitOn } from "../patches/settle-patches.js";
import { messageOf } from "./commit-text.js";
import { withoutOwnLines } from "./metadata.js";
import { patchFolder } from "./quilt-side.js";
import type { Sides } from "./read-sides.js";

/** The patch that a commit asks for, and the one that dist-git has for it. */
interface Pair {
  readonly wanted: WantedPatch;
  readonly present: PresentPatch;
}

/**
 * Whether source-git changed the message or the author of a patch's commit since the two were last in step. Throws
 * `UserError` ("conflict") where dist-git changed the header, too.
 */
export async function saysAnew(pair: Pair, sides: Sides): Promise<boolean> {
  const { wanted, present } = pair;
  const { source, here, last, dist, there } = sides;
  const lead = here.commits.find(({ id }) => id === wanted.commits[0]);
  if (last === undefined || lead === undefined) return false;
  const before = await earlierCommit(pair, sides);
  if (before?.id === lead.id) return false;
  const { author } = await source.readCommit(lead.id);
  if (!(await saysOther({ message: lead.message, author }, { pair, before }, sides))) return false;
  const old = last.dist.patches.find(({ file }) => file === present.file);
  if (old?.id === present.id) return true;
  const path = `${patchFolder}${present.file}`;
  const commit = await lastCommitOn(dist, { path, since: last.dist.commit, tip: there.commit });
  throw new UserError("conflict", {
    message: `${path} was changed in dist-git${commit} while the message or author of its commit changed in source-git`,
    where: path,
    remedy: "Carry dist-git's change over to source-git first, then convert again.",
  });
}

interface Words {
  readonly message: string;
  readonly author: Signature;
}

async function saysOther(
  now: Words,
  { pair, before }: { pair: Pair; before: HistoryCommit | undefined },
  sides: Sides,
): Promise<boolean> {
  const { source, last } = sides;
  if (last?.toldBy === "source") {
    return !(await wasHeader(pair.present.file, sides, (file, header) => saysIn(header, now, file)));
  }
  if (before === undefined) return false;
  const { author } = await source.readCommit(before.id);
  return !isSameText(before.message, now.message) || !isSamePerson(author, now.author);
}

/** Whether a header says just that; one without an author leaves it to whoever brought the patch. */
function saysIn(header: Buffer, { message, author }: Words, file: string): boolean {
  const said = readPatchHead(header).author;
  return isSameText(messageOf(file, header), message) && (said === undefined || isSamePerson(said, author));
}

/**
 * Whether dist-git had, when the two were last in step or at any time before, such a header. Headers that dist-git alone
 * changed come home in no message, so an older one is nothing new.
 */
async function wasHeader(
  file: string,
  { dist, last }: Sides,
  isIt: (file: string, header: Buffer) => boolean,
): Promise<boolean> {
  const old = last?.dist.patches.find((patch) => patch.file === file);
  if (last === undefined || old === undefined || isIt(file, old.content)) return true;
  const path = `${patchFolder}${file}`;
  const { stdout } = await dist.git(["log", "--format=%H", last.dist.commit, "--", `:(literal)${path}`]);
  for (const commit of stdout.toString("utf8").split("\n").filter(Boolean)) {
    const entry = await findEntry(dist, commit, path);
    if (entry?.mode.startsWith("100") === true && isIt(file, await dist.readBlob(entry.id))) return true;
  }
  return false;
}

/** The commit of the patch when the two were last in step; `undefined` where nobody knows. */
async function earlierCommit(
  { wanted: { commits, named, name, identity } }: Pair,
  { last }: Sides,
): Promise<HistoryCommit | undefined> {
  if (last === undefined) return undefined;
  const known = new Map(last.source.commits.map((commit) => [commit.id, commit]));
  const same = known.get(commits[0] ?? "");
  // Where source-git tells of that time, its commits may have been rewritten since.
  if (same !== undefined || last.toldBy === "source") return last.toldBy === "source" ? undefined : same;
  const earlier = (await last.series()).patches.find((patch) =>
    named ? patch.named && patch.name === name : patch.identity === identity,
  );
  return known.get(earlier?.commits[0] ?? "");
}

type Person = Pick<Signature, "name" | "email">;

/** git leaves out what it cannot write, and at both ends what is no part of a name. */
function isSamePerson(one: Person, other: Person): boolean {
  const written = (text: string) =>
    text.replace(/[<>\n\0]/g, "").replace(/^[\s.,:;"\\']+|[\s.,:;"\\']+$/g, "");
  return written(one.name) === written(other.name) && written(one.email) === written(other.email);
}

/** git itself trims a message that is edited; that is no change. */
function isSameText(one: string, other: string): boolean {
  const [first, second] = [one, other].map((text) =>
    withoutOwnLines(text)
      .replace(/[ \t\r]+$/gm, "")
      .replace(/\n{2,}/g, "\n\n")
      .trim(),
  );
  return first === second;
}
