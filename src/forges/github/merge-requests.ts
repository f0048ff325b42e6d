import { RetryLater, UserError } from "../../domain/errors.js";
import type { MergeRequest } from "../../domain/merge-request.js";
import {
  type MergeRequestRef,
  mergeRequestName,
  type RepositoryRef,
  sameRepository,
} from "../../domain/refs.js";
import type { Capabilities, MergeRequestChange, MergeRequestFilter, NewMergeRequest } from "../forge.js";
import { ifFound } from "../refusal.js";
import { cut } from "../text.js";
import { ownerAndName } from "./request.js";
import { type GitHubClient, type Question, wasRefused } from "./client.js";
import { changeLabels } from "./labels.js";
import { draftPayload, type PullPayload, pullPayload } from "./payloads.js";

type Limits = Pick<Capabilities, "titleLength" | "descriptionLength">;

export async function findMergeRequest(
  client: GitHubClient,
  { repository, number }: MergeRequestRef,
): Promise<MergeRequest | undefined> {
  const pull = await ifFound(
    client.ask(repository, {
      route: "GET /repos/{owner}/{repo}/pulls/{pull_number}",
      parameters: { pull_number: number },
      answer: pullPayload,
    }),
  );
  return pull && mergeRequestOf(pull, repository);
}

export async function* listMergeRequests(
  client: GitHubClient,
  repository: RepositoryRef,
  { state, sourceBranch, targetBranch, updatedSince }: MergeRequestFilter,
): AsyncIterable<MergeRequest> {
  const question = {
    route: "GET /repos/{owner}/{repo}/pulls",
    parameters: {
      state: state === undefined ? "all" : state === "open" ? "open" : "closed",
      ...(targetBranch === undefined ? {} : { base: targetBranch }),
      ...(updatedSince ? newestUpdateFirst : oldestFirst),
    },
    answer: pullPayload.array(),
  };
  const newest = updatedSince && (await listNewest(client, repository, { question, updatedSince }));
  for await (const pull of newest ?? client.list(repository, question)) {
    // GitHub has no filter for it.
    if (updatedSince && new Date(pull.updated_at ?? updatedSince) < updatedSince) return;
    const mergeRequest = mergeRequestOf(pull, repository);
    // GitHub's own filter for the source branch wants its owner, and `closed` includes what was merged.
    if (state !== undefined && mergeRequest.state !== state) continue;
    if (sourceBranch !== undefined && mergeRequest.source.branch !== sourceBranch) continue;
    yield mergeRequest;
  }
}

/** So few are read at first of those that changed: a small answer can be kept, and is free while it stays the same. */
const fewest = 5;

/** `undefined` where more than these may have changed. */
async function listNewest(
  client: GitHubClient,
  repository: RepositoryRef,
  {
    question: { parameters, ...question },
    updatedSince,
  }: { readonly question: Question<readonly PullPayload[]>; readonly updatedSince: Date },
): Promise<readonly PullPayload[] | undefined> {
  const newest = await client.ask(repository, {
    ...question,
    parameters: { ...parameters, per_page: fewest, page: 1 },
  });
  const oldest = newest.at(-1);
  const isAll = newest.length < fewest || new Date(oldest?.updated_at ?? updatedSince) < updatedSince;
  return isAll ? newest : undefined;
}

/** One that is opened meanwhile moves no other to a page that was read already. */
const oldestFirst = { sort: "created", direction: "asc" } as const;

/** One that is changed meanwhile moves others to a later page: they are seen twice, and none is missed. */
const newestUpdateFirst = { sort: "updated", direction: "desc" } as const;

export async function ensureMergeRequest(
  client: GitHubClient,
  wanted: NewMergeRequest,
  limits: Limits,
): Promise<MergeRequest> {
  const present = await findOpen(client, wanted);
  if (present) return present;
  try {
    return mergeRequestOf(await create(client, wanted, limits), wanted.repository);
  } catch (error) {
    if (!wasRefused(error, 422, /already exists/i)) throw error;
    const duplicate = await findOpen(client, wanted);
    if (duplicate) return duplicate;
    throw new RetryLater(`${client.name} has that merge request but does not show it yet`, { cause: error });
  }
}

