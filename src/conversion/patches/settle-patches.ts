import { UserError } from "../../domain/errors.js";
import { shortCommit, type CommitId } from "../../domain/refs.js";
import type { ObjectStore } from "../../git/object-store.js";
import { findEntry } from "../../git/trees.js";
import type { LastSync } from "../last-sync.js";
import { staysUnsynchronised, type WereSources } from "../provenance.js";
import { matchPatches, type MatchedPatch, type PresentPatch } from "./matching.js";
import type { PatchSide } from "./patch-side.js";
import { PatchesThen } from "./patches-then.js";
import type { WantedPatch } from "./patch-series.js";

/** What a wanted patch becomes in dist-git. */
export interface SettledPatch {
  readonly wanted: WantedPatch;
  readonly file: string;
  readonly content: Buffer;
  /** The patch file that it was found to be, maybe by another name, maybe removed by dist-git. */
  readonly present: PresentPatch | undefined;
  /** How the content is to be applied; `undefined` where only its paths can tell. */
  readonly strip?: number | undefined;
  /** The folder that its paths count from. */
  readonly folder?: string | undefined;
  /** Whether it is applied backwards. */
  readonly reverse?: boolean;
  /** As much fuzz as dist-git says itself that it needs; none unless told. */
  readonly fuzz?: number | undefined;
  /** Whether it has to apply without more than that. */
  readonly exact?: boolean;
  /** `drifted`: dist-git's own change to it stays. `dropped`: dist-git removed it, and so it stays away. */
  readonly outcome: "kept" | "added" | "changed" | "drifted" | "dropped";
}

export interface SettledPatches {
  readonly patches: readonly SettledPatch[];
  /** Files of dist-git that are patches no more. */
  readonly removed: readonly string[];
  /** Patches that dist-git alone has; their files and tags stay. */
  readonly foreign: readonly string[];
  readonly warnings: readonly string[];
}

export interface PatchSides {
  readonly dist: ObjectStore;
  readonly there: PatchSide;
  readonly last: LastSync | undefined;
  /** Names in the patch folder that files of source-git's own take. */
  readonly distroFiles: ReadonlySet<string>;
  /** Whether a file of dist-git does what the wanted patch does, though it reads otherwise. */
  readonly hasEffect: (wanted: WantedPatch, present: PresentPatch) => Promise<boolean>;
  /** The same of a patch that source-git asked for when the two were last in step, and of what dist-git had then. */
  readonly hadEffect: (wanted: WantedPatch, present: PresentPatch) => Promise<boolean>;
  /** Whether source-git's files held this name when the two were last in step. */
  readonly wasDistroFile: (file: string) => boolean;
  /** Which of dist-git's files demonstrably were source-git's; asked where the two were never in step. */
  readonly wereSources: WereSources;
}

/** Compares the wanted patches with those of dist-git; what dist-git alone changed stays. Throws `UserError` ("conflict"). */
export async function settlePatches(
  wanted: readonly WantedPatch[],
  sides: PatchSides,
): Promise<SettledPatches> {
  const { there, last, distroFiles } = sides;
  const present = new Set(there.patches.map(({ file }) => file));
  const then = new PatchesThen(sides);
  const others = [...there.files.keys()].filter((path) => path.startsWith(there.patchFolder));
  const taken = new Set([...distroFiles, ...others.map((path) => path.slice(there.patchFolder.length))]);
  const matched = matchPatches(wanted, [...there.patches, ...then.vanished], taken);

  const settler = new Settler(sides, then);
  const patches: SettledPatch[] = [];
  for (const match of await followRenames(matched, then)) {
    const settled = await settler.settle(match);
    if (settled.outcome !== "dropped") refuseTaken({ ...match, file: settled.file }, there, present);
    patches.push(settled);
  }
  const claimed = new Set(patches.map(({ file }) => file));
  const renamed = patches.flatMap(({ present: old, file }) => (old && old.file !== file ? old.file : []));
  const unclaimed = there.patches.filter(({ file }) => !claimed.has(file) && !renamed.includes(file));
  const { gone, foreign } = await settler.sort(unclaimed);
  const warnings = [
    ...patches.flatMap(warningOf),
    ...foreign.map(last === undefined ? staysUnsynchronised : staysForeign),
  ];
  return { patches, removed: [...renamed.filter((file) => !claimed.has(file)), ...gone], foreign, warnings };
}

