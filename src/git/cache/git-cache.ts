import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "../../domain/clock.js";
import { RetryLater } from "../../domain/errors.js";
import { createBareStore, type LocalStore } from "../local-store.js";
import { Memory } from "../memory.js";
import type { ObjectStore } from "../object-store.js";
import { Readers } from "../readers.js";
import type { Fetch } from "../remotes.js";
import { damageBehind, isDiskFull, isGitFailure, signOfDamage, wasCutOff } from "./damage.js";
import type { Tell } from "./events.js";
import { evictOldest } from "./eviction.js";
import { fetchAlone } from "./fetching.js";
import { condemn, discard, isSound, make, noteUse, type Place, placeIn, readState } from "./places.js";
import { removeUnfinished } from "./tidy.js";
import { type Lock, takeLock } from "./store-lock.js";

export interface CacheSettings {
  readonly directory: string;
  readonly clock: Clock;
  /** What an operator wants to know of. */
  readonly tell?: Tell;
}

/** A store while it is in use. */
export interface UsedStore {
  readonly store: ObjectStore;
  /** Takes turns with all others that fetch into this store. */
  readonly fetch: (what: Fetch) => Promise<void>;
}

/** Seconds that a job waits for others before it is tried later. */
const patience = 60;
const fetchPatience = 120;
/** A store that is damaged again within this time is not made anew again: its disk is broken, or it is not the store. */
const hour = 3_600_000;

/**
 * Bare repositories by name, of which any may go whenever it is not in use: whoever uses one fetches what he needs. Any
 * number of processes of one machine may share the folder.
 */
export class GitCache {
  readonly directory: string;
  readonly clock: Clock;
  readonly tell: Tell;
  readonly #memory = new Memory();
  readonly #readers = new Readers();
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor({ directory, clock, tell = () => undefined }: CacheSettings) {
    this.directory = resolve(directory);
    this.clock = clock;
    this.tell = tell;
  }

  /**
   * Opens a store, made when there is none, for as long as `work` runs. Throws what `work` throws, and `RetryLater` where
   * that comes of a damaged store, a full disk or a git that was killed.
   */
  async use<T>(name: string, work: (used: UsedStore) => Promise<T>): Promise<T> {
    const place = placeIn(this.directory, name);
    try {
      const lock = await this.#enter(place);
      try {
        await noteUse(place, this.clock.now());
        return await this.#work(place, work);
      } finally {
        lock.release();
      }
    } catch (error) {
      throw await this.#remedy(place, error);
    }
  }

  close(): Promise<void> {
    return this.#readers.close();
  }

  async #work<T>(place: Place, work: (used: UsedStore) => Promise<T>): Promise<T> {
    const store = await createBareStore(place.directory, this.#memory, this.#readers);
    const fetching = (what: Fetch) => this.#inTurn(place, () => fetchAlone(store, what));
    try {
      const done = await work({ store, fetch: fetching });
      await this.#condemn(place, await signIn(store));
      return done;
    } catch (error) {
      const sign = damageBehind(error, place.directory) ?? (await signIn(store));
      if (!(await this.#condemn(place, sign))) throw error;
      throw new RetryLater(`the copy of ${spoken(place)} is damaged, and is made anew`, { cause: error });
    } finally {
      await store.close();
    }
  }

  /** A lock on a sound store. */
  async #enter(place: Place): Promise<Lock> {
    await mkdir(dirname(place.directory), { recursive: true });
    for (;;) {
      const lock = await takeLock(place.lock, "use", patience);
      if (await isSound(place)) return lock;
      lock.release();
      const alone = await takeLock(place.lock, "alone", patience);
      try {
        if (!(await isSound(place))) await this.#renew(place);
      } finally {
        alone.release();
      }
    }
  }

  async #renew(place: Place): Promise<void> {
    const wasThere = await discard(this.directory, place);
    await make(this.directory, place, wasThere ? { renewed: this.clock.now().getTime() } : {});
  }

  /** Whether the store is made anew before it is used again. */
  async #condemn(place: Place, sign: string | undefined): Promise<boolean> {
    if (sign === undefined) return false;
    const { renewed = 0 } = await readState(place);
    if (this.clock.now().getTime() - renewed < hour) return false;
    if (await isSound(place)) this.tell({ kind: "damaged", store: place.name, sign });
    await condemn(place, sign);
    return true;
  }

  async #remedy(place: Place, error: unknown): Promise<unknown> {
    if (error instanceof NoRoom) return error;
    if (isGitFailure(error)) await removeUnfinished(place);
    if (isDiskFull(error)) {
      await evictOldest(this, place);
      return new NoRoom("there is no room left for copies of repositories", { cause: error });
    }
    return wasCutOff(error) ? new RetryLater("git was killed", { cause: error }) : error;
  }

  /** Within this process in order, and one at a time among all. */
  async #inTurn<T>(place: Place, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(place.name) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(() => locked(place, work));
    this.#turns.set(place.name, mine);
    try {
      return await mine;
    } finally {
      if (this.#turns.get(place.name) === mine) this.#turns.delete(place.name);
    }
  }
}

/** What is in use inside of what is in use need not be seen to twice. */
class NoRoom extends RetryLater {}

async function locked<T>(place: Place, work: () => Promise<T>): Promise<T> {
  const lock = await takeLock(place.lock, "fetch", fetchPatience);
  try {
    return await work();
  } finally {
    lock.release();
  }
}

async function signIn(store: LocalStore): Promise<string | undefined> {
  // What git complained of comes by another way than its answers.
  await nextTurn();
  return signOfDamage(store.complaint());
}

function spoken({ name }: Place): string {
  return decodeURIComponent(name.replace(/\.git$/, ""));
}
