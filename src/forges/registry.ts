import { OperatorError } from "../domain/errors.js";
import type { ForgeName, RepositoryRef } from "../domain/refs.js";
import type { Forge } from "./forge.js";

/** The forges of the configuration, by name. */
export class ForgeRegistry {
  readonly #forges: ReadonlyMap<ForgeName, Forge>;

  constructor(forges: readonly Forge[]) {
    this.#forges = new Map(forges.map((forge) => [forge.name, forge]));
  }

  /** The forge that holds the repository; throws `OperatorError` when it is not configured. */
  for(repository: RepositoryRef): Forge {
    return this.named(repository.forge);
  }

  /** Throws `OperatorError` when no forge of that name is configured. */
  named(name: ForgeName): Forge {
    const forge = this.#forges.get(name);
    if (forge) return forge;
    const known = [...this.#forges.keys()].join(", ") || "none";
    throw new OperatorError(`no forge named ${name} is configured (configured: ${known})`);
  }

  all(): readonly Forge[] {
    return [...this.#forges.values()];
  }
}
