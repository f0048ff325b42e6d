import { checkGitHubExchange } from "../contract/github-openapi.js";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, or text where it is none. */
  readonly body: unknown;
}

/** Asks over HTTP and throws when GitHub's description does not allow what was asked or answered. */
export interface GitHubClient {
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  post(path: string, body?: unknown): Promise<Answer>;
  patch(path: string, body?: unknown): Promise<Answer>;
  put(path: string, body?: unknown): Promise<Answer>;
  delete(path: string): Promise<Answer>;
}

export function githubClient(apiUrl: string, authorization: string | undefined): GitHubClient {
  const ask = (method: string, path: string, more: Wanted = {}) =>
    exchange({ ...more, method, url: `${apiUrl}${path}`, authorization });
  return {
    get: (path, headers = {}) => ask("GET", path, { headers }),
    post: (path, body) => ask("POST", path, { body }),
    patch: (path, body) => ask("PATCH", path, { body }),
    put: (path, body) => ask("PUT", path, { body }),
    delete: (path) => ask("DELETE", path),
  };
}

interface Wanted {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

async function exchange(
  wanted: Wanted & {
    readonly method: string;
    readonly url: string;
    readonly authorization: string | undefined;
  },
): Promise<Answer> {
  const { method, body, authorization } = wanted;
  const response = await fetch(wanted.url, {
    method,
    redirect: "manual",
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...wanted.headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = response.headers.get("content-type")?.startsWith("application/json") === true;
  const responseBody: unknown = json ? JSON.parse(text) : text === "" ? undefined : text;

  const { pathname, searchParams } = new URL(wanted.url);
  const violations = checkGitHubExchange({
    method,
    path: pathname,
    query: Object.fromEntries(searchParams),
    status: response.status,
    ...(body === undefined ? {} : { requestBody: body }),
    ...(responseBody === undefined ? {} : { responseBody }),
  });
  if (violations.length > 0) throw new Error(violations.join("\n"));
  return { status: response.status, headers: response.headers, body: responseBody };
}
