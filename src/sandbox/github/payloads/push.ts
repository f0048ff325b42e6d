import type { Happening, SandboxRepository } from "../../model.js";
import type { SandboxCommit, SandboxSignature, SandboxStore } from "../../store.js";
import { commitObject, commitPage, utc } from "../entities/commit.js";
import { ownerLogin, repositoryPage, repositoryUrl, repositoryWithId } from "../entities/links.js";
import { mergeBase, touchedFiles } from "../git.js";
import { type Announcement, commitWithId, setting } from "./common.js";

type PushHappening = Extract<Happening, { kind: "push" }>;
type StatusHappening = Extract<Happening, { kind: "status" }>;

const nothing = "0".repeat(40);
/** GitHub lists up to 2,048 commits of a push; each costs a git process here. */
const mostCommits = 20;

export async function pushEvents(
  store: SandboxStore,
  happening: PushHappening,
): Promise<readonly Announcement[]> {
  const { repository, branch, before, after, by } = happening;
  const commits = await pushedCommits(store, happening);
  const page = repositoryPage(store, repository);
  const payload = {
    ref: `refs/heads/${branch}`,
    before,
    after,
    ...setting(store, repository, by),
    repository: pushedRepository(store, repository),
    pusher: { name: by.login, email: by.email },
    created: before === nothing,
    deleted: after === nothing,
    forced: await isForced(happening),
    base_ref: null,
    compare:
      before === nothing
        ? `${page}/compare/${branch}`
        : `${page}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
    commits,
    head_commit: commits.at(-1) ?? (await headCommit(store, happening)),
  };
  return [{ event: "push", payload }];
}

/** This one payload shows instants of a repository as seconds, and more of its owner. */
function pushedRepository(store: SandboxStore, repository: SandboxRepository) {
  const { repository: shown } = setting(store, repository, repository.owner);
  const login = ownerLogin(repository);
  const email = store.userByLogin(login)?.email ?? "";
  return {
    ...shown,
    owner: { name: login, email, ...shown.owner },
    url: shown.html_url,
    created_at: Math.floor(Date.parse(shown.created_at) / 1000),
    pushed_at: Math.floor(Date.parse(shown.pushed_at) / 1000),
    stargazers: 0,
    master_branch: repository.defaultBranch,
  };
}

async function isForced({ repository, before, after }: PushHappening): Promise<boolean> {
  if (before === nothing || after === nothing) return false;
  return (await mergeBase(repository, [before, after])) !== before;
}

/** Oldest first. A new branch shows what the default branch has not. */
async function pushedCommits(store: SandboxStore, { repository, branch, before, after }: PushHappening) {
  if (after === nothing) return [];
  const trunk =
    branch === repository.defaultBranch
      ? undefined
      : await store.branch(repository, repository.defaultBranch);
  const from = before === nothing ? trunk : before;
  const range = { to: after, limit: mostCommits, ...(from === undefined ? {} : { from }) };
  const commits = await store.commits(repository, range);
  return Promise.all([...commits].reverse().map((commit) => pushedCommit(store, repository, commit)));
}

async function headCommit(store: SandboxStore, { repository, after }: PushHappening) {
  if (after === nothing) return null;
  return pushedCommit(store, repository, await commitWithId(store, repository, after));
}

async function pushedCommit(store: SandboxStore, repository: SandboxRepository, commit: SandboxCommit) {
  return {
    id: commit.id,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message.replace(/\n+$/, ""),
    timestamp: utc(commit.committer.date),
    url: commitPage(store, repository, commit.id),
    author: person(store, commit.author),
    committer: person(store, commit.committer),
    ...(await touchedFiles(repository, { commit: commit.id, parent: commit.parents[0] })),
  };
}

function person(store: SandboxStore, { name, email }: SandboxSignature) {
  const user = store.users().find((candidate) => candidate.email === email);
  return { name, email, ...(user === undefined ? {} : { username: user.login }) };
}

export async function statusEvents(
  store: SandboxStore,
  { status }: StatusHappening,
): Promise<readonly Announcement[]> {
  const repository = repositoryWithId(store, status.repository);
  const commit = await commitWithId(store, repository, status.commit);
  const branches = await store.branches(repository);
  const url = repositoryUrl(store, repository);
  const payload = {
    id: status.id,
    sha: status.commit,
    name: repository.path,
    avatar_url: `${store.url}/avatars/u/${status.author.id}`,
    target_url: status.targetUrl ?? null,
    context: status.context,
    description: status.description ?? null,
    state: status.state,
    commit: commitObject(store, repository, commit),
    branches: branches
      .filter((branch) => branch.commit === status.commit)
      .map((branch) => ({
        name: branch.name,
        commit: { sha: branch.commit, url: `${url}/commits/${branch.commit}` },
        protected: false,
      })),
    created_at: status.createdAt,
    updated_at: status.updatedAt,
    ...setting(store, repository, status.author),
  };
  return [{ event: "status", payload }];
}
