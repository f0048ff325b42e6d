import { createHash } from "node:crypto";
import { join } from "node:path";
import type { RepositoryRef } from "../../domain/refs.js";
import type { GitCache, UsedStore } from "../../git/cache/git-cache.js";

/** Our bare copy of one repository, holding what was fetched so far. */
export type Clone = UsedStore;

/** The bare repositories that conversions work on, one for each repository of a forge; its forks share it. */
export class Clones {
  readonly #cache: GitCache;

  constructor(cache: GitCache) {
    this.#cache = cache;
  }

  /**
   * Opens the copy, made when there is none, for as long as `work` runs. Nothing may be relied upon that was not fetched or
   * made within: copies go when there are too many, or one is damaged. Throws `RetryLater` for the latter.
   */
  with<T>(repository: RepositoryRef, work: (clone: Clone) => Promise<T>): Promise<T> {
    return this.#cache.use(nameFor(repository), work);
  }
}

/** Bytes that a name of a file may have, with what comes behind. */
const longest = 200;

/** Encoded, so that no path of a forge can lead out of the folder; in lower case, as forges compare paths. */
function nameFor({ forge, path }: RepositoryRef): string {
  const name = encodeURIComponent(path.toLowerCase());
  const short = name.length > longest ? `${name.slice(0, longest - 65)}-${sha256(name)}` : name;
  return join(encodeURIComponent(forge), `${short}.git`);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
