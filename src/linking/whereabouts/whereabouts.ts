import type { RepositoryRef } from "../../domain/refs.js";

/** A repository by its forge's own id, and how it is called as far as Sluice knows. */
export interface KnownRepository {
  readonly id: number;
  readonly ref: RepositoryRef;
}

/** A repository that is called otherwise than all tables have it. */
export interface Relocation {
  readonly id: number;
  readonly from: RepositoryRef;
  /** Where its rows go; of one that is gone, to a name that no repository can have. */
  readonly to: RepositoryRef;
  readonly isGone: boolean;
}

/** What Sluice remembers of which repository is called what. */
export interface Whereabouts {
  withId(repository: Pick<RepositoryRef, "forge">, id: number): Promise<KnownRepository | undefined>;
  at(repository: RepositoryRef): Promise<KnownRepository | undefined>;
  /** How the repository that was last called so is called now: the path itself, unless Sluice knows better. */
  now(repository: RepositoryRef): Promise<RepositoryRef>;
  /** What this repository was called before. */
  formerNames(repository: RepositoryRef): Promise<readonly RepositoryRef[]>;
  /**
   * Takes note that this path is the repository with this id. Throws `Moved` where Sluice knows it by another path, or another
   * one by this path: nothing may be done there before the forge was asked.
   */
  confirm(repository: RepositoryRef, id: number | undefined): Promise<void>;
  /** Everything that is recorded under one path is recorded under the other, all at once. */
  relocate(relocations: readonly Relocation[]): Promise<void>;
}

/** Where the rows of a repository stay that is gone, when another one takes its path. */
export function resting({ id, ref }: KnownRepository): RepositoryRef {
  return { forge: ref.forge, path: `(gone)/${id}/${ref.path}` };
}
