import { join } from "node:path";
import type { RepositoryRef } from "../../domain/refs.js";
import { createBareStore } from "../../git/local-store.js";
import { Memory } from "../../git/memory.js";
import type { ObjectStore } from "../../git/object-store.js";
import { type Fetch, fetch } from "../../git/remotes.js";

/** Our bare copy of one repository, holding what was fetched so far. */
export interface Clone {
  readonly store: ObjectStore;
  /** Fetches take turns: two of them in one repository would fight over its refs. */
  readonly fetch: (what: Fetch) => Promise<void>;
}

/** The bare repositories that conversions work on, one for each repository of a forge. */
export class Clones {
  readonly #directory: string;
  readonly #turns = new Map<string, Promise<unknown>>();
  /** What was found out about commits and files, for the next conversion of the same merge request. */
  readonly #memory = new Memory();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Opens the copy, made when there is none, for as long as `work` runs. */
  async with<T>(repository: RepositoryRef, work: (clone: Clone) => Promise<T>): Promise<T> {
    const directory = this.#place(repository);
    const store = await this.#inTurn(directory, () => createBareStore(directory, this.#memory));
    try {
      return await work({ store, fetch: (what) => this.#inTurn(directory, () => fetch(store, what)) });
    } finally {
      await store.close();
    }
  }

  /** Encoded, so that no path of a forge can lead out of the directory; in lower case, as forges compare paths. */
  #place({ forge, path }: RepositoryRef): string {
    return join(this.#directory, encodeURIComponent(forge), `${encodeURIComponent(path.toLowerCase())}.git`);
  }

  async #inTurn<T>(directory: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(directory) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(work);
    this.#turns.set(directory, mine);
    try {
      return await mine;
    } finally {
      if (this.#turns.get(directory) === mine) this.#turns.delete(directory);
    }
  }
}
