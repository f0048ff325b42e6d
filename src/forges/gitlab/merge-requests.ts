import { RetryLater, UserError } from "../../domain/errors.js";
import type { MergeRequest, MergeRequestState } from "../../domain/merge-request.js";
import { type MergeRequestRef, mergeRequestName, type RepositoryRef } from "../../domain/refs.js";
import type { Capabilities, MergeRequestChange, MergeRequestFilter, NewMergeRequest } from "../forge.js";
import { ifFound } from "../refusal.js";
import { cut } from "../text.js";
import { type GitLabClient, wasRefused } from "./client.js";
import { withDraft, withoutDraftPrefix } from "./draft.js";
import { type MergeRequestPayload, mergeRequestPayload } from "./payloads.js";
import { findProject } from "./repositories.js";

type Limits = Pick<Capabilities, "titleLength" | "descriptionLength">;

/** `see` is told what GitLab says beside the merge request itself. */
export async function findMergeRequest(
  client: GitLabClient,
  ref: MergeRequestRef,
  see: (payload: MergeRequestPayload) => Promise<void>,
): Promise<MergeRequest | undefined> {
  const found = await findPayload(client, ref);
  if (found) await see(found);
  return found && mergeRequestOf(client, found, ref.repository);
}

export async function* listMergeRequests(
  client: GitLabClient,
  repository: RepositoryRef,
  filter: MergeRequestFilter,
): AsyncIterable<MergeRequest> {
  for await (const payload of listPayloads(client, repository, filter)) {
    if (hasHead(payload)) yield await mergeRequestOf(client, payload, repository);
  }
}

export async function ensureMergeRequest(
  client: GitLabClient,
  wanted: NewMergeRequest,
  limits: Limits,
): Promise<MergeRequest> {
  const present = await findOpen(client, wanted);
  if (present) return present;
  try {
    return await create(client, wanted, limits);
  } catch (error) {
    if (!wasRefused(error, 409, /already exists/i)) throw error;
    const duplicate = await findOpen(client, wanted);
    if (duplicate) return duplicate;
    throw new RetryLater(`${client.name} has that merge request but does not show it yet`, { cause: error });
  }
}

export async function updateMergeRequest(
  client: GitLabClient,
  { ref, change }: { readonly ref: MergeRequestRef; readonly change: MergeRequestChange },
  limits: Limits,
): Promise<MergeRequest> {
  const { description, state, targetBranch } = change;
  const title = await titleFor(client, ref, change);
  const options = {
    ...(title === undefined ? {} : { title: cut(title, limits.titleLength) }),
    ...(description === undefined ? {} : { description: cut(description, limits.descriptionLength) }),
    ...(state === undefined ? {} : { stateEvent: stateEvents[state] }),
    ...(targetBranch === undefined ? {} : { targetBranch }),
    ...(change.addLabels?.length ? { addLabels: oneText(change.addLabels) } : {}),
    ...(change.removeLabels?.length ? { removeLabels: oneText(change.removeLabels) } : {}),
  };
  const payload = await client.ask({
    ask: ({ MergeRequests }) => MergeRequests.edit(ref.repository.path, ref.number, options),
    answer: mergeRequestPayload,
  });
  const changed = await mergeRequestOf(client, payload, ref.repository);
  // GitLab passes over an event that does not fit the state, such as closing what was merged.
  if (state === undefined || changed.state === state) return changed;
  throw new UserError("refused", {
    message: `${mergeRequestName(ref)} is ${changed.state} and cannot be made ${state}`,
  });
}

/** A comma parts labels; GitLab has none with one in its name. */
function oneText(labels: readonly string[]): string {
  return labels.map((label) => label.replaceAll(",", " ")).join(",");
}

const stateEvents = { open: "reopen", closed: "close" } as const;

/** Whether it is a draft is part of the title: neither may change the other. `undefined`: the title stays. */
async function titleFor(
  client: GitLabClient,
  ref: MergeRequestRef,
  { title, draft }: MergeRequestChange,
): Promise<string | undefined> {
  if (title === undefined && draft === undefined) return undefined;
  if (title !== undefined && draft !== undefined) return withDraft(title, draft);
  const present = await findPayload(client, ref);
  return withDraft(title ?? present?.title ?? "", draft ?? present?.draft ?? false);
}

