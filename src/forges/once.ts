/** Asks once and keeps the answer; a failure is forgotten, so the next call asks again. */
export function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return async () => {
    asked ??= ask();
    const mine = asked;
    try {
      return await mine;
    } catch (error) {
      if (asked === mine) asked = undefined;
      throw error;
    }
  };
}

/** The same for each key of a memory: one answer for all who ask at the same time. */
export async function onceFor<K, V>(memory: Map<K, Promise<V>>, key: K, ask: () => Promise<V>): Promise<V> {
  const known = memory.get(key);
  if (known) return known;
  const asked = ask();
  memory.set(key, asked);
  try {
    return await asked;
  } catch (error) {
    if (memory.get(key) === asked) memory.delete(key);
    throw error;
  }
}
