/** Work that goes one after the other where it has the same key. */
export interface Lanes {
  inTurn<T>(key: number, work: () => Promise<T>): Promise<T>;
}

export function createLanes(): Lanes {
  const last = new Map<number, Promise<unknown>>();
  return {
    inTurn: (key, work) => {
      const turn = (last.get(key) ?? Promise.resolve()).then(work);
      last.set(
        key,
        turn.catch(() => undefined),
      );
      return turn;
    },
  };
}
