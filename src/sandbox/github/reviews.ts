import { z } from "zod";
import { pullRequestOf, readable, signedIn } from "./access.js";
import { reviewObject } from "./entities/review.js";
import { validationFailed } from "./errors.js";
import { type Api, type Request, body, paged } from "./http.js";

export function reviewRoutes(api: Api): void {
  api.get("/repos/:owner/:repo/pulls/:number/reviews", listReviews);
  api.post("/repos/:owner/:repo/pulls/:number/reviews", createReview);
}

function listReviews(c: Request) {
  const { store } = c.var;
  const reviews = store.reviews(pullRequestOf(c, readable(c), "number"));
  return c.json(paged(c, reviews).map((review) => reviewObject(store, review)));
}

const newReview = z.object({
  body: z.string().default(""),
  event: z.enum(["APPROVE", "REQUEST_CHANGES", "COMMENT"]),
  commit_id: z.string().optional(),
});

const verdicts = {
  APPROVE: "approved",
  REQUEST_CHANGES: "changes-requested",
  COMMENT: "commented",
} as const;

/** Everybody who reads may review, but nobody decides on a pull request of their own. */
async function createReview(c: Request) {
  const { store } = c.var;
  const mergeRequest = pullRequestOf(c, readable(c), "number");
  const user = signedIn(c);
  const { event, body: text } = await body(c, newReview);
  if (event !== "COMMENT" && user.id === mergeRequest.author.id) {
    const what = event === "APPROVE" ? "approve" : "request changes on";
    throw validationFailed({
      resource: "PullRequestReview",
      code: "custom",
      field: "user_id",
      message: `Can not ${what} your own pull request`,
    });
  }
  const review = store.addReview(mergeRequest, { verdict: verdicts[event], body: text }, user);
  return c.json(reviewObject(store, review));
}
