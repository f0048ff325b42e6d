import { z } from "zod";

/** What the demo looks at on the GitLab side, over HTTP like anybody else. */
export interface GitLabView {
  openMergeRequest(wanted: {
    sourceBranch: string;
    title: string;
    description: string;
  }): Promise<SeenMergeRequest>;
  statuses(commit: string): Promise<readonly SeenStatus[]>;
  comments(number: number): Promise<readonly string[]>;
}

export interface SeenMergeRequest {
  readonly number: number;
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
  return {
    async openMergeRequest({ sourceBranch, title, description }) {
      const body = JSON.stringify({ source_branch: sourceBranch, target_branch: "main", title, description });
      const made = await answer(await fetch(`${api}/merge_requests`, { method: "POST", headers, body }));
      const { iid, sha, web_url: webUrl } = mergeRequest.parse(made);
      return { number: iid, head: sha, webUrl };
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

const mergeRequest = z.object({ iid: z.number(), sha: z.string(), web_url: z.string() });
const statuses = z.array(
  z.object({
    name: z.string(),
    status: z.string(),
    description: z.string().nullable(),
    target_url: z.string().nullable(),
  }),
);
const notes = z.array(z.object({ body: z.string(), system: z.boolean() }));
