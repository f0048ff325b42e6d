import { z } from "zod";

/** What the demo looks at on the GitLab side, over HTTP like anybody else. */
export interface GitLabView {
  openMergeRequest(wanted: WantedMergeRequest): Promise<SeenMergeRequest>;
  mergeRequests(): Promise<readonly SeenMergeRequest[]>;
  comment(number: number, body: string): Promise<void>;
  /** Only while `head` is what would be merged. */
  merge(number: number, head: string): Promise<void>;
  statuses(commit: string): Promise<readonly SeenStatus[]>;
  comments(number: number): Promise<readonly string[]>;
}

export interface WantedMergeRequest {
  readonly sourceBranch: string;
  readonly title: string;
  readonly description: string;
  /** The id of the project to merge into, where it is not the one of the branch. */
  readonly target?: number;
}

export interface SeenMergeRequest {
  readonly number: number;
  readonly title: string;
  readonly author: string;
  readonly head: string;
  readonly webUrl: string;
}

export interface SeenStatus {
  readonly name: string;
  readonly state: string;
  readonly description: string;
  readonly targetUrl: string;
}

/** `api` is the address of one project: `http://…/api/v4/projects/group%2Fname`. */
export function viewGitLab(api: string, token: string): GitLabView {
  const headers = { "private-token": token, "content-type": "application/json" };
  const get = async (path: string) => answer(await fetch(`${api}/${path}`, { headers }));
  const send = async (method: "POST" | "PUT", path: string, body: object) =>
    answer(await fetch(`${api}/${path}`, { method, headers, body: JSON.stringify(body) }));
  return {
    async openMergeRequest({ sourceBranch, title, description, target }) {
      const body = {
        ...{ source_branch: sourceBranch, target_branch: "main", title, description },
        ...(target !== undefined && { target_project_id: target }),
      };
      return seenMergeRequest(mergeRequest.parse(await send("POST", "merge_requests", body)));
    },
    async mergeRequests() {
      return z
        .array(mergeRequest)
        .parse(await get("merge_requests"))
        .map(seenMergeRequest);
    },
    async comment(number, body) {
      await send("POST", `merge_requests/${number}/notes`, { body });
    },
    async merge(number, sha) {
      await send("PUT", `merge_requests/${number}/merge`, { sha });
    },
    async statuses(commit) {
      return statuses.parse(await get(`repository/commits/${commit}/statuses`)).map((status) => ({
        name: status.name,
        state: status.status,
        description: status.description ?? "",
        targetUrl: status.target_url ?? "",
      }));
    },
    async comments(number) {
      const seen = notes.parse(await get(`merge_requests/${number}/notes`));
      return seen.filter(({ system }) => !system).map(({ body }) => body);
    },
  };
}

/** The body of a good answer; the forge's own words otherwise. */
export async function answer(response: Response): Promise<unknown> {
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

const mergeRequest = z.object({
  iid: z.number(),
  title: z.string(),
  sha: z.string(),
  web_url: z.string(),
  author: z.object({ username: z.string() }),
});

function seenMergeRequest({
  iid,
  sha,
  title,
  web_url,
  author,
}: z.infer<typeof mergeRequest>): SeenMergeRequest {
  return { number: iid, title, author: author.username, head: sha, webUrl: web_url };
}

const statuses = z.array(
  z.object({
    name: z.string(),
    status: z.string(),
    description: z.string().nullable(),
    target_url: z.string().nullable(),
  }),
);
const notes = z.array(z.object({ body: z.string(), system: z.boolean() }));