/** A patch that reads otherwise and has another name now is still that of its commits. */
async function followRenames(
  matched: readonly MatchedPatch[],
  then: PatchesThen,
): Promise<readonly MatchedPatch[]> {
  const claimed = new Set(matched.map(({ present }) => present));
  const followed: MatchedPatch[] = [];
  for (const match of matched) {
    const found = match.present === undefined ? await then.findOf(match.wanted) : undefined;
    const isFree = found !== undefined && !claimed.has(found);
    followed.push(isFree ? { ...match, present: found, file: found.file } : match);
  }
  return followed;
}

/** A `Patch-name` may be that of a patch, never of anything else that dist-git has or lives by. */
function refuseTaken(
  { wanted, file }: MatchedPatch,
  { files, patchFolder, reserves }: PatchSide,
  present: ReadonlySet<string>,
): void {
  if (!wanted.named) return;
  const path = `${patchFolder}${file}`;
  const needed = reserves(file);
  const entry = files.get(path);
  // A patch that the spec names by other means than a tag is known by its trailer alone.
  const own = present.has(file) || (wanted.presentInSpecfile && entry?.mode.startsWith("100") === true);
  const inUse = entry !== undefined || [...files.keys()].some((each) => each.startsWith(`${path}/`));
  if (!needed && (own || !inUse)) return;
  const where = wanted.commits.map((commit) => `commit ${shortCommit(commit)}`).join(", ");
  throw new UserError("invalid", {
    message: `the Patch-name ${file} is taken: dist-git needs it for a file that is no patch`,
    where,
    remedy: "Choose another Patch-name.",
  });
}

class Settler {
  readonly #sides: PatchSides;
  readonly #then: PatchesThen;

  constructor(sides: PatchSides, then: PatchesThen) {
    this.#sides = sides;
    this.#then = then;
  }

