import { checkGitLabExchange, fieldsOf } from "../contract/gitlab-contract.js";

export interface GitLabAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, or text where it is none. */
  readonly body: unknown;
}

/** Asks over HTTP and throws when GitLab's description does not allow what was asked or answered. */
export interface GitLabClient {
  get(path: string): Promise<GitLabAnswer>;
  /** A `URLSearchParams` goes as a form, everything else as JSON. */
  post(path: string, body?: unknown): Promise<GitLabAnswer>;
  put(path: string, body?: unknown): Promise<GitLabAnswer>;
  delete(path: string): Promise<GitLabAnswer>;
}

export function gitlabClient(apiUrl: string, headers: Readonly<Record<string, string>>): GitLabClient {
  const ask = (method: string, path: string, body?: unknown) =>
    exchange({ method, url: `${apiUrl}${path}`, headers, body });
  return {
    get: (path) => ask("GET", path),
    post: (path, body) => ask("POST", path, body),
    put: (path, body) => ask("PUT", path, body),
    delete: (path) => ask("DELETE", path),
  };
}

interface Wanted {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

async function exchange({ method, url, headers, body }: Wanted): Promise<GitLabAnswer> {
  const form = body instanceof URLSearchParams ? body : undefined;
  const response = await fetch(url, {
    method,
    redirect: "manual",
    headers: { ...headers, ...(body === undefined || form ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: form ?? JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = response.headers.get("content-type")?.startsWith("application/json") === true;
  const responseBody: unknown = json ? JSON.parse(text) : text === "" ? undefined : text;

  const { pathname, searchParams } = new URL(url);
  const violations = checkGitLabExchange({
    method,
    path: pathname,
    query: fieldsOf(searchParams),
    status: response.status,
    ...(body === undefined ? {} : { requestBody: form ? fieldsOf(form) : body }),
    ...(responseBody === undefined ? {} : { responseBody }),
  });
  if (violations.length > 0) throw new Error(violations.join("\n"));
  return { status: response.status, headers: response.headers, body: responseBody };
}
