import type { WantedPatch } from "./patch-series.js";

/** A patch file that dist-git has. */
export interface PresentPatch {
  readonly file: string;
  readonly id: string;
  readonly content: Buffer;
  /** Is worked out when it is asked for. */
  readonly identity: string;
}

/** What becomes of one wanted patch. */
export interface MatchedPatch {
  readonly wanted: WantedPatch;
  /** The name that it has or gets. */
  readonly file: string;
  /** The file of dist-git that it is, with equal or other effect. */
  readonly present: PresentPatch | undefined;
  readonly same: boolean;
}

/**
 * Finds each wanted patch among the files of dist-git: by effect (and name, when two are alike), then by name, then by the
 * subject in the name. A patch that is found keeps its name unless a `Patch-name` asks for another; a new one gets a name
 * that nothing has.
 */
export function matchPatches(
  wanted: readonly WantedPatch[],
  present: readonly PresentPatch[],
  taken: ReadonlySet<string>,
): readonly MatchedPatch[] {
  const pool = new Pool(present);
  for (const patch of wanted) pool.reserve(patch);
  const found = new Map<WantedPatch, PresentPatch>();
  for (const way of ["byNameAndEffect", "byEffect", "byName", "bySubject"] as const) {
    for (const patch of wanted) {
      const match = found.has(patch) ? undefined : pool[way](patch);
      if (match !== undefined) found.set(patch, pool.claim(match));
    }
  }
  const names = new Set([...taken, ...present.map(({ file }) => file)]);
  for (const patch of wanted) if (patch.named) names.add(patch.name);
  return wanted.map((patch) => {
    const match = found.get(patch);
    const file = nameFor(patch, match, names);
    names.add(file);
    return { wanted: patch, file, present: match, same: isSame(match, patch) };
  });
}

/** Most patches of dist-git hold the very bytes that their commits give. */
function isSame(patch: PresentPatch | undefined, wanted: WantedPatch): boolean {
  if (patch === undefined) return false;
  return wanted.content?.equals(patch.content) === true || patch.identity === wanted.identity;
}

class Pool {
  readonly #present: Set<PresentPatch>;
  readonly #byFile: Map<string, PresentPatch>;
  #byIdentity: Map<string, PresentPatch[]> | undefined;
  readonly #bySubject = new Map<string, PresentPatch[]>();
  readonly #reserved = new Map<string, WantedPatch>();

  constructor(present: readonly PresentPatch[]) {
    this.#present = new Set(present);
    this.#byFile = new Map(present.map((patch) => [patch.file, patch]));
    for (const patch of present) {
      addTo(this.#bySubject, subjectOf(patch.file), patch);
    }
  }

  /** A file that a `Patch-name` asks for is for that patch alone. */
  reserve(wanted: WantedPatch): void {
    if (wanted.named) this.#reserved.set(wanted.name, wanted);
  }

  claim(patch: PresentPatch): PresentPatch {
    this.#present.delete(patch);
    return patch;
  }

  byNameAndEffect(wanted: WantedPatch): PresentPatch | undefined {
    const patch = this.#byFile.get(wanted.name);
    return isSame(patch, wanted) ? this.#free(patch, wanted) : undefined;
  }

  byEffect(wanted: WantedPatch): PresentPatch | undefined {
    if (this.#present.size === 0 || wanted.identity === "") return undefined;
    this.#byIdentity ??= groupByIdentity(this.#present);
    return this.#firstFree(this.#byIdentity.get(wanted.identity), wanted);
  }

  byName(wanted: WantedPatch): PresentPatch | undefined {
    return this.#free(this.#byFile.get(wanted.name), wanted);
  }

  bySubject(wanted: WantedPatch): PresentPatch | undefined {
    return wanted.named ? undefined : this.#firstFree(this.#bySubject.get(subjectOf(wanted.name)), wanted);
  }

  #firstFree(patches: readonly PresentPatch[] | undefined, wanted: WantedPatch): PresentPatch | undefined {
    return patches?.find((patch) => this.#free(patch, wanted) !== undefined);
  }

  #free(patch: PresentPatch | undefined, wanted: WantedPatch): PresentPatch | undefined {
    if (patch === undefined || !this.#present.has(patch)) return undefined;
    const owner = this.#reserved.get(patch.file);
    return owner === undefined || owner === wanted ? patch : undefined;
  }
}

/** Of those that have not got their commits yet: to work out what a patch does takes longer than all else. */
function groupByIdentity(present: Iterable<PresentPatch>): Map<string, PresentPatch[]> {
  const byIdentity = new Map<string, PresentPatch[]>();
  for (const patch of present) addTo(byIdentity, patch.identity, patch);
  return byIdentity;
}

function nameFor(wanted: WantedPatch, match: PresentPatch | undefined, names: ReadonlySet<string>): string {
  if (wanted.named) return wanted.name;
  if (match !== undefined) return match.file;
  const stem = wanted.name.replace(/\.patch$/, "");
  let name = wanted.name;
  for (let number = 2; names.has(name); number += 1) name = `${stem}-${number}.patch`;
  return name;
}

function subjectOf(file: string): string {
  return file.replace(/^\d+-/, "").replace(/\.patch$/, "");
}

function addTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
