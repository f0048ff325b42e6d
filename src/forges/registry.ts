import { OperatorError } from "../domain/errors.js";
import type { ForgeName, MergeRequestRef, RepositoryRef } from "../domain/refs.js";
import type { Budget, Forge, Identity } from "./forge.js";

/** A forge as one of our identities on it. */
export interface ActingForge {
  /** As links call it; `undefined` for the one that acts where no link names any. */
  readonly identity: string | undefined;
  readonly forge: Forge;
}

/** What is left of the requests of one of our identities. */
export interface IdentityBudget {
  readonly forge: ForgeName;
  readonly identity: string | undefined;
  readonly budget: Budget;
}

/** The forges of the configuration, by name; which identity acts follows from the repository. */
export class ForgeRegistry {
  readonly #forges: ReadonlyMap<ForgeName, readonly ActingForge[]>;
  readonly #identityIn: (repository: RepositoryRef) => string | undefined;

  /** `identityIn` names the identity that acts in a repository, where not the first. */
  constructor(
    forges: readonly ActingForge[],
    identityIn: (repository: RepositoryRef) => string | undefined = () => undefined,
  ) {
    this.#forges = groupedByName(forges);
    this.#identityIn = identityIn;
  }

  /** The forge that holds the repository, as the identity that acts there; throws `OperatorError` when it is not configured. */
  for(repository: RepositoryRef): Forge {
    const identity = this.#identityIn(repository);
    const found = this.#actingOn(repository.forge).find((acting) => acting.identity === identity);
    if (found) return found.forge;
    throw new OperatorError(`forge ${repository.forge} has no identity ${identity ?? "of its own"}`);
  }

  /** Each forge once, as its first identity. */
  all(): readonly Forge[] {
    return [...this.#forges.values()].flatMap(([first]) => first?.forge ?? []);
  }

  /** Everybody who we are on a forge: what any of them does is our own doing. */
  async ourselves(name: ForgeName): Promise<readonly Identity[]> {
    return Promise.all(this.#actingOn(name).map(({ forge }) => forge.identity()));
  }

  /** What each forge that tells it has left for each of our identities. */
  budgets(): readonly IdentityBudget[] {
    return [...this.#forges.values()].flat().flatMap(({ identity, forge: { name, budget } }) => {
      return budget === undefined ? [] : [{ forge: name, identity, budget }];
    });
  }

  /** The merge request whose page this is on any of the forges. */
  mergeRequestAt(address: string): MergeRequestRef | undefined {
    for (const [acting] of this.#forges.values()) {
      const ref = acting?.forge.mergeRequestAt(address);
      if (ref) return ref;
    }
    return undefined;
  }

  #actingOn(name: ForgeName): readonly ActingForge[] {
    const acting = this.#forges.get(name);
    if (acting) return acting;
    const known = [...this.#forges.keys()].join(", ") || "none";
    throw new OperatorError(`no forge named ${name} is configured (configured: ${known})`);
  }
}

function groupedByName(forges: readonly ActingForge[]): ReadonlyMap<ForgeName, readonly ActingForge[]> {
  const groups = new Map<ForgeName, ActingForge[]>();
  for (const acting of forges)
    groups.set(acting.forge.name, [...(groups.get(acting.forge.name) ?? []), acting]);
  return groups;
}
