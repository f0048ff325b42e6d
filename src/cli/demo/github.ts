import { z } from "zod";
import { answer } from "./gitlab.js";

/** What the demo looks at on the GitHub side. */
export interface GitHubView {
  pulls(): Promise<readonly SeenPull[]>;
  files(number: number): Promise<readonly SeenFile[]>;
  commits(number: number): Promise<readonly SeenCommit[]>;
  checkRuns(commit: string): Promise<readonly SeenCheckRun[]>;
}

export interface SeenPull {
  readonly number: number;
  readonly title: string;
  readonly head: string;
  readonly state: "open" | "closed" | "merged";
  readonly webUrl: string;
}

export interface SeenFile {
  readonly name: string;
  readonly change: string;
  /** Lines of the diff, without its hunk headers. */
  readonly added: readonly string[];
}

export interface SeenCommit {
  readonly author: string;
  readonly committer: string;
  readonly lastLine: string;
}

export interface SeenCheckRun {
  readonly name: string;
  /** The conclusion, or how far it is. */
  readonly state: string;
}

/** `api` is the address of one repository: `http://…/api/v3/repos/owner/name`. */
export function viewGitHub(api: string, token: string): GitHubView {
  const headers = { authorization: `Bearer ${token}` };
  const get = async (path: string) => answer(await fetch(`${api}/${path}`, { headers }));
  return {
    async pulls() {
      const seen = pulls.parse(await get("pulls?state=all"));
      return seen.map(({ number, title, head, state, merged_at: mergedAt, html_url: webUrl }) => ({
        ...{ number, title, webUrl, head: head.sha },
        state: mergedAt === null ? state : "merged",
      }));
    },
    async files(number) {
      return files.parse(await get(`pulls/${number}/files`)).map(({ filename, status, patch }) => ({
        name: filename,
        change: status,
        added: (patch ?? "").split("\n").flatMap((line) => (line.startsWith("+") ? [line.slice(1)] : [])),
      }));
    },
    async commits(number) {
      return commits.parse(await get(`pulls/${number}/commits`)).map(({ commit }) => ({
        author: commit.author.name,
        committer: commit.committer.name,
        lastLine: commit.message.trimEnd().split("\n").at(-1) ?? "",
      }));
    },
    async checkRuns(commit) {
      const { check_runs: seen } = checkRuns.parse(await get(`commits/${commit}/check-runs`));
      return seen.map(({ name, status, conclusion }) => ({ name, state: conclusion ?? status }));
    },
  };
}

const pulls = z.array(
  z.object({
    number: z.number(),
    title: z.string(),
    state: z.enum(["open", "closed"]),
    merged_at: z.string().nullable(),
    html_url: z.string(),
    head: z.object({ sha: z.string() }),
  }),
);
const files = z.array(z.object({ filename: z.string(), status: z.string(), patch: z.string().optional() }));
const person = z.object({ name: z.string() });
const commits = z.array(
  z.object({ commit: z.object({ author: person, committer: person, message: z.string() }) }),
);
const checkRuns = z.object({
  check_runs: z.array(z.object({ name: z.string(), status: z.string(), conclusion: z.string().nullable() })),
});
