import type { Tell } from "./events.js";
import { discard, lastUse, listPlaces, type Place, readState } from "./places.js";
import { tryLock } from "./store-lock.js";

/** Removes the store that nobody has used for the longest time, other than `except`; answers whether there was one. */
export async function evictOldest(cache: Evicting, except: Place): Promise<boolean> {
  const others = (await listPlaces(cache.directory)).filter(({ name }) => name !== except.name);
  for (const place of await byUse(others)) {
    if (await evict(cache, place)) return true;
  }
  return false;
}

/**
 * Removes stores, those first that nobody has used for the longest time, until all are within the limit. One that is in use
 * stays, and so does the one that was used last: a limit below a single store would have it fetched for each job.
 */
export async function evictBeyond(
  cache: Evicting,
  limit: number,
): Promise<{ bytes: number; stores: number }> {
  const places = await byUse(await listPlaces(cache.directory));
  const sizes = await Promise.all(places.map(sizeOf));
  const total = { bytes: sizes.reduce((sum, each) => sum + each, 0), stores: places.length };
  for (const [index, place] of places.slice(0, -1).entries()) {
    if (total.bytes <= limit) break;
    if (!(await evict(cache, place))) continue;
    total.bytes -= sizes[index] ?? 0;
    total.stores -= 1;
  }
  return total;
}

interface Evicting {
  readonly directory: string;
  readonly tell: Tell;
}

async function evict({ directory, tell }: Evicting, place: Place): Promise<boolean> {
  const lock = tryLock(place.lock, "alone");
  if (lock === undefined) return false;
  try {
    const bytes = await sizeOf(place);
    const wasThere = await discard(directory, place);
    if (wasThere) tell({ kind: "evicted", store: place.name, bytes });
    return wasThere;
  } finally {
    lock.release();
  }
}

async function sizeOf(place: Place): Promise<number> {
  return (await readState(place)).measured?.bytes ?? 0;
}

async function byUse(places: readonly Place[]): Promise<readonly Place[]> {
  const used = await Promise.all(places.map(async (place) => ({ place, at: await lastUse(place) })));
  return used.sort((one, other) => one.at - other.at).map(({ place }) => place);
}
