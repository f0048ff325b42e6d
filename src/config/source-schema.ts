import { z } from "zod";
import { defaultsSchema, list } from "./link-schema.js";
import { refusalOfBranch } from "./patterns.js";
import { refuse } from "./refuse.js";

const { results, labels } = defaultsSchema.shape;

/** `.sluice.yml` of a source-git repository: it may narrow what `sluice.yml` lets Sluice do there, and never widen it. */
export const sourceSchema = z
  .strictObject({
    branches: list(
      "Which source-git branches are linked, of those that the link names. `*` stands for any characters.",
    ).superRefine((patterns, context) => {
      patterns.forEach((pattern, index) => {
        const refusal = refusalOfBranch(pattern);
        if (refusal) refuse(context, refusal, { path: [index] });
      });
    }),
    trust: z
      .literal("members")
      .describe("Whatever the link says: only members' merge requests are mirrored by themselves."),
    "trust-later-pushes": z
      .literal(false)
      .describe("Whatever the link says: what is pushed later takes a word anew."),
    "trust-by-review": z.literal(false).describe("Whatever the link says: an approving review is no word."),
    "sensitive-paths": list(
      "Globs of further files whose change by somebody without write access takes a word.",
    ),
    labels: labels.unwrap(),
    results: results.unwrap(),
    "log-excerpts": z
      .literal(false)
      .describe("Whatever the link says: logs of failed jobs are not shown here."),
    "after-source-merge": z
      .enum(["keep", "merge-when-green"])
      .describe("What becomes of dist-git's side when source-git's is merged, where the link would do more."),
    "after-dist-merge": z
      .enum(["comment", "merge", "close"])
      .describe(
        "What becomes of source-git's side when dist-git's is merged, where the link would do more: a word, or its end.",
      ),
    "dist-changes": z
      .enum(["merge-request", "ignore"])
      .describe(
        "What becomes of dist-git's own changes: a merge request brings them home, or they stay there.",
      ),
  })
  .partial();
