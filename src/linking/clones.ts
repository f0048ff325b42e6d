import { join } from "node:path";
import { type RepositoryRef, repositoryName } from "../domain/refs.js";
import { createBareStore, type ObjectStore, openStore } from "../git/object-store.js";

/** Our bare copy of one repository, holding what was fetched so far. */
export interface Clone {
  readonly store: ObjectStore;
  /** Fetches take turns: two of them in one repository would fight over its refs. */
  fetch(request: FetchRequest): Promise<void>;
}

type FetchRequest = Parameters<ObjectStore["fetch"]>[0];

/** The bare repositories that conversions work on, one for each repository of a forge. */
export class Clones {
  readonly #directory: string;
  readonly #turns = new Map<string, Promise<void>>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Opens the copy, made when there is none, for as long as `work` runs. */
  async with<T>(repository: RepositoryRef, work: (clone: Clone) => Promise<T>): Promise<T> {
    const name = repositoryName(repository);
    const directory = this.#place(repository);
    await this.#inTurn(name, () => createBareStore(directory));
    const store = await openStore(directory);
    try {
      return await work({ store, fetch: (request) => this.#inTurn(name, () => store.fetch(request)) });
    } finally {
      await store.close();
    }
  }

  /** Encoded, so that no path of a forge can lead out of the directory; in lower case, as forges compare paths. */
  #place({ forge, path }: RepositoryRef): string {
    return join(this.#directory, encodeURIComponent(forge), `${encodeURIComponent(path.toLowerCase())}.git`);
  }

  async #inTurn(name: string, work: () => Promise<void>): Promise<void> {
    const before = this.#turns.get(name) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(work);
    this.#turns.set(name, mine);
    try {
      await mine;
    } finally {
      if (this.#turns.get(name) === mine) this.#turns.delete(name);
    }
  }
}
