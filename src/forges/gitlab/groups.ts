import { z } from "zod";
import type { RepositoryRef } from "../../domain/refs.js";
import type { ChangedMergeRequest } from "../forge.js";
import { refusalOf } from "../refusal.js";
import type { GitLabClient } from "./client.js";
import { hasHead, mergeRequestOf, newestUpdateFirst } from "./merge-requests.js";
import { mergeRequestPayload } from "./payloads.js";

/** Without those that were archived, where nothing changes any more. */
export async function* listRepositories(client: GitLabClient, owner: string): AsyncIterable<RepositoryRef> {
  const projects = client.list({
    ask: ({ Groups }, page) => Groups.allProjects(owner, { archived: false, simple: true, ...page }),
    entry: z.object({ path_with_namespace: z.string() }),
  });
  try {
    for await (const { path_with_namespace: path } of projects) yield { forge: client.name, path };
  } catch (error) {
    if (![403, 404].includes(refusalOf(error)?.status ?? 0)) throw error;
  }
}

const listedPayload = mergeRequestPayload.extend({ references: z.object({ full: z.string() }) });
type ListedPayload = z.infer<typeof listedPayload>;

export async function listChanged(
  client: GitLabClient,
  group: string,
  since: Date,
): Promise<AsyncIterable<ChangedMergeRequest> | undefined> {
  const options = {
    groupId: group,
    scope: "all",
    ...newestUpdateFirst,
    updatedAfter: since.toISOString(),
  } as const;
  const list = client.list({
    ask: ({ MergeRequests }, page) => MergeRequests.all({ ...options, ...page }),
    entry: listedPayload,
  });
  const listed = list[Symbol.asyncIterator]();
  try {
    const first = await listed.next();
    return changed(client, first, listed);
  } catch (error) {
    // The name of a user, for one, is no group.
    if (![403, 404].includes(refusalOf(error)?.status ?? 0)) throw error;
    return undefined;
  }
}

async function* changed(
  client: GitLabClient,
  first: IteratorResult<ListedPayload>,
  rest: AsyncIterator<ListedPayload>,
): AsyncIterable<ChangedMergeRequest> {
  for (let entry = first; entry.done !== true; entry = await rest.next()) {
    const payload = entry.value;
    if (!hasHead(payload)) continue;
    const repository = { forge: client.name, path: payload.references.full.replace(/!\d+$/, "") };
    yield {
      ref: { repository, number: payload.iid },
      read: () => mergeRequestOf(client, payload, repository),
    };
  }
}
