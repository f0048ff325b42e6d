import { AsyncLocalStorage } from "node:async_hooks";

/** Who waits for what is under way: somebody who looks on, a machine, or nobody. */
export type Urgency = "people" | "machines" | "nobody";

const present = new AsyncLocalStorage<Urgency>();

/** Does the work, and everything that follows from it, for whom it is. */
export function withUrgency<T>(urgency: Urgency, work: () => Promise<T>): Promise<T> {
  return present.run(urgency, work);
}

/** Who waits for the work under way; somebody, where nobody said. */
export function urgencyNow(): Urgency {
  return present.getStore() ?? "people";
}
