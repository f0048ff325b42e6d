import type { Happening } from "../../model.js";
import type { SandboxCommit, SandboxStore } from "../../store.js";
import { avatarUrl } from "../entities/user.js";
import { changedFiles, countCommits, emptyTree } from "../git.js";
import { type Announcement, commitMention, projectMentionInFull, repositoryMentionInFull } from "./common.js";

type PushHappening = Extract<Happening, { kind: "push" }>;

const nothing = "0".repeat(40);
/** A push lists so many of its commits at most; `total_commits_count` tells of all. */
const mostCommits = 20;

export async function pushEvents(
  store: SandboxStore,
  happening: PushHappening,
): Promise<readonly Announcement[]> {
  const { repository, branch, before, after, by } = happening;
  const { commits, total } = await pushed(store, happening);
  const payload = {
    object_kind: "push",
    event_name: "push",
    before,
    after,
    ref: `refs/heads/${branch}`,
    checkout_sha: after === nothing ? null : after,
    user_id: by.id,
    user_name: by.name,
    user_username: by.login,
    user_email: "",
    user_avatar: avatarUrl(store, by),
    project_id: repository.id,
    project: projectMentionInFull(store, repository),
    repository: repositoryMentionInFull(store, repository),
    commits,
    total_commits_count: total,
  };
  return [{ event: "Push Hook", payload }];
}

/** Oldest first, the newest of them. A new branch shows what the default branch has not. */
async function pushed(store: SandboxStore, { repository, branch, before, after }: PushHappening) {
  if (after === nothing) return { commits: [], total: 0 };
  const { defaultBranch } = repository;
  const trunk = branch === defaultBranch ? undefined : await store.branch(repository, defaultBranch);
  const from = before === nothing ? trunk : before;
  const limit = from === undefined ? Number.MAX_SAFE_INTEGER : mostCommits;
  const found = await store.commits(repository, {
    to: after,
    limit,
    ...(from === undefined ? {} : { from }),
  });
  const total = from === undefined ? found.length : await countCommits(repository, { from, to: after });
  const listed = found.slice(0, mostCommits).reverse();
  return {
    commits: await Promise.all(listed.map((commit) => pushedCommit(store, repository, commit))),
    total,
  };
}

async function pushedCommit(
  store: SandboxStore,
  repository: PushHappening["repository"],
  commit: SandboxCommit,
) {
  const files = await changedFiles(repository, { from: commit.parents[0] ?? emptyTree, to: commit.id });
  const paths = (change: string) =>
    files.filter((file) => file.change === change).map(({ newPath }) => newPath);
  const renamed = files.filter(({ change }) => change === "renamed");
  return {
    ...commitMention(store, repository, commit),
    added: [...paths("added"), ...renamed.map(({ newPath }) => newPath)],
    modified: paths("modified"),
    removed: [...paths("removed"), ...renamed.map(({ oldPath }) => oldPath)],
  };
}