  async settle({ wanted, file, present, same }: MatchedPatch): Promise<SettledPatch> {
    const content = wanted.content ?? present?.content ?? Buffer.alloc(0);
    const vanished = present !== undefined && (await this.#isGone(wanted, present));
    if (present !== undefined && !vanished && (same || (await this.#sides.hasEffect(wanted, present)))) {
      const isTheirs = present.file === file || (await this.#then.isRenamed(wanted, present));
      const outcome = isTheirs ? "kept" : "changed";
      return { wanted, file: isTheirs ? present.file : file, content: present.content, present, outcome };
    }
    if (await this.#then.isUnchanged(wanted, present)) {
      const gone = present === undefined || vanished;
      return {
        wanted,
        file: present?.file ?? file,
        content: present?.content ?? content,
        present,
        outcome: gone ? "dropped" : "drifted",
      };
    }
    if (vanished) throw await this.#conflict(present.file, "removed");
    if (present === undefined) {
      if (await this.#then.wasGone(wanted)) throw await this.#conflict(file, "removed");
      return { wanted, file, content, present, outcome: "added" };
    }
    await this.#refuseOwn(present, "changed");
    return { wanted, file, content, present, outcome: "changed" };
  }

  async #isGone(wanted: WantedPatch, present: PresentPatch): Promise<boolean> {
    return this.#then.vanished.has(present) || this.#then.isDisabled(wanted, present);
  }

  /** Sorts the patches of dist-git that no commit asks for: gone from source-git, or dist-git's own. */
  async sort(unclaimed: readonly PresentPatch[]): Promise<{ gone: string[]; foreign: string[] }> {
    const { there, distroFiles, last } = this.#sides;
    const { named } = there;
    const unasked = unclaimed.filter(({ file }) => !distroFiles.has(file));
    if (last === undefined) return this.#sortStrangers(unasked.filter(({ file }) => named.has(file)));
    const gone: string[] = [];
    const foreign: string[] = [];
    for (const patch of unasked) {
      if (await this.#wasOurs(patch, last)) gone.push(patch.file);
      else if (named.has(patch.file)) foreign.push(patch.file);
    }
    return { gone, foreign };
  }

  async #sortStrangers(patches: readonly PresentPatch[]): Promise<{ gone: string[]; foreign: string[] }> {
    const { there, wereSources } = this.#sides;
    const path = (file: string) => `${there.patchFolder}${file}`;
    const were = await wereSources(patches.map(({ file, id }) => ({ path: path(file), id })));
    const files = patches.map(({ file }) => file);
    return {
      gone: files.filter((file) => were.has(path(file))),
      foreign: files.filter((file) => !were.has(path(file))),
    };
  }

  /** Throws `UserError` ("conflict") for a patch that is no more what source-git asked for. */
  async #refuseOwn({ file, id }: PresentPatch, how: "changed" | "dropped"): Promise<void> {
    const { last, hadEffect } = this.#sides;
    if (last === undefined) return;
    const before = this.#then.before(file);
    if (before?.id !== id) throw await this.#conflict(file, how);
    // All that dist-git had then became commits.
    if (last.toldBy === "source") return;
    // It may have had its own way by then already, or have merged first what source-git never had.
    const earlier = await this.#then.earlier(file);
    if (earlier !== undefined && (earlier.same || (await hadEffect(earlier.wanted, before)))) return;
    throw await this.#conflict(file, how);
  }

  async #wasOurs(patch: PresentPatch, last: LastSync): Promise<boolean> {
    const { wasDistroFile } = this.#sides;
    const before = this.#then.before(patch.file);
    if (before === undefined) return false;
    if (wasDistroFile(patch.file)) return true;
    if (last.toldBy === "source") return last.dist.named.has(before.file) && this.#cameHome(before, last);
    if ((await this.#then.earlier(patch.file)) === undefined) return false;
    await this.#refuseOwn(patch, "dropped");
    return true;
  }

  /** Whether a patch really was a commit of source-git: a trailer alone may say of a commit what is not true. */
  async #cameHome({ file, id }: PresentPatch, { begun }: LastSync): Promise<boolean> {
    const { dist, there, wereSources } = this.#sides;
    const path = `${there.patchFolder}${file}`;
    const known = begun !== undefined && (await dist.has(begun));
    if (known && (await findEntry(dist, begun, path)) !== undefined) return true;
    if ((await this.#then.earlier(file)) !== undefined) return true;
    return (await wereSources([{ path, id }])).has(path);
  }

  async #conflict(file: string, how: "changed" | "removed" | "dropped"): Promise<UserError> {
    const { dist, there, last } = this.#sides;
    const path = `${there.patchFolder}${file}`;
    const since = last?.dist.commit;
    const recent = await lastCommitOn(dist, { path, since, tip: there.commit });
    const commit =
      recent === "" ? await lastCommitOn(dist, { path, since: undefined, tip: there.commit }) : recent;
    const [there_, here] = how === "dropped" ? ["changed", "were dropped"] : [how, "changed"];
    return new UserError("conflict", {
      message: `${path} was ${there_} in dist-git${commit} while its commits ${here} in source-git`,
      where: path,
      remedy: "Carry dist-git's change over to source-git first, then convert again.",
    });
  }
}

/** ` by commit 123…`, for sentences; empty when none is found. */
export async function lastCommitOn(
  dist: ObjectStore,
  { path, since, tip }: { path: string; since: CommitId | undefined; tip: CommitId },
): Promise<string> {
  const range = since === undefined ? [tip] : [tip, `^${since}`];
  const { stdout } = await dist.git(["log", "-1", "--format=%H", ...range, "--", `:(literal)${path}`]);
  const commit = stdout.toString("utf8").trim();
  return commit === "" ? "" : ` by commit ${shortCommit(commit)}`;
}

function staysForeign(file: string): string {
  return `${file} is dist-git's own and stays`;
}

function warningOf({ file, outcome }: SettledPatch): string[] {
  if (outcome === "drifted") return [`${file} was changed in dist-git alone and stays so`];
  if (outcome === "dropped") return [`${file} was removed in dist-git alone and stays away`];
  return [];
}