function findPayload(client: GitLabClient, { repository, number }: MergeRequestRef) {
  return ifFound(
    client.ask({
      ask: ({ MergeRequests }) => MergeRequests.show(repository.path, number),
      answer: mergeRequestPayload,
    }),
  );
}

async function findOpen(
  client: GitLabClient,
  { repository, fork, sourceBranch, targetBranch }: NewMergeRequest,
): Promise<MergeRequest | undefined> {
  const source = fork && (await findProject(client, fork.path));
  const filter = { state: "open", sourceBranch, targetBranch } as const;
  for await (const payload of listPayloads(client, repository, filter)) {
    // Another fork may have a branch of that name.
    if (payload.source_project_id === (source?.id ?? payload.target_project_id)) {
      return mergeRequestOf(client, payload, repository);
    }
  }
  return undefined;
}

async function create(
  client: GitLabClient,
  { repository, fork, sourceBranch, targetBranch, title, description, draft }: NewMergeRequest,
  { titleLength, descriptionLength }: Limits,
): Promise<MergeRequest> {
  const target = fork && (await findProject(client, repository.path));
  const payload = await client.ask({
    ask: ({ MergeRequests }) =>
      MergeRequests.create(
        (fork ?? repository).path,
        sourceBranch,
        targetBranch,
        cut(withDraft(title, draft), titleLength),
        {
          description: cut(description, descriptionLength),
          ...(target && { targetProjectId: target.id }),
        },
      ),
    answer: mergeRequestPayload,
  });
  return mergeRequestOf(client, payload, repository);
}

const filterStates = { open: "opened", closed: "closed", merged: "merged" } as const;

/** One that is opened meanwhile moves no other to a page that was read already. */
const oldestFirst = { orderBy: "created_at", sort: "asc" } as const;

/** One that is changed meanwhile moves others to a later page: they are seen twice, and none is missed. */
export const newestUpdateFirst = { orderBy: "updated_at", sort: "desc" } as const;

function listPayloads(
  client: GitLabClient,
  { path }: RepositoryRef,
  { state, sourceBranch, targetBranch, updatedSince }: MergeRequestFilter,
): AsyncIterable<MergeRequestPayload> {
  const options = {
    projectId: path,
    ...(state === undefined ? {} : { state: filterStates[state] }),
    ...(sourceBranch === undefined ? {} : { sourceBranch }),
    ...(targetBranch === undefined ? {} : { targetBranch }),
    ...(updatedSince ? { ...newestUpdateFirst, updatedAfter: updatedSince.toISOString() } : oldestFirst),
  };
  return client.list({
    ask: ({ MergeRequests }, page) => MergeRequests.all({ ...options, ...page }),
    entry: mergeRequestPayload,
  });
}

const states: Readonly<Record<MergeRequestPayload["state"], MergeRequestState>> = {
  opened: "open",
  // Being merged at this moment.
  locked: "open",
  closed: "closed",
  merged: "merged",
};

/** One that has none yet, or never, must not keep all others of a list from being seen; who asks for it by itself waits. */
export function hasHead({ sha }: MergeRequestPayload): boolean {
  return sha !== null;
}

export async function mergeRequestOf(
  client: GitLabClient,
  payload: MergeRequestPayload,
  repository: RepositoryRef,
): Promise<MergeRequest> {
  const ref = { repository, number: payload.iid };
  if (payload.sha === null) {
    throw new RetryLater(`${client.name} has not yet worked out the head of ${mergeRequestName(ref)}`);
  }
  return {
    ref,
    repositoryId: payload.target_project_id,
    state: states[payload.state],
    title: payload.draft ? withoutDraftPrefix(payload.title) : payload.title,
    description: payload.description ?? "",
    draft: payload.draft,
    author: { id: payload.author.id, login: payload.author.username },
    source: {
      repository: await sourceRepository(client, payload, repository),
      branch: payload.source_branch,
    },
    targetBranch: payload.target_branch,
    head: payload.sha,
    labels: payload.labels,
    webUrl: payload.web_url,
  };
}

async function sourceRepository(
  client: GitLabClient,
  { source_project_id: source, target_project_id: target }: MergeRequestPayload,
  repository: RepositoryRef,
): Promise<RepositoryRef | undefined> {
  if (source === target) return repository;
  const fork = source === null ? undefined : await findProject(client, source);
  return fork && { forge: repository.forge, path: fork.path_with_namespace };
}
