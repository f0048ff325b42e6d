import type { SandboxRepository } from "../model.js";
import type { SandboxCommit } from "../store.js";
import { accessOf, commitOf, readable } from "./access.js";
import { commitCheckRuns, commitCheckSuites } from "./commit-checks.js";
import { commitObject, diffEntry } from "./entities/commit.js";
import { ownerLogin, repositoryPage, repositoryUrl } from "./entities/links.js";
import { pullRequestSimple } from "./entities/pull-request.js";
import { network } from "./entities/repository.js";
import { combinedStatus, statusObject } from "./entities/status.js";
import { notFound } from "./errors.js";
import { type ChangedFile, changedFiles, countCommits, emptyTree, mergeBase } from "./git.js";
import { type Api, type Request, paged, parameter } from "./http.js";

const mostCommits = 1000;
const mostCompared = 250;

export function commitRoutes(api: Api): void {
  api.get("/repos/:owner/:repo/commits", listCommits);
  api.get("/repos/:owner/:repo/commits/:rest{.+}", commitOrItsPart);
  api.get("/repos/:owner/:repo/statuses/:ref{.+}", legacyStatuses);
  api.get("/repos/:owner/:repo/compare/:basehead{.+}", compare);
}

async function listCommits(c: Request) {
  const { store } = c.var;
  const repository = readable(c);
  const tip = await store.commit(repository, c.req.query("sha") ?? repository.defaultBranch);
  if (tip === undefined) throw notFound();
  const commits = await store.commits(repository, { to: tip.id, limit: mostCommits });
  return c.json(paged(c, commits).map((commit) => commitObject(store, repository, commit)));
}

type Part = (
  c: Request,
  repository: SandboxRepository,
  commit: SandboxCommit,
) => Response | Promise<Response>;

const parts: Readonly<Record<string, Part>> = {
  status: (c, repository, { id }) =>
    c.json(combinedStatus(c.var.store, repository, { commit: id, page: (items) => paged(c, items) })),
  statuses: listStatuses,
  "check-runs": commitCheckRuns,
  "check-suites": commitCheckSuites,
  pulls: listPulls,
};

/** Names of branches have slashes, so the last word decides what is asked of a commit. */
async function commitOrItsPart(c: Request) {
  const repository = readable(c);
  const rest = parameter(c, "rest");
  const slash = rest.lastIndexOf("/");
  const part = slash < 0 ? undefined : parts[rest.slice(slash + 1)];
  return part === undefined
    ? showCommit(c, repository, await commitOf(c, repository, rest))
    : part(c, repository, await commitOf(c, repository, rest.slice(0, slash)));
}

async function showCommit(c: Request, repository: SandboxRepository, commit: SandboxCommit) {
  const { store } = c.var;
  if (c.req.header("accept")?.includes(".sha") === true) return c.text(commit.id);
  const files = await changedFiles(repository, { from: commit.parents[0] ?? emptyTree, to: commit.id });
  return c.json({
    ...commitObject(store, repository, commit),
    stats: stats(files),
    files: files.map((file) => diffEntry(store, repository, { commit: commit.id, file })),
  });
}

function stats(files: readonly ChangedFile[]) {
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  return { additions, deletions, total: additions + deletions };
}

function listStatuses(c: Request, repository: SandboxRepository, { id }: SandboxCommit) {
  const { store } = c.var;
  const newestFirst = [...store.statuses(repository, id)].reverse();
  return c.json(paged(c, newestFirst).map((status) => statusObject(store, status)));
}

/** GitHub keeps the older address of the list, and older clients use it. */
async function legacyStatuses(c: Request) {
  const repository = readable(c);
  return listStatuses(c, repository, await commitOf(c, repository, parameter(c, "ref")));
}

async function listPulls(c: Request, repository: SandboxRepository, { id }: SandboxCommit) {
  const { store } = c.var;
  const containing: ReturnType<typeof pullRequestSimple>[] = [];
  for (const mergeRequest of store.mergeRequests(repository)) {
    const commits = await store.mergeRequestCommits(mergeRequest);
    if (mergeRequest.mergeCommit === id || commits.some((commit) => commit.id === id)) {
      containing.push(pullRequestSimple(store, mergeRequest));
    }
  }
  return c.json(paged(c, containing));
}

/** `base...head`, each a revision of this repository or `owner:revision` of one in its network. */
async function compare(c: Request) {
  const { store } = c.var;
  const repository = readable(c);
  const basehead = parameter(c, "basehead");
  const [base, head] = basehead.split("...");
  if (base === undefined || head === undefined) throw notFound();
  const from = await revisionInNetwork(c, repository, base);
  const to = await revisionInNetwork(c, repository, head);
  const holder = await holderOf(c, repository, [from.id, to.id]);
  const common = await mergeBase(holder, [from.id, to.id]);
  const fork = common === undefined ? undefined : await store.commit(holder, common);
  if (fork === undefined) throw notFound();

  const ahead = await countCommits(holder, { from: fork.id, to: to.id });
  const behind = await countCommits(holder, { from: fork.id, to: from.id });
  const commits = await store.commits(holder, { from: fork.id, to: to.id, limit: mostCompared });
  const files = await changedFiles(holder, { from: fork.id, to: to.id });
  return c.json({
    ...comparisonLinks(c, repository, { basehead, from: from.id, to: to.id }),
    base_commit: commitObject(store, repository, from),
    merge_base_commit: commitObject(store, repository, fork),
    status: comparison(ahead, behind),
    ahead_by: ahead,
    behind_by: behind,
    total_commits: ahead,
    commits: paged(c, [...commits].reverse()).map((commit) => commitObject(store, repository, commit)),
    files: files.map((file) => diffEntry(store, repository, { commit: to.id, file })),
  });
}

function comparison(ahead: number, behind: number): "ahead" | "behind" | "diverged" | "identical" {
  if (ahead > 0) return behind > 0 ? "diverged" : "ahead";
  return behind > 0 ? "behind" : "identical";
}

function comparisonLinks(
  c: Request,
  repository: SandboxRepository,
  { basehead, from, to }: { readonly basehead: string; readonly from: string; readonly to: string },
) {
  const path = encodeURIComponent(basehead);
  const page = `${repositoryPage(c.var.store, repository)}/compare/${path}`;
  return {
    url: `${repositoryUrl(c.var.store, repository)}/compare/${path}`,
    html_url: page,
    permalink_url: `${repositoryPage(c.var.store, repository)}/compare/${from}...${to}`,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
  };
}

/** A fork has the objects of its origin, yet the origin has only those that were pushed to it. */
async function holderOf(
  c: Request,
  repository: SandboxRepository,
  commits: readonly [string, string],
): Promise<SandboxRepository> {
  for (const candidate of [repository, ...network(c.var.store, repository)]) {
    const held = await Promise.all(commits.map((commit) => c.var.store.commit(candidate, commit)));
    if (held.every((commit) => commit !== undefined)) return candidate;
  }
  throw notFound();
}

async function revisionInNetwork(
  c: Request,
  repository: SandboxRepository,
  revision: string,
): Promise<SandboxCommit> {
  const colon = revision.indexOf(":");
  const owner = colon < 0 ? ownerLogin(repository) : revision.slice(0, colon);
  const holder =
    owner === ownerLogin(repository)
      ? repository
      : network(c.var.store, repository).find(
          (fork) => ownerLogin(fork) === owner && accessOf(c, fork) !== undefined,
        );
  const name = revision.slice(colon + 1);
  const commit =
    holder === undefined || name.startsWith("-") ? undefined : await c.var.store.commit(holder, name);
  if (commit === undefined) throw notFound();
  return commit;
}
