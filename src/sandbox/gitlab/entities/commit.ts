import type { SandboxRepository } from "../../model.js";
import type { SandboxCommit, SandboxStore } from "../../store.js";
import { mayWrite } from "../access.js";
import { emptyTree, lineCounts } from "../git.js";
import { commitPage, projectPage } from "./links.js";
import type { SandboxUser } from "../../model.js";

export function commitObject(store: SandboxStore, repository: SandboxRepository, commit: SandboxCommit) {
  return {
    id: commit.id,
    short_id: commit.id.slice(0, 8),
    created_at: commit.committer.date,
    parent_ids: commit.parents,
    title: commitTitle(commit),
    message: commit.message,
    author_name: commit.author.name,
    author_email: commit.author.email,
    authored_date: commit.author.date,
    committer_name: commit.committer.name,
    committer_email: commit.committer.email,
    committed_date: commit.committer.date,
    trailers: {},
    extended_trailers: {},
    web_url: commitPage(store, repository, commit.id),
  };
}

/** The first line, which git allows to be spread over several. */
export function commitTitle({ message }: SandboxCommit): string {
  const [first = ""] = message.split(/\n\s*\n/);
  return first.trim().replace(/\s*\n\s*/g, " ");
}

/** A single commit, with the sum of its lines and the status of its newest pipeline. */
export async function commitDetail(
  store: SandboxStore,
  repository: SandboxRepository,
  commit: SandboxCommit,
) {
  const pipeline = store.pipelines(repository, commit.id).at(-1);
  return {
    ...commitObject(store, repository, commit),
    stats: await lineCounts(repository, { from: commit.parents[0] ?? emptyTree, to: commit.id }),
    status: pipeline === undefined ? null : statusWord(pipeline.state),
    project_id: repository.id,
  };
}

/** GitLab's word for a state of the sandbox's CI. */
export function statusWord(state: string): string {
  return state === "failure" ? "failed" : state;
}

export function branchObject(
  store: SandboxStore,
  branch: { readonly name: string; readonly commit: SandboxCommit; readonly repository: SandboxRepository },
  user: SandboxUser | undefined,
) {
  const { name, commit, repository } = branch;
  const isDefault = name === repository.defaultBranch;
  return {
    name,
    commit: commitObject(store, repository, commit),
    merged: false,
    protected: isDefault,
    developers_can_push: isDefault,
    developers_can_merge: isDefault,
    can_push: mayWrite(store.access(user, repository)),
    default: isDefault,
    web_url: `${projectPage(store, repository)}/-/tree/${name}`,
  };
}
