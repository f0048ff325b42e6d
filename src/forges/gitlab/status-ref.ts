import type { MergeRequest } from "../../domain/merge-request.js";
import { type MergeRequestRef, mergeRequestName, repositoryName } from "../../domain/refs.js";
import type { StatusTarget } from "../forge.js";
import { type ForgeMemory, shortMemory } from "../memory.js";
import { refusalOf } from "../refusal.js";
import type { GitLabClient } from "./client.js";
import { type MergeRequestPayload, pipelinePayload } from "./payloads.js";

/** What a pipeline of a merge request's own calls its source; only these have a ref of their own. */
const own = "merge_request_event";

/**
 * Answers the ref whose pipeline takes the statuses of a merge request's commit. Without one of that ref GitLab starts a
 * pipeline for them, which stands beside the merge request's own and is not what people look at; with it they join its newest.
 */
export class StatusRefs {
  readonly #client: GitLabClient;
  readonly #memory: ForgeMemory;
  /** What the merge requests that this process asked for said of their pipelines. */
  readonly #seen = shortMemory();

  constructor(client: GitLabClient, memory: ForgeMemory) {
    this.#client = client;
    this.#memory = memory;
  }

  /** A merge request was asked for, and tells its newest pipeline. */
  async see(ref: MergeRequestRef, { head_pipeline: newest, sha, ...of }: MergeRequestPayload): Promise<void> {
    const isOwn = newest?.source === own && newest.project_id === of.source_project_id;
    const known = isOwn && newest.sha === sha && newest.ref ? { ref: newest.ref } : {};
    await this.#seen.remember(mergeRequestName(ref), JSON.stringify({ sha, isOwn, ...known }));
  }

  async of({ mergeRequest, commit }: StatusTarget): Promise<string> {
    const { source, ref } = mergeRequest;
    const key = `status ref ${repositoryName(source.repository ?? ref.repository)}@${commit}`;
    const known = await this.#memory.recall(key);
    if (known !== undefined) return known;
    const seen = await this.#told({ mergeRequest, commit });
    if (seen === "none") return source.branch;
    const found = seen ?? (await this.#find({ mergeRequest, commit }));
    if (found !== undefined) await this.#memory.remember(key, found);
    else await this.#memory.remember(withoutKey(mergeRequest), commit);
    return found ?? source.branch;
  }

  /** `none`: none of its commits had one so far, which was looked for at an earlier commit, when there was time for it. */
  async #told({ mergeRequest, commit }: StatusTarget): Promise<string | undefined> {
    const text = await this.#seen.recall(mergeRequestName(mergeRequest.ref));
    if (text === undefined) return undefined;
    const { sha, isOwn, ref } = JSON.parse(text) as Seen;
    if (sha !== commit) return undefined;
    if (isOwn) return ref;
    const without = await this.#memory.recall(withoutKey(mergeRequest));
    return without === undefined || without === commit ? undefined : "none";
  }

  async #find({ mergeRequest: { source, ref }, commit }: StatusTarget): Promise<string | undefined> {
    const { path } = source.repository ?? ref.repository;
    const pipelines = this.#client.list({
      // That nothing else is asked for keeps the answer the same, which costs nothing.
      ask: ({ Pipelines }, page) => Pipelines.all(path, { sha: commit, source: own, ...page }),
      entry: pipelinePayload,
    });
    try {
      for await (const { ref: found } of pipelines) if (found) return found;
    } catch (error) {
      // Its CI is switched off, or not for us to see.
      if (![403, 404].includes(refusalOf(error)?.status ?? 0)) throw error;
    }
    return undefined;
  }
}

interface Seen {
  /** Its head then. */
  readonly sha: string | null;
  /** Whether its newest pipeline is of its own kind, on whatever commit. */
  readonly isOwn: boolean;
  /** That one's, where it runs on the head. */
  readonly ref?: string;
}

/** Names the commit at which no pipeline of its own was found last. */
function withoutKey({ ref }: MergeRequest): string {
  return `without pipelines ${mergeRequestName(ref)}`;
}
