import { AsyncLocalStorage } from "node:async_hooks";
import { RetryLater } from "./errors.js";

const present = new AsyncLocalStorage<AbortSignal>();

/** Does the work, and everything that follows from it, for as long as it is ours: until the signal. */
export function withLease<T>(lost: AbortSignal, work: () => Promise<T>): Promise<T> {
  return present.run(lost, work);
}

/**
 * To be called right before whatever others see. A worker that was cut off for a while comes back in the middle of a job
 * that another one has done since: then this throws `RetryLater`.
 */
export function requireLease(): void {
  if (present.getStore()?.aborted === true) throw new RetryLater("another worker has taken this job over");
}
