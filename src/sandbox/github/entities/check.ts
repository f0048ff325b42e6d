import type {
  CiState,
  SandboxCheckRun,
  SandboxJob,
  SandboxMergeRequest,
  SandboxPipeline,
  SandboxRepository,
} from "../../model.js";
import type { SandboxCommit, SandboxStore } from "../../store.js";
import { actionsApp, appObject } from "./app.js";
import { simpleCommit } from "./commit.js";
import { nodeId, repositoryPage, repositoryUrl, repositoryWithId } from "./links.js";
import { minimalRepository } from "./repository.js";

/** What check runs and check suites say about themselves: `conclusion` is there exactly when they are completed. */
export interface CheckState {
  readonly status: "queued" | "in_progress" | "completed";
  readonly conclusion: string | null;
}

/** The checks that one app made on one commit. */
export type CheckSuite =
  | { readonly kind: "ci"; readonly pipeline: SandboxPipeline }
  | { readonly kind: "app"; readonly runs: readonly [SandboxCheckRun, ...SandboxCheckRun[]] };

export function checkState(state: CiState): CheckState {
  switch (state) {
    case "pending":
    case "manual":
      return { status: "queued", conclusion: null };
    case "running":
      return { status: "in_progress", conclusion: null };
    case "canceled":
      return { status: "completed", conclusion: "cancelled" };
    case "success":
    case "failure":
    case "skipped":
      return { status: "completed", conclusion: state };
  }
}

/** A check run that an app made through the API. */
export function checkRunObject(store: SandboxStore, run: SandboxCheckRun) {
  const repository = repositoryWithId(store, run.repository);
  const url = `${repositoryUrl(store, repository)}/check-runs/${run.id}`;
  const page = `${repositoryPage(store, repository)}/runs/${run.id}`;
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId("CheckRun", run.id),
    head_sha: run.commit,
    external_id: run.externalId ?? "",
    url,
    html_url: page,
    details_url: run.detailsUrl ?? store.url,
    status: run.status,
    conclusion: run.conclusion ?? null,
    started_at: run.startedAt,
    completed_at: run.completedAt ?? null,
    output: output(url, run),
    check_suite: { id: appSuite(store, run).runs[0].id },
    app: store.app === undefined ? actionsApp(store) : appObject(store, store.app),
    pull_requests: pullRequestsAt(store, repository, run.commit).map((one) => minimal(store, one)),
  };
}

/** The check run of a CI job: on GitHub they are one thing with one id. */
export function jobCheckRun(store: SandboxStore, pipeline: SandboxPipeline, job: SandboxJob) {
  const repository = repositoryWithId(store, pipeline.repository);
  const url = `${repositoryUrl(store, repository)}/check-runs/${job.id}`;
  const page = jobPage(store, pipeline, job);
  return {
    id: job.id,
    name: job.name,
    node_id: nodeId("CheckRun", job.id),
    head_sha: pipeline.commit,
    external_id: nodeId("Job", job.id),
    url,
    html_url: page,
    details_url: page,
    ...checkState(job.state),
    started_at: job.startedAt ?? pipeline.createdAt,
    completed_at: job.finishedAt ?? null,
    output: output(url, { title: "", summary: "", text: "" }),
    check_suite: { id: pipeline.id },
    app: actionsApp(store),
    pull_requests: pullRequestsAt(store, repository, pipeline.commit).map((one) => minimal(store, one)),
  };
}

export function jobPage(store: SandboxStore, pipeline: SandboxPipeline, job: SandboxJob): string {
  const repository = repositoryWithId(store, pipeline.repository);
  return `${repositoryPage(store, repository)}/actions/runs/${pipeline.id}/job/${job.id}`;
}

function output(url: string, { title, summary, text }: Pick<SandboxCheckRun, "title" | "summary" | "text">) {
  return {
    title: title === "" ? null : title,
    summary: summary === "" ? null : summary,
    text: text === "" ? null : text,
    annotations_count: 0,
    annotations_url: `${url}/annotations`,
  };
}

/** The suite that an app's check run belongs to; it goes by the id of its first run, which never changes. */
export function appSuite(store: SandboxStore, run: SandboxCheckRun): CheckSuite & { readonly kind: "app" } {
  const repository = repositoryWithId(store, run.repository);
  const others = store.checkRuns(repository, run.commit).filter(({ app }) => app === run.app);
  const [first = run, ...rest] = [...others].sort((one, other) => one.id - other.id);
  return { kind: "app", runs: [first, ...rest] };
}

