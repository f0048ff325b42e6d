import type { SandboxRepository, SandboxUser } from "../../model.js";
import type { SandboxStore } from "../../store.js";
import { apiUrl, nodeId, numberFor, ownerLogin } from "./links.js";

interface Account {
  readonly login: string;
  readonly id: number;
  readonly type: "User" | "Bot" | "Organization";
}

export function simpleUser(store: SandboxStore, user: SandboxUser) {
  return account(store, { login: user.login, id: user.id, type: user.bot ? "Bot" : "User" });
}

/** Who a repository belongs to by its path: an account, or an organisation, which has none of its own. */
export function repositoryOwner(store: SandboxStore, repository: SandboxRepository) {
  const login = ownerLogin(repository);
  const user = store.userByLogin(login);
  return user === undefined
    ? account(store, { login, id: numberFor(login), type: "Organization" })
    : simpleUser(store, user);
}

function account(store: SandboxStore, { login, id, type }: Account) {
  const url = `${apiUrl(store)}/users/${encodeURIComponent(login)}`;
  return {
    login,
    id,
    node_id: nodeId("User", id),
    avatar_url: `${store.url}/avatars/u/${id}`,
    gravatar_id: "",
    url,
    html_url: `${store.url}/${type === "Bot" ? `apps/${login.replace(/\[bot\]$/, "")}` : login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type,
    site_admin: false,
  };
}

/** The profile that everybody sees. */
export function publicUser(store: SandboxStore, user: SandboxUser) {
  const owned = store.repositories().filter((repository) => ownerLogin(repository) === user.login);
  const since = "2020-01-01T00:00:00Z";
  return {
    ...simpleUser(store, user),
    name: user.name,
    company: null,
    blog: "",
    location: null,
    email: user.email,
    hireable: null,
    bio: null,
    twitter_username: null,
    public_repos: owned.filter((repository) => !repository.private).length,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: since,
    updated_at: since,
  };
}

/** The profile that its owner sees. */
export function privateUser(store: SandboxStore, user: SandboxUser) {
  const owned = store
    .repositories()
    .filter((repository) => repository.private && ownerLogin(repository) === user.login).length;
  return {
    ...publicUser(store, user),
    private_gists: 0,
    total_private_repos: owned,
    owned_private_repos: owned,
    disk_usage: 0,
    collaborators: 0,
    two_factor_authentication: false,
  };
}
