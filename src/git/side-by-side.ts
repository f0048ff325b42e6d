/** Has works done at the same time. The first that fails stops the others; its error is thrown when all have ended. */
export async function sideBySide<T>(
  works: readonly ((signal: AbortSignal) => Promise<T>)[],
): Promise<readonly T[]> {
  const stop = new AbortController();
  const running = works.map((work) => work(stop.signal));
  try {
    return await Promise.all(running);
  } finally {
    stop.abort();
    await Promise.allSettled(running);
  }
}
