import type { SandboxHook, SandboxRepository } from "../../model.js";

/** The flags of a hook; as names they are what it is subscribed to. */
export const hookFlags = [
  "push_events",
  "tag_push_events",
  "merge_requests_events",
  "note_events",
  "confidential_note_events",
  "issues_events",
  "confidential_issues_events",
  "job_events",
  "pipeline_events",
  "wiki_page_events",
  "deployment_events",
  "feature_flag_events",
  "releases_events",
  "milestone_events",
  "emoji_events",
  "resource_access_token_events",
  "resource_deploy_token_events",
  "vulnerability_events",
] as const;

/** Secrets are never shown, only whether there are any. */
export function hookObject({ id: project }: SandboxRepository, hook: SandboxHook) {
  const { disabledUntil: until } = hook;
  return {
    id: hook.id,
    url: hook.url,
    name: null,
    description: null,
    created_at: hook.createdAt,
    project_id: project,
    ...Object.fromEntries(hookFlags.map((name) => [name, hook.events.includes(name)])),
    repository_update_events: false,
    enable_ssl_verification: true,
    alert_status:
      until === undefined ? "executable" : until === "further notice" ? "disabled" : "temporarily_disabled",
    disabled_until: until === "further notice" ? null : (until ?? null),
    url_variables: [],
    custom_headers: [],
    push_events_branch_filter: null,
    branch_filter_strategy: "wildcard",
    custom_webhook_template: null,
    token_present: hook.secret !== "",
    signing_token_present: hook.signingToken !== undefined,
    organization_id: null,
  };
}