export async function updateMergeRequest(
  client: GitHubClient,
  { ref, change }: { readonly ref: MergeRequestRef; readonly change: MergeRequestChange },
  limits: Limits,
): Promise<MergeRequest> {
  const { title, description, state, targetBranch, draft } = change;
  const labels = await changeLabels(client, ref, change);
  const pull = await client.ask(ref.repository, {
    route: "PATCH /repos/{owner}/{repo}/pulls/{pull_number}",
    parameters: {
      pull_number: ref.number,
      ...(title === undefined ? {} : { title: cut(title, limits.titleLength) }),
      ...(description === undefined ? {} : { body: cut(description, limits.descriptionLength) }),
      ...(state === undefined ? {} : { state }),
      ...(targetBranch === undefined ? {} : { base: targetBranch }),
    },
    answer: pullPayload,
  });
  const present = mergeRequestOf(await redrafted(client, { pull, ref, draft }), ref.repository);
  const changed = labels === undefined ? present : { ...present, labels };
  if (state === undefined || changed.state === state) return changed;
  throw new UserError("refused", {
    message: `${mergeRequestName(ref)} is ${changed.state} and cannot be made ${state}`,
  });
}

interface Redrafting {
  readonly pull: PullPayload;
  readonly ref: MergeRequestRef;
  readonly draft: boolean | undefined;
}

/** REST cannot change whether a pull request is a draft. */
async function redrafted(client: GitHubClient, { pull, ref, draft }: Redrafting): Promise<PullPayload> {
  if (draft === undefined || draft === (pull.draft ?? false)) return pull;
  const mutation = draft ? "convertPullRequestToDraft" : "markPullRequestReadyForReview";
  try {
    const { changed } = await client.query(ref.repository, {
      route:
        `mutation($pullRequestId: ID!) { changed: ${mutation}(input: {pullRequestId: $pullRequestId}) ` +
        "{ pullRequest { isDraft } } }",
      parameters: { pullRequestId: pull.node_id },
      answer: draftPayload,
    });
    return { ...pull, draft: changed.pullRequest.isDraft };
  } catch (error) {
    if (!isWithoutDrafts(error)) throw error;
    return pull;
  }
}

/** Private repositories of free plans know no drafts; a merge request that is open says no more than that it is there. */
function isWithoutDrafts(error: unknown): boolean {
  return error instanceof Error && /draft(?: pull requests?)? (?:is|are) not supported/i.test(error.message);
}

async function findOpen(
  client: GitHubClient,
  { repository, fork = repository, sourceBranch, targetBranch }: NewMergeRequest,
): Promise<MergeRequest | undefined> {
  const pulls = client.list(repository, {
    route: "GET /repos/{owner}/{repo}/pulls",
    parameters: {
      state: "open",
      head: `${ownerAndName(fork).owner}:${sourceBranch}`,
      base: targetBranch,
    },
    answer: pullPayload.array(),
  });
  for await (const pull of pulls) {
    const mergeRequest = mergeRequestOf(pull, repository);
    const { source } = mergeRequest;
    // The owner may have a second repository of the same network.
    const isFromHere = source.repository && sameRepository(source.repository, fork);
    if (isFromHere && source.branch === sourceBranch) return mergeRequest;
  }
  return undefined;
}

async function create(client: GitHubClient, wanted: NewMergeRequest, limits: Limits): Promise<PullPayload> {
  try {
    return await post(client, wanted, limits);
  } catch (error) {
    if (!wanted.draft || !isWithoutDrafts(error)) throw error;
    return post(client, { ...wanted, draft: false }, limits);
  }
}

function post(
  client: GitHubClient,
  { repository, fork, sourceBranch, targetBranch, title, description, draft }: NewMergeRequest,
  { titleLength, descriptionLength }: Limits,
): Promise<PullPayload> {
  return client.ask(repository, {
    route: "POST /repos/{owner}/{repo}/pulls",
    parameters: {
      title: cut(title, titleLength),
      body: cut(description, descriptionLength),
      head: fork ? `${ownerAndName(fork).owner}:${sourceBranch}` : sourceBranch,
      base: targetBranch,
      draft,
    },
    answer: pullPayload,
  });
}

/** Whose account was deleted is shown by GitHub as this user. */
const ghost = { id: 10137, login: "ghost" };

function mergeRequestOf(pull: PullPayload, repository: RepositoryRef): MergeRequest {
  const { forge } = repository;
  const { id, login } = pull.user ?? ghost;
  return {
    ref: { repository, number: pull.number },
    ...(pull.base.repo ? { repositoryId: pull.base.repo.id } : {}),
    state: pull.merged_at === null ? pull.state : "merged",
    title: pull.title,
    description: pull.body ?? "",
    draft: pull.draft ?? false,
    author: { id, login },
    source: {
      repository: pull.head.repo ? { forge, path: pull.head.repo.full_name } : undefined,
      branch: pull.head.ref,
    },
    targetBranch: pull.base.ref,
    head: pull.head.sha,
    labels: pull.labels.map(({ name }) => name),
    webUrl: pull.html_url,
  };
}
