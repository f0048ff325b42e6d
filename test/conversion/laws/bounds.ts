/** So many runs, and no more than a minute, so that a failure is told with what it was shrunk to by then. */
export function runs(numRuns: number): { numRuns: number; interruptAfterTimeLimit: number } {
  return { numRuns, interruptAfterTimeLimit: 60_000 };
}
