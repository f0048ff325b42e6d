import type { SandboxJob, SandboxPipeline, SandboxStatus } from "../../model.js";
import type { SandboxStore } from "../../store.js";
import { statusWord } from "./commit.js";
import { jobPage, repositoryWithId } from "./links.js";
import { pipelineRef, pipelineUser } from "./pipeline.js";
import { userBasic } from "./user.js";

/** A status that was posted, as GitLab shows it among a commit's statuses. */
export function postedStatus(store: SandboxStore, status: SandboxStatus) {
  const isOver = status.state !== "pending" && status.state !== "running";
  return {
    id: status.id,
    sha: status.commit,
    ref: status.ref ?? repositoryWithId(store, status.repository).defaultBranch,
    status: status.state,
    name: status.context,
    target_url: status.targetUrl ?? null,
    description: status.description ?? null,
    created_at: status.createdAt,
    started_at: status.state === "running" ? status.updatedAt : null,
    finished_at: isOver ? status.updatedAt : null,
    allow_failure: false,
    coverage: null,
    pipeline_id: status.pipeline ?? null,
    author: userBasic(store, status.author),
  };
}

/** A CI job among a commit's statuses: GitLab keeps both in one table. */
export function jobStatus(store: SandboxStore, pipeline: SandboxPipeline, job: SandboxJob) {
  return {
    id: job.id,
    sha: pipeline.commit,
    ref: pipelineRef(store, pipeline),
    status: statusWord(job.state),
    name: job.name,
    target_url: jobPage(store, pipeline, job) as string | null,
    description: null,
    created_at: pipeline.createdAt,
    started_at: job.startedAt ?? null,
    finished_at: job.finishedAt ?? null,
    allow_failure: job.allowFailure,
    coverage: null,
    pipeline_id: pipeline.id,
    author: userBasic(store, pipelineUser(store, pipeline)),
  };
}
