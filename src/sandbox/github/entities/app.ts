import type { SandboxApp, SandboxStore } from "../../store.js";
import type { SandboxHook, SandboxRepository } from "../../model.js";
import { apiUrl, nodeId, repositoryUrl } from "./links.js";
import { simpleUser } from "./user.js";

const since = "2020-01-01T00:00:00Z";

/** The rights and events that the sandbox's app has on every repository. */
export const appPermissions = {
  actions: "read",
  checks: "write",
  contents: "write",
  issues: "write",
  metadata: "read",
  pull_requests: "write",
  statuses: "write",
} as const;

const appEvents = [
  "check_run",
  "check_suite",
  "issue_comment",
  "pull_request",
  "pull_request_review",
  "push",
  "status",
  "workflow_run",
] as const;

/** The installed app, as GitHub calls it an integration. */
export function appObject(store: SandboxStore, app: SandboxApp) {
  return integration(store, { id: app.id, slug: app.slug, events: appEvents });
}

/** The app behind the sandbox's own CI, with the id and name that it has on github.com. */
export function actionsApp(store: SandboxStore) {
  return integration(store, { id: 15368, slug: "github-actions", events: [] });
}

/** Anybody else's app, to which people lend their tokens. */
export function assistantApp(store: SandboxStore) {
  return integration(store, { id: 4711, slug: "assistant", events: [] });
}

function integration(
  store: SandboxStore,
  { id, slug, events }: { readonly id: number; readonly slug: string; readonly events: readonly string[] },
) {
  const owner = store.app?.bot ?? store.users()[0];
  return {
    id,
    slug,
    node_id: nodeId("App", id),
    owner: owner === undefined ? null : simpleUser(store, owner),
    name: slug,
    description: "",
    external_url: store.url,
    html_url: `${store.url}/apps/${slug}`,
    created_at: since,
    updated_at: since,
    permissions: appPermissions,
    events,
  };
}

/** The one installation: the sandbox's app is installed on everything. */
export function installationObject(store: SandboxStore, app: SandboxApp) {
  const url = `${apiUrl(store)}/app/installations/${app.installationId}`;
  return {
    id: app.installationId,
    account: simpleUser(store, app.bot),
    repository_selection: "all",
    access_tokens_url: `${url}/access_tokens`,
    repositories_url: `${apiUrl(store)}/installation/repositories`,
    html_url: `${store.url}/settings/installations/${app.installationId}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: app.bot.id,
    target_type: "User",
    permissions: appPermissions,
    events: appEvents,
    created_at: since,
    updated_at: since,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: null,
    suspended_at: null,
  };
}

export function hookObject(store: SandboxStore, repository: SandboxRepository, hook: SandboxHook) {
  const url = `${repositoryUrl(store, repository)}/hooks/${hook.id}`;
  return {
    type: "Repository",
    id: hook.id,
    name: "web",
    active: hook.disabledUntil === undefined,
    events: hook.events,
    config: hookConfig(hook),
    updated_at: hook.createdAt,
    created_at: hook.createdAt,
    url,
    test_url: `${url}/test`,
    ping_url: `${url}/pings`,
    deliveries_url: `${url}/deliveries`,
    last_response: { code: null, status: "unused", message: null },
  };
}

/** GitHub tells that there is a secret, never which. */
export function hookConfig({ url, secret }: { readonly url: string; readonly secret: string }) {
  return { content_type: "json", insecure_ssl: "0", url, ...(secret === "" ? {} : { secret: "********" }) };
}
