import type { Happening } from "../../model.js";
import type { SandboxStore } from "../../store.js";
import { repositoryWithId } from "../entities/links.js";
import { pullRequest } from "../entities/pull-request.js";
import { reviewObject } from "../entities/review.js";
import { type Announcement, setting } from "./common.js";

/** Unlike the list of reviews, its webhook writes their states in lower case. */
export async function reviewEvents(
  store: SandboxStore,
  { action, mergeRequest, review, by }: Extract<Happening, { kind: "review" }>,
): Promise<readonly Announcement[]> {
  const shown = reviewObject(store, review);
  const payload = {
    action: action === "submitted" ? "submitted" : "dismissed",
    review: { ...shown, state: shown.state.toLowerCase() },
    pull_request: await pullRequest(store, mergeRequest),
    ...setting(store, repositoryWithId(store, mergeRequest.repository), by),
  };
  return [{ event: "pull_request_review", payload }];
}
