import type { SandboxReview } from "../../model.js";
import type { SandboxStore } from "../../store.js";
import { nodeId, repositoryUrl, repositoryWithId } from "./links.js";
import { association } from "./pull-request.js";
import { simpleUser } from "./user.js";

const states = {
  approved: "APPROVED",
  "changes-requested": "CHANGES_REQUESTED",
  commented: "COMMENTED",
  withdrawn: "DISMISSED",
} as const satisfies Record<SandboxReview["verdict"], string>;

export function reviewObject(store: SandboxStore, review: SandboxReview) {
  const repository = repositoryWithId(store, review.repository);
  const pull = `${repositoryUrl(store, repository)}/pulls/${review.mergeRequest}`;
  const page = `${store.url}/${repository.path}/pull/${review.mergeRequest}#pullrequestreview-${review.id}`;
  return {
    id: review.id,
    node_id: nodeId("PullRequestReview", review.id),
    user: simpleUser(store, review.author),
    body: review.body,
    state: states[review.verdict],
    html_url: page,
    pull_request_url: pull,
    _links: { html: { href: page }, pull_request: { href: pull } },
    submitted_at: review.submittedAt,
    commit_id: review.commit,
    author_association: association(repository, review.author),
  };
}
