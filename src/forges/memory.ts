/**
 * What was last given to a forge, by a key of the adapter's: it spares asking for it. It is a hint that may be lost or cut
 * off at any moment; an adapter that finds nothing asks the forge.
 */
export interface ForgeMemory {
  recall(key: string): Promise<string | undefined>;
  remember(key: string, value: string): Promise<void>;
}

const most = 10_000;

/** Of this process alone. */
export function shortMemory(): ForgeMemory {
  const values = new Map<string, string>();
  return {
    recall: (key) => Promise.resolve(values.get(key)),
    remember(key, value) {
      values.delete(key);
      values.set(key, value);
      const [oldest] = values.keys();
      if (values.size > most && oldest !== undefined) values.delete(oldest);
      return Promise.resolve();
    },
  };
}
