import type { IncomingMessage } from "node:http";
import type { SandboxRepository, SandboxUser } from "../model.js";
import type { SandboxStore } from "../store.js";

/** What git asks for. */
export interface GitRequest {
  readonly path: string;
  /** The part below the repository: `info/refs`, `git-upload-pack`, `git-receive-pack`. */
  readonly action: string;
  readonly query: string;
  /** Whether it is part of a push. */
  readonly pushes: boolean;
}

/** Whether a request may be served, and for whom. */
export type GitPermission =
  | {
      readonly outcome: "granted";
      readonly repository: SandboxRepository;
      readonly user: SandboxUser | undefined;
    }
  /** GitHub redirects what was renamed; GitLab serves it under its old path, too. */
  | { readonly outcome: "moved"; readonly location: string }
  | { readonly outcome: "refused"; readonly status: 401 | 403 | 404; readonly message: string };

const addresses = /^\/(.+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/;

export function gitRequestOf({ url = "" }: Pick<IncomingMessage, "url">): GitRequest | undefined {
  const { pathname, searchParams, search } = new URL(url, "http://localhost");
  const [, path, action] = addresses.exec(pathname) ?? [];
  if (path === undefined || action === undefined) return undefined;
  const service = action === "info/refs" ? searchParams.get("service") : action;
  if (service !== "git-upload-pack" && service !== "git-receive-pack") return undefined;
  return {
    path: decodeURIComponent(path),
    action,
    query: search.slice(1),
    pushes: service === "git-receive-pack",
  };
}

/** As the real forges answer: who shows no token is asked for one before they are told anything. */
export function permissionFor(
  store: SandboxStore,
  { path, pushes, action, query }: GitRequest,
  authorization: string | undefined,
): GitPermission {
  const user = authorization === undefined ? undefined : store.userByToken(tokenIn(authorization));
  if (authorization !== undefined && user === undefined) return refused(401, "Invalid username or token.");
  const repository = store.repositoryByPath(path) ?? store.repositoryOnceAt(path);
  const access = repository && store.access(user, repository);
  if (user === undefined && (access === undefined || pushes)) return refused(401, "Authentication required.");
  if (repository === undefined || access === undefined) return refused(404, "Repository not found.");
  if (pushes && access === "read")
    return refused(403, `Permission to ${path}.git denied to ${user?.login ?? "you"}.`);
  if (store.kind === "github" && repository.path.toLowerCase() !== path.toLowerCase()) {
    const location = `${store.url}/${repository.path}.git/${action}${query === "" ? "" : `?${query}`}`;
    return { outcome: "moved", location };
  }
  return { outcome: "granted", repository, user };
}

/** The token of `Bearer TOKEN`, `token TOKEN` or basic credentials, where it is the password. */
export function tokenIn(authorization: string): string {
  const [scheme = "", credential = ""] = authorization.trim().split(/\s+/, 2);
  if (scheme.toLowerCase() !== "basic") return credential;
  const pair = Buffer.from(credential, "base64").toString("utf8");
  const [user, password] = [pair.slice(0, pair.indexOf(":")), pair.slice(pair.indexOf(":") + 1)];
  return password === "" ? user : password;
}

function refused(status: 401 | 403 | 404, message: string): GitPermission {
  return { outcome: "refused", status, message };
}