/** A check suite as its check runs show it. */
export function checkSuiteMention(store: SandboxStore, suite: CheckSuite, commit: SandboxCommit) {
  const { id, repository, branch, state, app, createdAt, updatedAt } = factsOf(store, suite);
  const mergeRequests = pullRequestsAt(store, repository, commit.id);
  return {
    id,
    node_id: nodeId("CheckSuite", id),
    head_branch: branch ?? mergeRequests[0]?.sourceBranch ?? null,
    head_sha: commit.id,
    ...state,
    url: `${repositoryUrl(store, repository)}/check-suites/${id}`,
    before: commit.parents[0] ?? null,
    after: commit.id,
    pull_requests: mergeRequests.map((one) => minimal(store, one)),
    app,
    created_at: createdAt,
    updated_at: updatedAt,
  };
}

export function checkSuiteObject(store: SandboxStore, suite: CheckSuite, commit: SandboxCommit) {
  const mention = checkSuiteMention(store, suite, commit);
  return {
    ...mention,
    latest_check_runs_count: factsOf(store, suite).count,
    check_runs_url: `${mention.url}/check-runs`,
    head_commit: simpleCommit(commit),
  };
}

/** The API's answer names the repository; a webhook's payload has it beside the suite. */
export function checkSuiteWithRepository(store: SandboxStore, suite: CheckSuite, commit: SandboxCommit) {
  const id = suite.kind === "ci" ? suite.pipeline.repository : suite.runs[0].repository;
  const repository = minimalRepository(store, repositoryWithId(store, id));
  return { ...checkSuiteObject(store, suite, commit), repository };
}

function factsOf(store: SandboxStore, suite: CheckSuite) {
  return suite.kind === "ci" ? ciSuite(store, suite.pipeline) : appSuiteFacts(store, suite.runs);
}

function ciSuite(store: SandboxStore, pipeline: SandboxPipeline) {
  return {
    id: pipeline.id,
    repository: repositoryWithId(store, pipeline.repository),
    branch: pipeline.ref,
    state: checkState(pipeline.state),
    app: actionsApp(store),
    createdAt: pipeline.createdAt,
    updatedAt: pipeline.updatedAt,
    count: latestJobs(pipeline).length,
  };
}

function appSuiteFacts(store: SandboxStore, runs: readonly [SandboxCheckRun, ...SandboxCheckRun[]]) {
  const [first] = runs;
  const changes = runs.flatMap(({ startedAt, completedAt }) => [startedAt, completedAt ?? startedAt]);
  return {
    id: first.id,
    repository: repositoryWithId(store, first.repository),
    branch: undefined,
    state: together(runs),
    app: store.app === undefined ? actionsApp(store) : appObject(store, store.app),
    createdAt: first.startedAt,
    updatedAt: changes.sort().at(-1) ?? first.startedAt,
    count: latestRuns(runs).length,
  };
}

const worstFirst = ["failure", "timed_out", "cancelled", "action_required", "success", "neutral", "skipped"];

function together(runs: readonly SandboxCheckRun[]): CheckState {
  const latest = latestRuns(runs);
  if (latest.some(({ status }) => status === "in_progress"))
    return { status: "in_progress", conclusion: null };
  if (latest.some(({ status }) => status === "queued")) return { status: "queued", conclusion: null };
  const conclusions = latest.map(({ conclusion }) => conclusion);
  return {
    status: "completed",
    conclusion: worstFirst.find((one) => conclusions.includes(one)) ?? "neutral",
  };
}

/** Of runs with one name, the newest counts. */
export function latestRuns(runs: readonly SandboxCheckRun[]): readonly SandboxCheckRun[] {
  return [...new Map(runs.map((run) => [run.name, run])).values()];
}

export function latestJobs(pipeline: SandboxPipeline): readonly SandboxJob[] {
  return [...new Map(pipeline.jobs.map((job) => [job.name, job])).values()];
}

/** Open pull requests with this head; GitHub lists those from the repository's own branches only. */
export function pullRequestsAt(
  store: SandboxStore,
  repository: SandboxRepository,
  commit: string,
): readonly SandboxMergeRequest[] {
  return store
    .mergeRequests(repository)
    .filter(
      ({ state, head, sourceRepository }) =>
        state === "open" && head === commit && sourceRepository === repository.id,
    );
}

/** A pull request as checks mention it. */
export function minimal(store: SandboxStore, mergeRequest: SandboxMergeRequest) {
  const repository = repositoryWithId(store, mergeRequest.repository);
  const url = repositoryUrl(store, repository);
  const repo = { id: repository.id, url, name: repository.path.slice(repository.path.indexOf("/") + 1) };
  return {
    id: mergeRequest.id,
    number: mergeRequest.number,
    url: `${url}/pulls/${mergeRequest.number}`,
    head: { ref: mergeRequest.sourceBranch, sha: mergeRequest.head, repo },
    base: { ref: mergeRequest.targetBranch, sha: mergeRequest.base, repo },
  };
}
