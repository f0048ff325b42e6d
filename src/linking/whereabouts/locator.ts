import { type MergeRequestRef, type RepositoryRef, sameRepository } from "../../domain/refs.js";
import type { Repository } from "../../forges/forge.js";
import type { ForgeRegistry } from "../../forges/registry.js";
import type { Counterparts } from "../pairs/counterparts.js";
import type { Pair, Pairs } from "../pairs/pairs.js";
import type { Reporter } from "../telling/report.js";
import { type Relocation, resting, type Whereabouts } from "./whereabouts.js";

export interface LocatorServices {
  readonly forges: ForgeRegistry;
  readonly pairs: Pairs;
  readonly counterparts: Pick<Counterparts, "find" | "close">;
  readonly report: Pick<Reporter, "tellLost">;
  readonly whereabouts: Whereabouts;
  /** Has these source-git merge requests mirrored again, and their people told. */
  readonly again: (mergeRequests: readonly MergeRequestRef[]) => Promise<void>;
}

/** `moved`: something was recorded under another path than it is by now; `gone`: there is none, or we may not see it. */
export type Located = "here" | "moved" | "gone";

/** Asks forges where repositories are by now, and has everything that is recorded of them follow. */
export class Locator {
  readonly #services: LocatorServices;

  constructor(services: LocatorServices) {
    this.#services = services;
  }

  /** Where a repository of this path is, with every other that is concerned; `id` is one that was heard of with it. */
  async locate(asked: RepositoryRef, id?: number): Promise<Located> {
    const { forges, whereabouts } = this.#services;
    const found = await forges.for(asked).findRepository(asked);
    const relocations = await this.#relocations(asked, found, id);
    if (relocations.length > 0) {
      await this.#takeLeave(relocations);
      await this.#follow(relocations);
    }
    if (found) await whereabouts.confirm(found.ref, found.id);
    if (relocations.length > 0) return "moved";
    return found ? "here" : "gone";
  }

  async #relocations(
    asked: RepositoryRef,
    found: Repository | undefined,
    heardOf: number | undefined,
  ): Promise<readonly Relocation[]> {
    const { forges, whereabouts } = this.#services;
    const before = await whereabouts.at(asked);
    const wanted = [found?.id, before?.id, heardOf].flatMap((id) => id ?? []);
    const places: RepositoryRef[] = [];
    const relocations = new Map<number, Relocation>();
    // It grows on the way: who has taken a name stood somewhere, or somebody else stood where it is now.
    for (const id of wanted) {
      if (relocations.has(id)) continue;
      const place =
        id === found?.id ? found : await forges.for(asked).findRepositoryWithId(id, found?.ref ?? asked);
      const known = await whereabouts.withId(asked, id);
      if (place) {
        places.push(place.ref);
        const unnamed = id === found?.id ? await this.#unnamed(asked, place.ref) : undefined;
        const from = unnamed ?? known?.ref;
        if (from && !sameRepository(from, place.ref))
          relocations.set(id, { id, from, to: place.ref, isGone: false });
        const occupant = await whereabouts.at(place.ref);
        if (occupant && occupant.id !== id && !wanted.includes(occupant.id)) wanted.push(occupant.id);
      } else if (known && places.some((taken) => sameRepository(taken, known.ref))) {
        relocations.set(id, { id, from: known.ref, to: resting(known), isGone: true });
      }
    }
    return [...relocations.values()];
  }

  /** What was recorded before ids were: the path leads to this repository, so it was called so. */
  async #unnamed(asked: RepositoryRef, place: RepositoryRef): Promise<RepositoryRef | undefined> {
    const { whereabouts } = this.#services;
    if (await whereabouts.at(asked)) return undefined;
    return sameRepository(await whereabouts.now(asked), place) ? undefined : asked;
  }

  /** What has to be done as long as the rows are where they were. */
  async #takeLeave(relocations: readonly Relocation[]): Promise<void> {
    const { pairs, counterparts, report } = this.#services;
    for (const { from, to, isGone } of relocations) {
      const live = await pairs.under(from);
      if (isGone) {
        for (const pair of live.filter(isFrom(from))) await report.tellLost(pair);
        continue;
      }
      // Mirrored under both names before anybody knew that they are one.
      for (const pair of await pairs.under(to)) {
        const older = live.find((one) => isFrom(from)(one) && one.sourceGit.number === pair.sourceGit.number);
        if (!older || !isFrom(to)(pair)) continue;
        await counterparts.close(await counterparts.find(older.id < pair.id ? pair : older));
      }
    }
  }

  /** Before as well as after: whoever is killed in between leaves the work to be done. */
  async #follow(relocations: readonly Relocation[]): Promise<void> {
    const { pairs, whereabouts, again } = this.#services;
    const concerned: MergeRequestRef[] = [];
    for (const { from, to } of relocations) {
      for (const pair of await pairs.under(from)) {
        const { repository, number } = pair.sourceGit;
        concerned.push({ repository: sameRepository(repository, from) ? to : repository, number });
      }
    }
    const gone = relocations.filter(({ isGone }) => isGone);
    const toMirror = concerned.filter(
      ({ repository }) => !gone.some(({ to }) => sameRepository(to, repository)),
    );
    await again(toMirror);
    await whereabouts.relocate(relocations);
    await again(toMirror);
  }
}

function isFrom(repository: RepositoryRef) {
  return ({ sourceGit }: Pair) => sameRepository(sourceGit.repository, repository);
}
