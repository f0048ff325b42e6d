/** The present, passed in wherever time matters, so that tests can move it. */
export interface Clock {
  now(): Date;
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => new Date() };

/** As forges tell of most moments. */
export function secondOf(moment: Date): Date {
  const second = new Date(moment);
  second.setMilliseconds(0);
  return second;
}
