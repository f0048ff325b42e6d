import type { MergeRequestRef } from "../../domain/refs.js";
import type { MergeRequestChange } from "../forge.js";
import { ifFound } from "../refusal.js";
import type { GitHubClient } from "./client.js";
import { labelsPayload } from "./payloads.js";

/** The labels once they are changed, which pull requests keep at their issue; `undefined` where nothing is to change. */
export async function changeLabels(
  client: GitHubClient,
  { repository, number }: MergeRequestRef,
  { addLabels = [], removeLabels = [] }: MergeRequestChange,
): Promise<readonly string[] | undefined> {
  let labels: readonly string[] | undefined;
  for (const name of removeLabels) {
    const left = await ifFound(
      client.ask(repository, {
        route: "DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}",
        parameters: { issue_number: number, name },
        answer: labelsPayload,
      }),
    );
    labels = left ?? labels;
  }
  if (addLabels.length === 0) return labels;
  return client.ask(repository, {
    route: "POST /repos/{owner}/{repo}/issues/{issue_number}/labels",
    parameters: { issue_number: number, labels: addLabels },
    answer: labelsPayload,
  });
}
