import { z } from "zod";
import { mayMerge, mergeRequestOf, signedIn } from "./access.js";
import { isMergeableState, merge } from "./changes.js";
import { mergeRequestObject } from "./entities/merge-request.js";
import { type Refusal, conflict, notAllowed, unauthorized, unprocessable } from "./errors.js";
import type { Api, Request } from "./http.js";
import { flag, parameters, text } from "./parameters.js";

export function mergeRoutes(api: Api): void {
  api.put("/projects/:id/merge_requests/:iid/merge", acceptMergeRequest);
}

const wanted = z.object({
  merge_commit_message: text.optional(),
  squash_commit_message: text.optional(),
  should_remove_source_branch: flag.optional(),
  sha: text.optional(),
  squash: flag.optional(),
});

async function acceptMergeRequest(c: Request) {
  const { store, state } = c.var;
  const mergeRequest = mergeRequestOf(c);
  const user = signedIn(c);
  const how = await parameters(c, wanted);
  // Not a wrong token: GitLab says 401 here to who may not push to the target branch.
  if (!mayMerge(store, user, mergeRequest)) throw unauthorized();
  if (!isMergeableState(store, mergeRequest)) throw notAllowed();
  if (mergeRequest.mergeability === "conflicting") throw cannotBeMerged();
  if (how.sha !== undefined && how.sha !== mergeRequest.head) throw headMoved(mergeRequest.head);

  const outcome = await merge({ store, state, user }, mergeRequest, {
    squash: how.squash,
    message: how.merge_commit_message,
    squashMessage: how.squash_commit_message,
    removeSourceBranch: how.should_remove_source_branch,
  });
  if (outcome === "not-mergeable") throw notAllowed();
  if (outcome === "conflict") throw cannotBeMerged();
  return c.json(await mergeRequestObject(store, mergeRequest, user));
}

function cannotBeMerged(): Refusal {
  return unprocessable("Branch cannot be merged");
}

export function headMoved(head: string): Refusal {
  return conflict(`SHA does not match HEAD of source branch: ${head}`);
}
