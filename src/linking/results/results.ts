import type { LinkPolicy, ResultDetail } from "../../config/configuration.js";
import {
  byGravity,
  type CommitResult,
  type CommitStatus,
  isFinal,
  together,
} from "../../domain/commit-status.js";
import { resultCount } from "./result-table.js";

/** What is shown of dist-git's results: each by itself, or each pipeline; with `one`, the comment shows the pipelines. */
export function inDetail(results: readonly CommitResult[], detail: ResultDetail): readonly CommitResult[] {
  if (detail === "jobs") return results;
  const groups = new Map<string, CommitResult[]>();
  const alone: CommitResult[] = [];
  for (const result of results) {
    const id = result.group?.id;
    if (id === undefined) alone.push(result);
    else groups.set(id, [...(groups.get(id) ?? []), result]);
  }
  return named([...[...groups.values()].map(groupResult), ...alone]);
}

/** What a link says of the results of its dist-git. */
export type ResultPolicy = Pick<LinkPolicy, "results" | "requiredResults">;

/**
 * A result that waits, for each required one that dist-git's CI did not tell of yet. Only a link can say what there will be:
 * on GitHub one service is done before another has begun.
 */
export function missingResults(
  results: readonly CommitResult[],
  { results: detail, requiredResults }: ResultPolicy,
): readonly CommitResult[] {
  const present = new Set([...results, ...inDetail(results, detail)].map(({ context }) => context));
  const missing = requiredResults.filter((name) => !present.has(name));
  return missing.map((context) => ({
    context,
    state: "pending",
    description: "required, and not begun yet",
  }));
}

/** Its own result where the forge tells one, else what its jobs come to. */
function groupResult(results: readonly CommitResult[]): CommitResult {
  const own = results.find(({ group }) => group?.part === "whole");
  if (own) return { ...own, context: own.group?.name ?? own.context };
  const [gravest] = [...results].sort((one, other) => byGravity(one.state, other.state));
  const { name = "", url = gravest?.targetUrl } = gravest?.group ?? {};
  return {
    context: name,
    state: together(results),
    description: resultCount(results),
    ...(url === undefined ? {} : { targetUrl: url }),
    ...(gravest?.group && { group: { ...gravest.group, part: "whole" } }),
  };
}

/** Two groups of one name are told apart by number. */
function named(results: readonly CommitResult[]): readonly CommitResult[] {
  const taken = new Map<string, number>();
  return results.map((result) => {
    const count = (taken.get(result.context) ?? 0) + 1;
    taken.set(result.context, count);
    return count === 1 ? result : { ...result, context: `${result.context} (${count})` };
  });
}

/**
 * dist-git's CI as a whole. It says the same until everything has ended, so that it costs one request at the beginning and
 * one at the end.
 */
export function wholeResult(results: readonly CommitStatus[]): Pick<CommitStatus, "state" | "description"> {
  const state = together(results);
  if (results.length === 0 || !isFinal(state)) return { state: "pending", description: awaitedText };
  return { state, description: resultCount(results) };
}

const awaitedText = "dist-git's CI has not passed yet";
