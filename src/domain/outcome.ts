/** How a job ended when nothing went wrong; doing nothing has a reason, too. */
export type Outcome =
  | { readonly outcome: "done"; readonly summary: string }
  | { readonly outcome: "skipped"; readonly reason: string };

export function done(summary: string): Outcome {
  return { outcome: "done", summary };
}

export function skipped(reason: string): Outcome {
  return { outcome: "skipped", reason };
}
