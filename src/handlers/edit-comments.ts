import { done, type Outcome, skipped } from "../domain/outcome.js";
import type { MergeRequestRef } from "../domain/refs.js";
import type { Services } from "./services.js";

/** Makes the comments of a pair say what came in since they were last edited. */
export async function editComments(
  { mergeRequest: ref }: { readonly mergeRequest: MergeRequestRef },
  { pairs, report }: Pick<Services, "pairs" | "report">,
): Promise<Outcome> {
  const pair = await pairs.withSourceGit(ref);
  if (!pair) return skipped("not a merge request of a pair");
  await report.refresh(pair);
  return done("comments are current");
}
