/** Everything that the sandbox does by itself after it has answered: webhooks, CI steps, mergeability. */
export interface Activity {
  /** Counts as going on until the promise ends; its failure is thrown by `settled`. */
  track(work: Promise<unknown>): void;
  /** Does something after so many milliseconds, unless the sandbox is closed before. */
  after(milliseconds: number, act: () => void | Promise<void>): void;
  /** Resolves when nothing goes on and nothing is due; throws what failed since it was last asked. */
  settled(): Promise<void>;
  /** Forgets what is due and waits for what goes on. */
  close(): Promise<void>;
}

export function createActivity(): Activity {
  const going = new Set<Promise<void>>();
  const timers = createTimers();
  const failures: unknown[] = [];

  function track(work: Promise<unknown>): void {
    const ending: Promise<void> = work
      .then(
        () => undefined,
        (error: unknown) => void failures.push(error),
      )
      .finally(() => going.delete(ending));
    going.add(ending);
  }
  async function ended(): Promise<void> {
    while (going.size > 0) await Promise.all(going);
  }

  return {
    track,
    after: (milliseconds, act) => track(timers.after(milliseconds, act)),
    settled: async () => {
      await ended();
      const failed = failures.splice(0);
      if (failed.length > 0) throw new AggregateError(failed, `The sandbox failed: ${String(failed[0])}`);
    },
    close: async () => {
      timers.close();
      await ended();
    },
  };
}

function createTimers() {
  const due = new Map<NodeJS.Timeout, () => void>();
  let closed = false;
  return {
    after: (milliseconds: number, act: () => void | Promise<void>) =>
      new Promise<void>((resolve) => {
        if (closed) {
          resolve();
          return;
        }
        const timer = setTimeout(() => {
          due.delete(timer);
          resolve(asPromise(act));
        }, milliseconds);
        due.set(timer, resolve);
      }),
    close: () => {
      closed = true;
      for (const [timer, resolve] of due) {
        clearTimeout(timer);
        resolve();
      }
      due.clear();
    },
  };
}

// An act that throws at once fails the same way as one that fails later.
async function asPromise(act: () => void | Promise<void>): Promise<void> {
  await act();
}
