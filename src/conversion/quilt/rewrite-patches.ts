import { UserError } from "../../domain/errors.js";
import { findEntry } from "../../git/trees.js";
import { composePatch, restrip } from "../patches/compose-patch.js";
import { readFileChanges } from "../patches/file-changes.js";
import type { PresentPatch } from "../patches/matching.js";
import type { WantedPatch } from "../patches/patch-series.js";
import { lastCommitOn, type SettledPatch } from "../patches/settle-patches.js";
import type { Touch } from "../patches/touches.js";
import { messageOf } from "./commit-text.js";
import { withoutOwnLines } from "./metadata.js";
import { patchFolder } from "./quilt-side.js";
import type { Sides } from "./read-sides.js";

/**
 * The settled patches with as many of dist-git's bytes as can stay: where the code changed, its header does; where the
 * message changed, its diff does. Throws `UserError` ("conflict") where dist-git changed a header, too.
 */
export async function rewritePatches(
  patches: readonly SettledPatch[],
  sides: Sides,
  touches: readonly Touch[],
): Promise<readonly SettledPatch[]> {
  const rewritten: SettledPatch[] = [];
  for (const patch of patches) rewritten.push(await rewrite(patch, sides, touches));
  return rewritten;
}

/** The patches that are new altogether, written for the `-p` that the line of their file in the series asks for. */
export function fitStrips(patches: readonly SettledPatch[], sides: Sides): readonly SettledPatch[] {
  return patches.map((patch) => {
    const strip = stripOf(patch, sides);
    const isFresh = patch.content === patch.wanted.content && patch.outcome !== "kept";
    return isFresh ? { ...patch, content: restrip(patch.content, strip), strip } : patch;
  });
}

async function rewrite(patch: SettledPatch, sides: Sides, touches: readonly Touch[]): Promise<SettledPatch> {
  const { wanted, content, present, outcome } = patch;
  const strip = stripOf(patch, sides);
  const isOurs = outcome === "kept" || outcome === "changed";
  if (!isOurs || present === undefined || wanted.content === undefined) {
    return outcome === "added" ? patch : { ...patch, strip };
  }
  const code = content !== present.content;
  const message = await hasNewMessage(wanted, present, sides);
  if (!code && !message) return { ...patch, strip };
  const fresh = wanted.content;
  const own = touches.filter(({ commit }) => wanted.line.includes(commit));
  const files = code ? await readFileChanges(sides.source, own) : undefined;
  const composed = composePatch({ old: present.content, strip, fresh, changed: { message, code }, files });
  return { ...patch, content: composed, strip, outcome: "changed" };
}

function stripOf({ file, present }: SettledPatch, { there }: Sides): number {
  return there.strips.get(present?.file ?? file) ?? 1;
}

async function hasNewMessage(wanted: WantedPatch, present: PresentPatch, sides: Sides): Promise<boolean> {
  const { here, last, dist, there } = sides;
  const lead = here.commits.find(({ id }) => id === wanted.commits[0]);
  if (last === undefined || lead === undefined) return false;
  if (!(await saysOther(lead.message, { wanted, present }, sides))) return false;
  const old = last.dist.patches.find(({ file }) => file === present.file);
  if (old?.id === present.id) return true;
  const path = `${patchFolder}${present.file}`;
  const commit = await lastCommitOn(dist, { path, since: last.dist.commit, tip: there.commit });
  throw new UserError("conflict", {
    message: `${path} was changed in dist-git${commit} while the message of its commit changed in source-git`,
    where: path,
    remedy: "Carry dist-git's change over to source-git first, then convert again.",
  });
}

/** Whether a message is not the one that the commit of the patch had when the two were last in step. */
async function saysOther(
  message: string,
  { wanted, present }: { wanted: WantedPatch; present: PresentPatch },
  sides: Sides,
): Promise<boolean> {
  const { last } = sides;
  if (last?.toldBy === "source") return !(await wasHeader(message, present.file, sides));
  const before = await earlierMessage(wanted, sides);
  return before !== undefined && !isSameText(before, message);
}

/**
 * Whether dist-git had, when the two were last in step or at any time before, a header that says this. Headers that dist-git
 * alone changed come home in no message, so an older one is nothing new.
 */
async function wasHeader(message: string, file: string, { dist, last }: Sides): Promise<boolean> {
  const old = last?.dist.patches.find((patch) => patch.file === file);
  if (last === undefined || old === undefined) return true;
  if (isSameText(messageOf(file, old.content), message)) return true;
  const path = `${patchFolder}${file}`;
  const log = ["log", "--format=%H", last.dist.commit, "--", `:(literal)${path}`];
  const { stdout } = await dist.git(log);
  for (const commit of stdout.toString("utf8").split("\n").filter(Boolean)) {
    const entry = await findEntry(dist, commit, path);
    if (entry?.mode.startsWith("100") !== true) continue;
    if (isSameText(messageOf(file, await dist.readBlob(entry.id)), message)) return true;
  }
  return false;
}

/** What the commit of a patch said when the two were last in step; `undefined` where nobody knows. */
async function earlierMessage(
  { commits, named, name, identity }: WantedPatch,
  { last }: Sides,
): Promise<string | undefined> {
  if (last === undefined) return undefined;
  const messages = new Map(last.source.commits.map(({ id, message }) => [id, message]));
  const known = messages.get(commits[0] ?? "");
  if (known !== undefined) return known;
  const earlier = (await last.patches()).find((patch) =>
    named ? patch.named && patch.name === name : patch.identity === identity,
  );
  return messages.get(earlier?.commits[0] ?? "");
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
