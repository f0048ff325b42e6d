import type { ForgeName } from "../domain/refs.js";
import type { Budget } from "./forge.js";

/** What a forge said to one who asks it: an account, or an installation of an App. */
export interface Standing {
  readonly budget?: Budget | undefined;
  /** It wants no request before, whoever waits. */
  readonly closedUntil?: Date | undefined;
}

/** What the processes of the service tell one another of what forges said to them. */
export interface SharedLimits {
  /** Tells what this forge said to this process, by who asked, and answers what it said to the others. */
  exchange(forge: ForgeName, said: ReadonlyMap<string, Standing>): Promise<Exchanged>;
}

export interface Exchanged {
  /** One who asks may stand there more than once. */
  readonly standings: readonly (readonly [string, Standing])[];
  /** How many processes ask the forge at present, this one too. */
  readonly callers: number;
}

/** Two windows of a budget that end within so many milliseconds are one: forges tell whole seconds, and each its own. */
const sameWindow = 5_000;

/** What holds of both: of one window the smaller rest, of two the later; the later opening. */
export function together(one: Standing | undefined, other: Standing): Standing {
  const { budget, closedUntil } = one ?? {};
  return {
    budget: soberer(budget, other.budget),
    closedUntil: later(closedUntil, other.closedUntil),
  };
}

function soberer(one: Budget | undefined, other: Budget | undefined): Budget | undefined {
  if (!one || !other) return one ?? other;
  const apart = other.resetAt.getTime() - one.resetAt.getTime();
  if (Math.abs(apart) > sameWindow) return apart > 0 ? other : one;
  return other.remaining < one.remaining ? other : one;
}

function later(one: Date | undefined, other: Date | undefined): Date | undefined {
  if (!one || !other) return one ?? other;
  return other > one ? other : one;
}
