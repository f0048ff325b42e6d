import { z } from "zod";
import { pullRequestOf, readable, signedIn, writable } from "./access.js";
import { Refusal, notFound } from "./errors.js";
import { type Api, type Request, body } from "./http.js";

export function mergeRoutes(api: Api): void {
  api.get("/repos/:owner/:repo/pulls/:number/merge", isMerged);
  api.put("/repos/:owner/:repo/pulls/:number/merge", mergePull);
}

function isMerged(c: Request) {
  const { state } = pullRequestOf(c, readable(c), "number");
  if (state !== "merged") throw notFound();
  return c.body(null, 204);
}

const wantedMerge = z.object({
  sha: z.string().optional(),
  commit_title: z.string().optional(),
  commit_message: z.string().optional(),
  merge_method: z.enum(["merge", "squash", "rebase"]).optional(),
});

async function mergePull(c: Request) {
  const repository = writable(c);
  const mergeRequest = pullRequestOf(c, repository, "number");
  const wanted = await body(c, wantedMerge);
  if (wanted.merge_method === "rebase") {
    throw new Refusal(405, "Rebase merges are not allowed on this repository.");
  }
  const message = [wanted.commit_title, wanted.commit_message]
    .filter((part) => part !== undefined)
    .join("\n\n");
  const outcome = await c.var.store.merge(
    mergeRequest,
    {
      squash: wanted.merge_method === "squash",
      ...(wanted.sha === undefined ? {} : { expectedHead: wanted.sha }),
      ...(message === "" ? {} : { message }),
    },
    signedIn(c),
  );
  if (outcome !== "merged") throw refusedMerge(outcome);
  return c.json({ sha: mergeRequest.mergeCommit, merged: true, message: "Pull Request successfully merged" });
}

function refusedMerge(outcome: "conflict" | "head-moved" | "draft" | "not-open"): Refusal {
  switch (outcome) {
    case "head-moved":
      return new Refusal(409, "Head branch was modified. Review and try the merge again.");
    case "draft":
      return new Refusal(405, "Pull Request is still a draft");
    case "conflict":
    case "not-open":
      return new Refusal(405, "Pull Request is not mergeable");
  }
}
