import type { CommitId } from "../../domain/refs.js";
import type { LastSync } from "../last-sync.js";
import { matchPatches, type MatchedPatch, type PresentPatch } from "./matching.js";
import type { WantedPatch } from "./patch-series.js";
import type { PatchSide } from "./patch-side.js";

/** What is asked of the time when the two sides were last in step. */
export interface ThenSides {
  readonly there: PatchSide;
  readonly last: LastSync | undefined;
  readonly hasEffect: (wanted: WantedPatch, present: PresentPatch) => Promise<boolean>;
}

/** The patches of both sides as they were when the two were last in step, as far as those of now hang on them. */
export class PatchesThen {
  /** Patches that dist-git had then and has no more, by whatever name. */
  readonly vanished: ReadonlySet<PresentPatch>;
  readonly #sides: ThenSides;
  /** By the name that dist-git has for it now. */
  readonly #before: ReadonlyMap<string, PresentPatch>;
  readonly #known: ReadonlySet<CommitId>;
  #asked: readonly MatchedPatch[] | undefined;

  constructor(sides: ThenSides) {
    const { there, last } = sides;
    const patches = last?.dist.patches ?? [];
    const renamed = findRenamed(there.patches, patches);
    const present = new Set([...there.patches, ...renamed.values()].map(({ file }) => file));
    this.#sides = sides;
    this.vanished = new Set(patches.filter(({ file }) => !present.has(file)));
    this.#before = new Map([...patches.map((patch) => [patch.file, patch] as const), ...renamed]);
    this.#known = new Set(last?.onlyGrew === true ? last.source.commits.map(({ id }) => id) : []);
  }

  /** What a patch file of now was then. */
  before(file: string): PresentPatch | undefined {
    return this.#before.get(file);
  }

  /** Whether source-git still wants of this patch what it wanted then. */
  async isUnchanged(wanted: WantedPatch, present: PresentPatch | undefined): Promise<boolean> {
    const { last, hasEffect } = this.#sides;
    if (last === undefined) return false;
    const before = present && this.before(present.file);
    if (before !== undefined && before.identity === wanted.identity) return true;
    // All patches of dist-git became commits then, and commits may be rewritten: only dist-git knows what was.
    if (last.toldBy === "source") return before !== undefined && (await hasEffect(wanted, before));
    if (last.onlyGrew) return wanted.commits.every((commit) => this.#known.has(commit));
    return (await last.series()).patches.some(({ identity }) => identity === wanted.identity);
  }

  /** Whether dist-git had removed it by then, and its commits changed since. */
  async wasGone({ commits, slug }: WantedPatch): Promise<boolean> {
    const { last } = this.#sides;
    if (last?.toldBy !== "dist" || !this.#mayBeOld(commits)) return false;
    const asked = await this.#askedFor(last);
    return asked.some(
      ({ wanted, present }) => present === undefined && (wanted.slug === slug || isMadeOf(wanted, commits)),
    );
  }

  /** Whether dist-git keeps the file, but made its spec name it no more. */
  async isDisabled({ presentInSpecfile }: WantedPatch, { file }: PresentPatch): Promise<boolean> {
    const { there, last } = this.#sides;
    const before = this.before(file);
    if (last === undefined || before === undefined || presentInSpecfile || there.named.has(file))
      return false;
    if (last.dist.named.has(before.file)) return true;
    return last.toldBy === "dist" && (await this.earlier(file)) !== undefined;
  }

  /** The file that dist-git has of the same commits, whatever it calls it now. */
  async findOf({ commits, named }: WantedPatch): Promise<PresentPatch | undefined> {
    const { there, last } = this.#sides;
    if (last === undefined || named || !this.#mayBeOld(commits)) return undefined;
    const asked = await this.#askedFor(last);
    const then = asked.find(({ wanted, present }) => present !== undefined && isMadeOf(wanted, commits));
    return there.patches.find(({ file }) => then && this.before(file) === then.present);
  }

  /** Whether it is dist-git that calls the file otherwise than source-git did and does. */
  async isRenamed({ name }: WantedPatch, { file }: PresentPatch): Promise<boolean> {
    const earlier = await this.earlier(file);
    return earlier !== undefined && earlier.wanted.named && earlier.wanted.name === name;
  }

  /** What source-git asked for then, of which dist-git made this file. */
  async earlier(file: string): Promise<MatchedPatch | undefined> {
    const { last } = this.#sides;
    const before = this.before(file);
    if (last === undefined || before === undefined) return undefined;
    return (await this.#askedFor(last)).find(({ present }) => present === before);
  }

  async #askedFor(last: LastSync): Promise<readonly MatchedPatch[]> {
    return (this.#asked ??= matchPatches((await last.series()).patches, last.dist.patches, new Set()));
  }

  /** Most often it is new, and so are its commits. */
  #mayBeOld(commits: readonly CommitId[]): boolean {
    return this.#sides.last?.onlyGrew !== true || commits.some((commit) => this.#known.has(commit));
  }
}

function isMadeOf(wanted: WantedPatch, commits: readonly CommitId[]): boolean {
  return wanted.commits.some((commit) => commits.includes(commit));
}

/** Files that hold the very bytes of one that is gone, each with that. */
function findRenamed(
  now: readonly PresentPatch[],
  then: readonly PresentPatch[],
): ReadonlyMap<string, PresentPatch> {
  const present = new Set(now.map(({ file }) => file));
  const known = new Set(then.map(({ file }) => file));
  const gone = new Map(then.filter(({ file }) => !present.has(file)).map((patch) => [patch.id, patch]));
  const renamed = new Map<string, PresentPatch>();
  for (const { file, id } of now) {
    const old = known.has(file) ? undefined : gone.get(id);
    if (old === undefined) continue;
    renamed.set(file, old);
    gone.delete(id);
  }
  return renamed;
}
