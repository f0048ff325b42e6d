import { z } from "zod";
import type { ForgeName } from "../domain/refs.js";
import type { RepositoryPattern } from "./configuration.js";
import { duration } from "./duration.js";
import { placeholder, readRepositoryPattern, type Refusal, refusalOfBranch } from "./patterns.js";
import { refuse } from "./refuse.js";

/** What a link, or `defaults` for every link, may say beside the repositories; nothing here has a value of its own yet. */
const policies = {
  layout: z
    .enum(["rpm", "quilt", "plain"])
    .describe(
      "How dist-git stores changes: patches of a spec, of debian/patches, or source-git's tree itself.",
    ),
  branches: z
    .record(z.string(), z.string())
    .superRefine((map, context) => {
      for (const [source, dist] of Object.entries(map)) {
        const badSource = refusalOfBranch(source);
        if (badSource) refuse(context, badSource, { path: [source], part: "key" });
        const badDist = refusalOfBranch(dist) ?? refusalOfStars(source, dist);
        if (badDist) refuse(context, badDist, { path: [source] });
      }
    })
    .transform((map) => Object.entries(map))
    .describe(
      "Source branch: dist branch. `*` stands for any characters; unless given, every branch goes to its namesake.",
    ),
  trust: z
    .enum(["members", "everyone"])
    .describe(
      "Whose merge requests from forks are mirrored by themselves: people with write access, or all.",
    ),
  trusted: list("Logins whose merge requests from forks are mirrored as members' are."),
  "trust-later-pushes": z
    .boolean()
    .describe("Whether one word for a merge request holds for what is pushed to it later."),
  "trust-by-review": z
    .boolean()
    .describe("Whether an approving review is a word for the commit that it approves."),
  "sensitive-paths": list(
    "Globs of files whose change by somebody without write access takes a word each time, whatever else is trusted.",
  ),
  labels: list("How the labels begin that dist-git's merge request takes over."),
  results: z
    .enum(["jobs", "pipelines", "one"])
    .describe(
      "What dist-git's CI shows in source-git: a status for each job, for each pipeline, or one for all.",
    ),
  "required-results": list(
    "Names of results, as `results` has them shown, without which dist-git's CI has not passed, however green the others are.",
  ),
  "log-excerpts": z
    .boolean()
    .describe("Whether the end of a failed job's log is shown in source-git, redacted."),
  "dist-changes": z
    .enum(["merge-request", "ignore"])
    .describe(
      "What becomes of dist-git's own changes: a merge request brings them home, or they stay there.",
    ),
  via: z
    .enum(["branch", "fork"])
    .describe("Where Sluice pushes in dist-git: a branch of the repository, or its own fork of it."),
  "after-source-merge": z
    .enum(["keep", "merge-when-green", "merge"])
    .describe("What becomes of dist-git's side when source-git's is merged."),
  "merge-without-ci": z
    .union([z.literal("never"), duration.transform(leastSilence)])
    .describe(
      "How long `merge-when-green` waits for a first word of dist-git's CI before it merges without one: `1 hour`, at least ten minutes; or `never`.",
    ),
  "after-dist-merge": z
    .enum(["comment", "merge", "close"])
    .describe("What becomes of source-git's side when dist-git's is merged."),
  mentions: z
    .boolean()
    .describe(
      "Whether people whom the users file knows are mentioned on the other forge, which notifies them.",
    ),
  identities: z
    .strictObject({
      "source-git": z.string().describe("In source-git.").optional(),
      "dist-git": z.string().describe("In dist-git.").optional(),
    })
    .describe("Which of a forge's identities acts on which side; unless given, the forge's first."),
};

/** Milliseconds in which every CI has its chance. */
const leastWait = 10 * 60_000;

function leastSilence(wait: number, context: z.RefinementCtx): number {
  if (wait >= leastWait) return wait;
  refuse(context, { message: "too short for a CI to begin", remedy: "Write 10 minutes or more." });
  return z.NEVER;
}

/** A list of texts of which none is empty. */
export function list(description: string) {
  return z.array(z.string().min(1, { error: "must not be empty" })).describe(description);
}

function refusalOfStars(source: string, dist: string): Refusal | undefined {
  if (dist.split("*").length <= source.split("*").length) return undefined;
  return { message: `has more stars than ${source}`, remedy: "Each * on the right repeats one on the left." };
}

/** What every link does that does not say otherwise. */
export const defaultsSchema = z.strictObject(policies).partial();

/** A link: its repositories, and what it does otherwise than `defaults` say; a layout must stand in one of the two. */
export function linkSchema(forges: readonly ForgeName[], defaults: { readonly layout?: unknown }) {
  const repository = z.string().transform((text, context): RepositoryPattern => {
    const read = readRepositoryPattern(text, forges);
    if ("pattern" in read) return read.pattern;
    refuse(context, read.refusal);
    return z.NEVER;
  });
  const described = "`<forge>/<path>`; `{name}` stands for one path component, the same on both sides.";
  return z.strictObject({
    "source-git": repository.describe(`The source-git repository, or a pattern of them: ${described}`),
    "dist-git": repository.describe(`The dist-git repository that belongs to it: ${described}`),
    ...defaultsSchema.shape,
    layout: defaults.layout === undefined ? policies.layout : policies.layout.optional(),
  });
}

/** What the two sides of a link must have in common. */
export function refusalOfSides(source: RepositoryPattern, dist: RepositoryPattern): Refusal | undefined {
  const named = [source, dist].filter(({ path }) => path.includes(placeholder)).length;
  if (named === 1)
    return { message: `${placeholder} stands on one side only`, remedy: "Write it on both sides." };
  if (source.forge === dist.forge && source.path.toLowerCase() === dist.path.toLowerCase()) {
    return { message: "both sides are the same repository" };
  }
  return undefined;
}
