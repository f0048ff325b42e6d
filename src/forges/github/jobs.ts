import { z } from "zod";
import type { CommitRef } from "../../domain/refs.js";
import type { RerunChoice } from "../forge.js";
import type { GitHubClient } from "./client.js";
import { besideStatus } from "./results.js";
import { workflowJobsPayload, workflowRunsPayload, type WorkflowJobPayload } from "./payloads.js";

const unsuccessful = ["failure", "cancelled", "timed_out", "startup_failure", "action_required"];

/**
 * Runs jobs of GitHub Actions again and names them. What other services report as statuses or check runs is theirs to
 * repeat: only a check suite of theirs could be asked for anew, without a word on whether they do it.
 */
export async function rerunJobs(
  client: GitHubClient,
  commit: CommitRef,
  choice: RerunChoice,
): Promise<readonly string[]> {
  const names: string[] = [];
  for (const run of await finishedRuns(client, { commit, choice })) {
    const jobs = await latestJobs(client, commit, run);
    const chosen = jobs.filter((job) => isChosen(job, choice));
    if (chosen.length === 0) continue;
    for (const route of routesFor(choice, { run, jobs: chosen })) {
      await client.ask(commit.repository, { ...route, answer: z.unknown() });
    }
    names.push(...chosen.map(({ name }) => name));
  }
  return names;
}

function isChosen({ name, conclusion }: WorkflowJobPayload, choice: RerunChoice): boolean {
  switch (choice.which) {
    case "all":
    case "group":
      return true;
    case "failed":
      return unsuccessful.includes(conclusion ?? "");
    case "job":
      return [name, besideStatus(name)].includes(choice.name);
  }
}

function routesFor(
  { which }: RerunChoice,
  { run, jobs }: { readonly run: number; readonly jobs: readonly WorkflowJobPayload[] },
) {
  const parameters = { run_id: run };
  if (which === "all" || which === "group")
    return [{ route: "POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun", parameters }];
  if (which === "failed") {
    return [{ route: "POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs", parameters }];
  }
  return jobs.map(({ id }) => ({
    route: "POST /repos/{owner}/{repo}/actions/jobs/{job_id}/rerun",
    parameters: { job_id: id },
  }));
}

/** Those that are meant. A run that still goes on cannot be asked for anew. */
async function finishedRuns(
  client: GitHubClient,
  { commit: { repository, commit }, choice }: { readonly commit: CommitRef; readonly choice: RerunChoice },
): Promise<number[]> {
  const runs = client.list(repository, {
    route: "GET /repos/{owner}/{repo}/actions/runs",
    parameters: { head_sha: commit },
    answer: workflowRunsPayload,
  });
  const ids: number[] = [];
  for await (const { id, status, check_suite_id: suite } of runs) {
    const isMeant = choice.which !== "group" || choice.id === String(suite);
    if (isMeant && status === "completed") ids.push(id);
  }
  return ids;
}

async function latestJobs(
  client: GitHubClient,
  { repository }: CommitRef,
  run: number,
): Promise<WorkflowJobPayload[]> {
  const jobs: WorkflowJobPayload[] = [];
  const question = {
    route: "GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs",
    parameters: { run_id: run, filter: "latest" },
    answer: workflowJobsPayload,
  };
  for await (const job of client.list(repository, question)) jobs.push(job);
  return jobs;
}
