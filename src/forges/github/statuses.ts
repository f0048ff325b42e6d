import { z } from "zod";
import type { CommitState, CommitStatus } from "../../domain/commit-status.js";
import type { CommitRef } from "../../domain/refs.js";
import type { StatusTarget } from "../forge.js";
import { eachByItself } from "../each.js";
import type { Held } from "../posted-statuses.js";
import { refusalOf } from "../refusal.js";
import { cut } from "../text.js";
import type { GitHubClient } from "./client.js";
import { type CheckRunPayload, checkRunsPayload, combinedStatusPayload } from "./payloads.js";

/** GitHub's statuses know four states; what has none of its own keeps its word in the description. */
const shown: Readonly<Record<CommitState, { readonly state: CommitState; readonly word?: string }>> = {
  pending: { state: "pending" },
  running: { state: "pending" },
  success: { state: "success" },
  failure: { state: "failure" },
  error: { state: "error" },
  // Not a verdict on the commit, yet it must not pass where the status is required.
  canceled: { state: "error", word: "canceled" },
  skipped: { state: "success", word: "skipped" },
};

interface OwnStatuses {
  readonly statuses: readonly CommitStatus[];
  readonly descriptionLength: number;
  /** What we set there before, where that is known; otherwise it is looked up. */
  readonly held: Held | undefined;
}

/** A commit of a fork can take a status in the repository that its merge request wants to change. */
export async function ensureCommitStatuses(
  client: GitHubClient,
  { mergeRequest, commit }: StatusTarget,
  { statuses, descriptionLength, held }: OwnStatuses,
): Promise<"set"> {
  const on = { repository: mergeRequest.ref.repository, commit };
  const present = new Map<string, CommitStatus>();
  // What is wanted is not what we set before, so where that is known, nobody has to look.
  if (!held) for await (const status of listStatuses(client, on)) present.set(status.context, status);
  await eachByItself(statuses, async (status) => {
    const wanted = inGitHubsWords(status, descriptionLength);
    if (!isSame(present.get(status.context), wanted)) await post(client, on, wanted);
  });
  return "set";
}

async function post(
  client: GitHubClient,
  { repository, commit }: CommitRef,
  { context, state, description, targetUrl }: CommitStatus,
): Promise<void> {
  await client.ask(repository, {
    route: "POST /repos/{owner}/{repo}/statuses/{sha}",
    parameters: {
      sha: commit,
      context,
      state,
      description,
      ...(targetUrl === undefined ? {} : { target_url: targetUrl }),
    },
    answer: z.unknown(),
  });
}

/** Statuses and check runs, the latter under a name of their own where a status has the same one. */
export async function* listCommitStatuses(
  client: GitHubClient,
  commit: CommitRef,
): AsyncIterable<CommitStatus> {
  const taken = new Set<string>();
  try {
    for await (const status of listStatuses(client, commit)) {
      taken.add(status.context);
      yield status;
    }
    for (const checkRun of await latestCheckRuns(client, commit)) {
      const { context } = checkRun;
      yield { ...checkRun, context: taken.has(context) ? `${context} (check run)` : context };
    }
  } catch (error) {
    // A commit that GitHub does not know has no results; 422 is its answer to a full id that it lacks.
    if (![404, 422].includes(refusalOf(error)?.status ?? 0)) throw error;
  }
}

function listStatuses(client: GitHubClient, { repository, commit }: CommitRef): AsyncIterable<CommitStatus> {
  return client.list(repository, {
    route: "GET /repos/{owner}/{repo}/commits/{ref}/status",
    parameters: { ref: commit },
    answer: combinedStatusPayload,
  });
}

function inGitHubsWords(status: CommitStatus, descriptionLength: number): CommitStatus {
  const { state, word } = shown[status.state];
  const { description } = status;
  const isSaid = word === undefined || description.toLowerCase().includes(word);
  const said = isSaid ? description : [word, description].filter(Boolean).join(": ");
  return { ...status, state, description: cut(said, descriptionLength) };
}

function isSame(one: CommitStatus | undefined, other: CommitStatus): boolean {
  return (
    one?.state === other.state && one.description === other.description && one.targetUrl === other.targetUrl
  );
}

/** What counts most when check runs of one name disagree. */
const gravest: readonly CommitState[] = ["failure", "canceled", "running", "pending", "success", "skipped"];

/**
 * One result per name. Within a check suite the newest run counts; two suites (two workflows, two apps) may each have a
 * run of that name, and of these the gravest counts.
 */
async function latestCheckRuns(
  client: GitHubClient,
  { repository, commit }: CommitRef,
): Promise<CommitStatus[]> {
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
  const byName = new Map<string, CommitStatus>();
  for (const status of [...newest.values()].map(statusOf)) {
    const other = byName.get(status.context);
    if (!other || gravest.indexOf(status.state) < gravest.indexOf(other.state))
      byName.set(status.context, status);
  }
  return [...byName.values()];
}

const conclusions: Readonly<Record<string, CommitState>> = {
  success: "success",
  failure: "failure",
  timed_out: "failure",
  action_required: "failure",
  startup_failure: "failure",
  cancelled: "canceled",
  stale: "canceled",
  neutral: "skipped",
  skipped: "skipped",
};

function statusOf({ name, status, conclusion, ...checkRun }: CheckRunPayload): CommitStatus {
  const targetUrl = checkRun.details_url ?? checkRun.html_url;
  return {
    context: name,
    state: status === "completed" ? (conclusions[conclusion ?? ""] ?? "failure") : unfinished(status),
    description: checkRun.output.title ?? (conclusion ?? status).replaceAll("_", " "),
    ...(targetUrl ? { targetUrl } : {}),
  };
}

function unfinished(status: string): CommitState {
  return status === "in_progress" ? "running" : "pending";
}
