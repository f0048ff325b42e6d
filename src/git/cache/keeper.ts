import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { damageBehind } from "./damage.js";
import { evictBeyond } from "./eviction.js";
import type { GitCache } from "./git-cache.js";
import { measureStore } from "./measure.js";
import {
  discard,
  emptyTrash,
  isSound,
  lastUse,
  listPlaces,
  type Place,
  readState,
  writeState,
} from "./places.js";
import { takeLock, tryLock } from "./store-lock.js";
import { type Tidying, tidyingFor, tidyStore } from "./tidy.js";

export interface KeeperSettings {
  readonly cache: GitCache;
  /** Bytes of all stores together. */
  readonly limit: number;
  /** Whether somebody waits whom putting things in order would delay. */
  readonly isBusy?: () => Promise<boolean>;
  /** Seconds to wait for a store that is to be put in order; 5 unless told: where it is always in use, there are gaps. */
  readonly patience?: number;
}

export interface Total {
  readonly bytes: number;
  readonly stores: number;
}

const minute = 60_000;
/** A process that makes or removes a store does so within this time. */
const trashMilliseconds = 10 * minute;
/** Who waits goes first, up to so many times as much disorder as there should be. */
const whenBusy = 5;
const totalFile = "%total.json";

/** Sees to it that the stores of a cache stay in order, and within their bounds. */
export class CacheKeeper {
  readonly #settings: KeeperSettings;
  readonly #stopped = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #underway: Promise<void> = Promise.resolve();

  constructor(settings: KeeperSettings) {
    this.#settings = settings;
  }

  /** Now, and then every minute; `failed` is told why it could not be done. */
  start(failed: (error: unknown) => void): void {
    const keepUp = () => {
      this.#underway = this.#underway.then(() => this.keepUp()).catch(failed);
    };
    keepUp();
    this.#timer = setInterval(keepUp, minute).unref();
  }

  /** What is being tidied is left as it is. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopped.abort();
    await this.#underway;
  }

  /** Measures what was used, tidies what wants it, and removes what is too much; one process at a time does so. */
  async keepUp(): Promise<void> {
    const { cache, limit } = this.#settings;
    const { directory } = cache;
    await mkdir(directory, { recursive: true });
    const lock = tryLock(join(directory, "%keeper.lock"), "alone");
    if (lock === undefined) return;
    try {
      await emptyTrash(directory, this.#now() - trashMilliseconds);
      for (const place of await listPlaces(directory)) {
        if (this.#stopped.signal.aborted) return;
        // A full disk, for one, must not keep what makes room from being done.
        await this.#see(place).catch((error: unknown) =>
          cache.tell({ kind: "untidy", store: place.name, error }),
        );
      }
      await writeTotal(directory, await evictBeyond(cache, limit));
    } finally {
      lock.release();
    }
  }

  /** What all stores took when they were last measured, by whatever process. */
  async total(): Promise<Total> {
    try {
      return JSON.parse(await readFile(join(this.#settings.cache.directory, totalFile), "utf8")) as Total;
    } catch {
      return { bytes: 0, stores: 0 };
    }
  }

  async #see(place: Place): Promise<void> {
    const { measured } = await readState(place);
    if (measured === undefined || measured.at <= (await lastUse(place))) await this.#measure(place);
    const state = await readState(place);
    if (tidyingFor(state, { now: this.#now() }) === undefined) return;
    const urgency = (await this.#settings.isBusy?.()) === true ? whenBusy : 1;
    const tidying = tidyingFor(state, { now: this.#now(), urgency });
    if (tidying !== undefined) await this.#tidy(place, tidying);
  }

  async #measure(place: Place): Promise<void> {
    const lock = tryLock(place.lock, "use");
    if (lock === undefined) return;
    try {
      if (!(await isSound(place))) return;
      const measured = { ...(await measureStore(place.directory)), at: this.#now() };
      await writeState(place, { ...(await readState(place)), measured });
    } finally {
      lock.release();
    }
  }

  /** A job that comes meanwhile waits: so this is done to a store that nobody uses, and rarely. */
  async #tidy(place: Place, tidying: Tidying): Promise<void> {
    const { cache } = this.#settings;
    const lock = await takeLock(place.lock, "alone", this.#settings.patience ?? 5).catch(() => undefined);
    if (lock === undefined) return;
    const began = performance.now();
    try {
      await tidyStore(place.directory, tidying, { signal: this.#stopped.signal });
      const measured = { ...(await measureStore(place.directory)), at: this.#now() };
      const packed = { at: this.#now(), bytes: measured.bytes };
      const state = { packed, ...(await readState(place)), measured };
      await writeState(place, tidying === "all" ? { ...state, packed } : state);
      cache.tell({ kind: "tidied", store: place.name, seconds: (performance.now() - began) / 1000 });
    } catch (error) {
      if (this.#stopped.signal.aborted) return;
      cache.tell({ kind: "untidy", store: place.name, error });
      // It costs one fetch to have another.
      if (damageBehind(error, place.directory) !== undefined) await discard(cache.directory, place);
      else await writeState(place, { ...(await readState(place)), givenUp: this.#now() });
    } finally {
      lock.release();
    }
  }

  #now(): number {
    return this.#settings.cache.clock.now().getTime();
  }
}

async function writeTotal(directory: string, total: Total): Promise<void> {
  const draft = join(directory, `${totalFile}.new`);
  await writeFile(draft, JSON.stringify(total));
  await rename(draft, join(directory, totalFile));
}
