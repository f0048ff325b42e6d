import type { SandboxRepository } from "../../model.js";
import type { SandboxCommit, SandboxSignature, SandboxStore } from "../../store.js";
import type { ChangedFile } from "../git.js";
import { nodeId, repositoryPage, repositoryUrl } from "./links.js";
import { simpleUser } from "./user.js";

const unsigned = { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null };

/** A commit as the commits API shows it, with the accounts that its addresses belong to. */
export function commitObject(store: SandboxStore, repository: SandboxRepository, commit: SandboxCommit) {
  const url = repositoryUrl(store, repository);
  return {
    sha: commit.id,
    node_id: nodeId("Commit", `${repository.id}:${commit.id}`),
    commit: {
      author: signature(commit.author),
      committer: signature(commit.committer),
      message: commit.message.replace(/\n+$/, ""),
      tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
      url: `${url}/git/commits/${commit.id}`,
      comment_count: 0,
      verification: unsigned,
    },
    url: `${url}/commits/${commit.id}`,
    html_url: commitPage(store, repository, commit.id),
    comments_url: `${url}/commits/${commit.id}/comments`,
    author: accountWithEmail(store, commit.author.email),
    committer: accountWithEmail(store, commit.committer.email),
    parents: parents(store, repository, commit),
  };
}

/** A commit as the git database API shows it. */
export function gitCommit(store: SandboxStore, repository: SandboxRepository, commit: SandboxCommit) {
  const url = repositoryUrl(store, repository);
  return {
    sha: commit.id,
    node_id: nodeId("Commit", `${repository.id}:${commit.id}`),
    url: `${url}/git/commits/${commit.id}`,
    html_url: commitPage(store, repository, commit.id),
    author: signature(commit.author),
    committer: signature(commit.committer),
    message: commit.message.replace(/\n+$/, ""),
    tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
    parents: parents(store, repository, commit),
    verification: unsigned,
  };
}

/** A commit as check suites and workflow runs mention it. */
export function simpleCommit(commit: SandboxCommit) {
  return {
    id: commit.id,
    tree_id: commit.tree,
    message: commit.message.replace(/\n+$/, ""),
    timestamp: utc(commit.committer.date),
    author: { name: commit.author.name, email: commit.author.email },
    committer: { name: commit.committer.name, email: commit.committer.email },
  };
}

export function diffEntry(
  store: SandboxStore,
  repository: SandboxRepository,
  { commit, file }: { readonly commit: string; readonly file: ChangedFile },
) {
  const path = encodePath(file.path);
  return {
    sha: file.blob,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${repositoryPage(store, repository)}/blob/${commit}/${path}`,
    raw_url: `${repositoryPage(store, repository)}/raw/${commit}/${path}`,
    contents_url: `${repositoryUrl(store, repository)}/contents/${path}?ref=${commit}`,
    ...(file.patch === undefined ? {} : { patch: file.patch }),
    ...(file.previousPath === undefined ? {} : { previous_filename: file.previousPath }),
  };
}

export function commitPage(store: SandboxStore, repository: SandboxRepository, commit: string): string {
  return `${repositoryPage(store, repository)}/commit/${commit}`;
}

export function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

function accountWithEmail(store: SandboxStore, email: string) {
  const user = store.users().find((candidate) => candidate.email === email);
  return user === undefined ? null : simpleUser(store, user);
}

function signature({ name, email, date }: SandboxSignature) {
  return { name, email, date: utc(date) };
}

/** git keeps each signature in its author's time zone; GitHub prints them all in UTC. */
export function utc(date: string): string {
  return new Date(date).toISOString().replace(/\.\d+Z$/, "Z");
}

function parents(store: SandboxStore, repository: SandboxRepository, commit: SandboxCommit) {
  return commit.parents.map((parent) => ({
    sha: parent,
    url: `${repositoryUrl(store, repository)}/commits/${parent}`,
    html_url: commitPage(store, repository, parent),
  }));
}
