import { AsyncLocalStorage } from "node:async_hooks";

/** Work took longer than it was given. */
export class OutOfTime extends Error {
  override readonly name = "OutOfTime";
}

interface Deadline {
  readonly signal: AbortSignal;
  /** On the clock of `performance.now()`. */
  readonly at: number;
}

const current = new AsyncLocalStorage<Deadline>();

/**
 * Gives work so many seconds: then the git processes that it waits for are ended, and the next thing that it asks git or a
 * store fails. Throws `OutOfTime`.
 */
export async function withDeadline<T>(seconds: number, work: () => Promise<T>): Promise<T> {
  const late = new AbortController();
  const deadline = { signal: late.signal, at: performance.now() + seconds * 1000 };
  const timer = setTimeout(() => late.abort(), seconds * 1000);
  try {
    return await current.run(deadline, work);
  } catch (error) {
    if (!isOver(deadline)) throw error;
    throw new OutOfTime(`it took longer than ${seconds} seconds`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** Throws `OutOfTime` for work whose time is over; where nothing is waited for, no timer gets its turn. */
export function requireTime(): void {
  const deadline = current.getStore();
  if (deadline !== undefined && isOver(deadline)) throw new OutOfTime("its time is over");
}

/** Aborted when the time of the work under way is over. */
export function deadlineSignal(): AbortSignal | undefined {
  return current.getStore()?.signal;
}

function isOver({ signal, at }: Deadline): boolean {
  return signal.aborted || performance.now() >= at;
}
