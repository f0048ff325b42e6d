import { type CommitResult, type CommitState, gravestOfEachName } from "../../domain/commit-status.js";
import type { CommitRef } from "../../domain/refs.js";
import { refusalOf } from "../refusal.js";
import type { GitHubClient } from "./client.js";
import { type CheckRunPayload, checkRunsPayload } from "./payloads.js";
import { listStatuses } from "./statuses.js";

/** Statuses and check runs, the latter under a name of their own where a status has the same one. */
export async function* listResults(client: GitHubClient, commit: CommitRef): AsyncIterable<CommitResult> {
  const taken = new Set<string>();
  try {
    for await (const status of listStatuses(client, commit)) {
      taken.add(status.context);
      yield status;
    }
    for (const checkRun of await latestCheckRuns(client, commit)) {
      const { context } = checkRun;
      yield { ...checkRun, context: taken.has(context) ? besideStatus(context) : context };
    }
  } catch (error) {
    // A commit that GitHub does not know has no results; 422 is its answer to a full id that it lacks.
    if (![404, 422].includes(refusalOf(error)?.status ?? 0)) throw error;
  }
}

/** The name of a check run where a status has its own. */
export function besideStatus(name: string): string {
  return `${name} (check run)`;
}

/**
 * One result per name. Within a check suite the newest run counts; two suites (two workflows, two apps) may each have a
 * run of that name, and of these the gravest counts.
 */
async function latestCheckRuns(
  client: GitHubClient,
  { repository, commit }: CommitRef,
): Promise<readonly CommitResult[]> {
  const newest = new Map<string, CheckRunPayload>();
  const checkRuns = client.list(repository, {
    route: "GET /repos/{owner}/{repo}/commits/{ref}/check-runs",
    parameters: { ref: commit, filter: "latest" },
    answer: checkRunsPayload,
  });
  for await (const checkRun of checkRuns) {
    const key = JSON.stringify([checkRun.check_suite?.id, checkRun.name]);
    if ((newest.get(key)?.id ?? 0) < checkRun.id) newest.set(key, checkRun);
  }
  return gravestOfEachName([...newest.values()].map(resultOf));
}

const conclusions: Readonly<Record<string, CommitState>> = {
  success: "success",
  failure: "failure",
  timed_out: "failure",
  startup_failure: "error",
  // As a workflow of somebody new, which a maintainer has to let run.
  action_required: "manual",
  cancelled: "canceled",
  // GitHub itself gave up on a run that never ended.
  stale: "canceled",
  neutral: "neutral",
  skipped: "skipped",
};

/** The name of the app that GitHub Actions reports as; only its check runs are jobs with a log. */
const actions = "github-actions";

function resultOf({ name, status, conclusion, ...checkRun }: CheckRunPayload): CommitResult {
  const { check_suite: suite, app, completed_at: finishedAt } = checkRun;
  const targetUrl = checkRun.details_url ?? checkRun.html_url;
  return {
    context: name,
    state: status === "completed" ? (conclusions[conclusion ?? ""] ?? "failure") : unfinished(status),
    description: checkRun.output.title ?? (conclusion ?? status).replaceAll("_", " "),
    ...(targetUrl ? { targetUrl } : {}),
    ...(suite ? { group: { id: String(suite.id), name: app?.name ?? "checks", part: "job" as const } } : {}),
    ...(app?.slug === actions ? { job: checkRun.id } : {}),
    ...(finishedAt ? { finishedAt } : {}),
  };
}

/** `waiting`: for a deployment that somebody has to approve. */
function unfinished(status: string): CommitState {
  if (status === "waiting") return "manual";
  return status === "in_progress" ? "running" : "pending";
}
