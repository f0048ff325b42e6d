import type { SandboxJob, SandboxPipeline, SandboxRepository } from "../../model.js";
import type { SandboxCommit, SandboxStore } from "../../store.js";
import { checkState, jobPage, minimal, pullRequestsAt } from "./check.js";
import { simpleCommit } from "./commit.js";
import { nodeId, repositoryPage, repositoryUrl, repositoryWithId } from "./links.js";
import { minimalRepository } from "./repository.js";
import { simpleUser } from "./user.js";

/** The sandbox's CI is one workflow, the same in each repository. */
const workflowId = 1;
const path = ".github/workflows/ci.yml";

export function workflowObject(store: SandboxStore, repository: SandboxRepository) {
  return {
    id: workflowId,
    node_id: nodeId("Workflow", workflowId),
    name: "CI",
    path,
    state: "active",
    created_at: repository.createdAt,
    updated_at: repository.createdAt,
    url: `${repositoryUrl(store, repository)}/actions/workflows/${workflowId}`,
    html_url: `${repositoryPage(store, repository)}/blob/${repository.defaultBranch}/${path}`,
    badge_url: `${repositoryPage(store, repository)}/workflows/CI/badge.svg`,
  };
}

export function workflowRun(store: SandboxStore, pipeline: SandboxPipeline, commit: SandboxCommit) {
  const repository = repositoryWithId(store, pipeline.repository);
  const mergeRequest =
    pipeline.mergeRequest === undefined
      ? undefined
      : store.mergeRequests(repository).find(({ id }) => id === pipeline.mergeRequest);
  const head = repositoryWithId(store, mergeRequest?.sourceRepository ?? repository.id);
  const actor = simpleUser(store, mergeRequest?.author ?? repository.owner);
  return {
    id: pipeline.id,
    name: "CI",
    node_id: nodeId("WorkflowRun", pipeline.id),
    check_suite_id: pipeline.id,
    check_suite_node_id: nodeId("CheckSuite", pipeline.id),
    head_branch: mergeRequest?.sourceBranch ?? pipeline.ref,
    head_sha: pipeline.commit,
    path,
    display_title: mergeRequest?.title ?? commit.message.split("\n", 1)[0] ?? "",
    run_number: runNumber(store, pipeline),
    run_attempt: 1,
    event: pipeline.source === "merge-request" ? "pull_request" : "push",
    ...checkState(pipeline.state),
    workflow_id: workflowId,
    pull_requests: pullRequestsAt(store, repository, pipeline.commit).map((one) => minimal(store, one)),
    created_at: pipeline.createdAt,
    updated_at: pipeline.updatedAt,
    run_started_at: pipeline.createdAt,
    actor,
    triggering_actor: actor,
    previous_attempt_url: null,
    ...addresses(store, pipeline),
    head_commit: simpleCommit(commit),
    repository: minimalRepository(store, repository),
    head_repository: minimalRepository(store, head),
  };
}

function addresses(store: SandboxStore, pipeline: SandboxPipeline) {
  const repository = repositoryWithId(store, pipeline.repository);
  const url = `${repositoryUrl(store, repository)}/actions/runs/${pipeline.id}`;
  return {
    url,
    html_url: `${repositoryPage(store, repository)}/actions/runs/${pipeline.id}`,
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${repositoryUrl(store, repository)}/check-suites/${pipeline.id}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    workflow_url: `${repositoryUrl(store, repository)}/actions/workflows/${workflowId}`,
  };
}

function runNumber(store: SandboxStore, pipeline: SandboxPipeline): number {
  const repository = repositoryWithId(store, pipeline.repository);
  return store.pipelines(repository).filter(({ id }) => id <= pipeline.id).length;
}

export function jobObject(store: SandboxStore, pipeline: SandboxPipeline, job: SandboxJob) {
  const repository = repositoryWithId(store, pipeline.repository);
  const url = repositoryUrl(store, repository);
  const { status, conclusion } = checkState(job.state);
  return {
    id: job.id,
    run_id: pipeline.id,
    workflow_name: "CI",
    head_branch: pipeline.ref,
    run_url: `${url}/actions/runs/${pipeline.id}`,
    run_attempt: 1,
    node_id: nodeId("CheckRun", job.id),
    head_sha: pipeline.commit,
    url: `${url}/actions/jobs/${job.id}`,
    html_url: jobPage(store, pipeline, job),
    status,
    conclusion,
    created_at: pipeline.createdAt,
    started_at: job.startedAt ?? pipeline.createdAt,
    completed_at: job.finishedAt ?? null,
    name: job.name,
    steps: [],
    check_run_url: `${url}/check-runs/${job.id}`,
    labels: ["ubuntu-latest"],
    runner_id: null,
    runner_name: null,
    runner_group_id: null,
    runner_group_name: null,
  };
}
