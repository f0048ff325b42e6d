import { secondOf } from "../../domain/clock.js";
import { type CommitResult, isFinal, isGreen } from "../../domain/commit-status.js";
import type { Forge, RerunChoice } from "../../forges/forge.js";

export interface Ordered {
  readonly choice: RerunChoice;
  readonly orderedAt: Date;
}

/**
 * What is still to be run of an order that somebody carried out who was cut off. The jobs themselves tell: one that waits,
 * runs or ended after the order was run again.
 */
export function leftToRun(
  results: readonly CommitResult[],
  { choice, orderedAt }: Ordered,
): readonly RerunChoice[] {
  const jobs = results.filter(({ group }) => group?.part !== "whole");
  if (choice.which !== "failed")
    return jobs.some((job) => isUnderWay(job) || hasEndedSince(job, orderedAt)) ? [] : [choice];
  const failed = jobs.filter(({ state }) => isFinal(state) && !isGreen(state));
  const left = failed.filter((job) => !hasEndedSince(job, orderedAt));
  if (left.length === failed.length) return failed.length > 0 ? [choice] : [];
  return left.map(({ context: name }) => ({ which: "job", name }));
}

/** Has dist-git's CI run each of the choices again; answers the names of the jobs. */
export async function rerunEach(
  forge: Forge,
  on: Parameters<Forge["rerunJobs"]>[0],
  choices: readonly RerunChoice[],
): Promise<readonly string[]> {
  const jobs: string[] = [];
  for (const choice of choices) jobs.push(...(await forge.rerunJobs(on, choice)));
  return jobs;
}

/** What a choice means of the results. */
export function meantBy(choice: RerunChoice, results: readonly CommitResult[]): readonly CommitResult[] {
  switch (choice.which) {
    case "all":
    case "failed":
      return results;
    case "group":
      return results.filter(({ group }) => group?.id === choice.id);
    case "job":
      return results.filter(({ context, group }) => [context, group?.name].includes(choice.name));
  }
}

/** One that waits for somebody to start it is not. */
export function isUnderWay({ state }: Pick<CommitResult, "state">): boolean {
  return !isFinal(state) && state !== "manual";
}

/** In the same second, too: that is as much as forges tell. */
function hasEndedSince({ finishedAt }: CommitResult, moment: Date): boolean {
  return finishedAt !== undefined && new Date(finishedAt) >= secondOf(moment);
}
