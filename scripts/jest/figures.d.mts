/** What is read of the file that `jest --json` writes. */
export interface JestRun {
  readonly testResults: readonly {
    /** The path of the file. */
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

export function filesToTryAgain(run: JestRun): string[];

export function figuresOf(
  first: JestRun,
  second?: JestRun,
): { readonly passed: number; readonly failed: number; readonly late: readonly string[] };
