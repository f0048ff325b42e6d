import type { SandboxReview } from "../model.js";
import type { SandboxStore } from "../store.js";
import type { Core } from "./core.js";

type Verbs = Pick<SandboxStore, "reviews" | "addReview" | "withdrawReview">;

export function reviewVerbs(core: Core): Verbs {
  const { reviews } = core.state;
  return {
    reviews: ({ repository, number }) =>
      reviews.filter((one) => one.repository === repository && one.mergeRequest === number),
    addReview: (mergeRequest, { verdict, body }, author) => {
      const { repository, number, head: commit } = mergeRequest;
      const review: SandboxReview = {
        id: core.nextId(),
        repository,
        mergeRequest: number,
        author,
        verdict,
        body,
        commit,
        submittedAt: core.now(),
      };
      reviews.push(review);
      core.emit({ kind: "review", action: "submitted", mergeRequest, review, by: author });
      return review;
    },
    withdrawReview: (mergeRequest, review, by) => {
      if (core.kind === "gitlab") reviews.splice(reviews.indexOf(review), 1);
      else review.verdict = "withdrawn";
      core.emit({ kind: "review", action: "withdrawn", mergeRequest, review, by });
    },
  };
}
