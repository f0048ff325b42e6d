/** The gate makes half of the runs; SLUICE_TEST_LAWS=1 makes all, and a larger number makes more. */
const share = Number(process.env["SLUICE_TEST_LAWS"] ?? "0.5");

/**
 * So many runs, and no more than a minute, so that a failure is told with what it was shrunk to by then. The seed is fixed:
 * the gate tries the same packages each time, and who looks for new ones changes it.
 */
export function runs(numRuns: number): { seed: number; numRuns: number; interruptAfterTimeLimit: number } {
  return { seed: 20_261_121, numRuns: Math.ceil(numRuns * share), interruptAfterTimeLimit: 60_000 };
}
