/** What comes of the work; `undefined` where it has not ended after so many milliseconds. */
export async function within<T>(milliseconds: number, work: Promise<T>): Promise<T | undefined> {
  let impatience: NodeJS.Timeout | undefined;
  const tooLong = new Promise<undefined>((resolve) => {
    impatience = setTimeout(() => resolve(undefined), milliseconds);
  });
  try {
    return await Promise.race([work, tooLong]);
  } finally {
    clearTimeout(impatience);
  }
}

/** Resolves when somebody wants the program to end; a second wish is not waited for. */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const stop = (signal: NodeJS.Signals) => {
      // With the listeners gone, the next signal ends the process at once.
      process.off("SIGINT", stop).off("SIGTERM", stop);
      resolve(signal);
    };
    process.on("SIGINT", stop).on("SIGTERM", stop);
  });
}
