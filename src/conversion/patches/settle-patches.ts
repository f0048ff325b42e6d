import { UserError } from "../../domain/errors.js";
import { shortCommit, type CommitId } from "../../domain/refs.js";
import type { ObjectStore } from "../../git/object-store.js";
import { findEntry } from "../../git/trees.js";
import type { LastSync } from "../last-sync.js";
import { staysUnsynchronised, type WereSources } from "../provenance.js";
import { matchPatches, type MatchedPatch, type PresentPatch } from "./matching.js";
import type { PatchSide } from "./patch-side.js";
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
  const vanished = (last?.dist.patches ?? []).filter(({ file }) => !present.has(file));
  const others = [...there.files.keys()].filter((path) => path.startsWith(there.patchFolder));
  const taken = new Set([...distroFiles, ...others.map((path) => path.slice(there.patchFolder.length))]);
  const matched = matchPatches(wanted, [...there.patches, ...vanished], taken);

  const settler = new Settler(sides, new Set(vanished));
  const patches: SettledPatch[] = [];
  for (const match of matched) {
    const settled = await settler.settle(match);
    if (settled.outcome !== "dropped") refuseTaken(match, there, present);
    patches.push(settled);
  }
  const claimed = new Set(patches.map(({ file }) => file));
  const renamed = matched.flatMap(({ present: old, file }) => (old && old.file !== file ? old.file : []));
  const unclaimed = there.patches.filter(({ file }) => !claimed.has(file) && !renamed.includes(file));
  const { gone, foreign } = await settler.sort(unclaimed);
  const warnings = [
    ...patches.flatMap(warningOf),
    ...foreign.map(last === undefined ? staysUnsynchronised : staysForeign),
  ];
  return { patches, removed: [...renamed.filter((file) => !claimed.has(file)), ...gone], foreign, warnings };
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
  readonly #vanished: ReadonlySet<PresentPatch>;
  readonly #before: ReadonlyMap<string, PresentPatch>;
  readonly #known: ReadonlySet<CommitId>;
  #asked: readonly MatchedPatch[] | undefined;

  constructor(sides: PatchSides, vanished: ReadonlySet<PresentPatch>) {
    const { last } = sides;
    this.#sides = sides;
    this.#vanished = vanished;
    this.#before = new Map(last?.dist.patches.map((patch) => [patch.file, patch]));
    this.#known = new Set(last?.onlyGrew === true ? last.source.commits.map(({ id }) => id) : []);
  }

  async settle({ wanted, file, present, same }: MatchedPatch): Promise<SettledPatch> {
    const content = wanted.content ?? present?.content ?? Buffer.alloc(0);
    const vanished = present !== undefined && this.#vanished.has(present);
    if (present !== undefined && !vanished && (same || (await this.#sides.hasEffect(wanted, present)))) {
      const outcome = present.file === file ? "kept" : "changed";
      return { wanted, file, content: present.content, present, outcome };
    }
    if (await this.#isUnchanged(wanted, present)) {
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
      if (await this.#wasGone(wanted)) throw await this.#conflict(file, "removed");
      return { wanted, file, content, present, outcome: "added" };
    }
    await this.#refuseOwn(present, "changed");
    return { wanted, file, content, present, outcome: "changed" };
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

  /** Whether source-git still wants of this patch what it wanted when the two were last in step. */
  async #isUnchanged(wanted: WantedPatch, present: PresentPatch | undefined): Promise<boolean> {
    const { last, hasEffect } = this.#sides;
    if (last === undefined) return false;
    const before = present && this.#before.get(present.file);
    if (before !== undefined && before.identity === wanted.identity) return true;
    // All patches of dist-git became commits then, and commits may be rewritten: only dist-git knows what was.
    if (last.toldBy === "source") return before !== undefined && (await hasEffect(wanted, before));
    if (last.onlyGrew) return wanted.commits.every((commit) => this.#known.has(commit));
    return (await last.series()).patches.some(({ identity }) => identity === wanted.identity);
  }

  /** Throws `UserError` ("conflict") for a patch that is no more what source-git asked for. */
  async #refuseOwn(present: PresentPatch, how: "changed" | "dropped"): Promise<void> {
    const { last } = this.#sides;
    if (last === undefined) return;
    if (this.#before.get(present.file)?.id !== present.id) throw await this.#conflict(present.file, how);
    // All that dist-git had then became commits.
    if (last.toldBy === "source") return;
    // It may have had its own way by then already, or have merged first what source-git never had.
    const earlier = await this.#earlier(last, present.file);
    if (earlier !== undefined && (earlier.same || (await this.#sides.hadEffect(earlier.wanted, present))))
      return;
    throw await this.#conflict(present.file, how);
  }

  /** Whether dist-git had removed it when the two were last in step, and its commits changed since. */
  async #wasGone({ commits, slug }: WantedPatch): Promise<boolean> {
    const { last } = this.#sides;
    if (last?.toldBy !== "dist") return false;
    // Most often it is new, and so are its commits.
    if (last.onlyGrew && !commits.some((commit) => this.#known.has(commit))) return false;
    const asked = await this.#askedFor(last);
    return asked.some(
      ({ wanted, present }) =>
        present === undefined &&
        (wanted.slug === slug || wanted.commits.some((commit) => commits.includes(commit))),
    );
  }

  /** What source-git asked for when the two were last in step, of which dist-git made this file. */
  async #earlier(last: LastSync, file: string): Promise<MatchedPatch | undefined> {
    return (await this.#askedFor(last)).find(({ present }) => present?.file === file);
  }

  async #askedFor(last: LastSync): Promise<readonly MatchedPatch[]> {
    return (this.#asked ??= matchPatches((await last.series()).patches, last.dist.patches, new Set()));
  }

  async #wasOurs(patch: PresentPatch, last: LastSync): Promise<boolean> {
    const { wasDistroFile } = this.#sides;
    if (!this.#before.has(patch.file)) return false;
    if (wasDistroFile(patch.file)) return true;
    if (last.toldBy === "source") return last.dist.named.has(patch.file) && this.#cameHome(patch, last);
    if ((await this.#earlier(last, patch.file)) === undefined) return false;
    await this.#refuseOwn(patch, "dropped");
    return true;
  }

  /** Whether a patch really was a commit of source-git: a trailer alone may say of a commit what is not true. */
  async #cameHome({ file, id }: PresentPatch, last: LastSync): Promise<boolean> {
    const { dist, there, wereSources } = this.#sides;
    const path = `${there.patchFolder}${file}`;
    const { begun } = last;
    const known = begun !== undefined && (await dist.has(begun));
    if (known && (await findEntry(dist, begun, path)) !== undefined) return true;
    if ((await this.#earlier(last, file)) !== undefined) return true;
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
