import type { SandboxRepository } from "../../model.js";
import type { Label } from "../state.js";

export function labelObject({ id, name, description, color }: Label, openMergeRequests: number) {
  return {
    id,
    name,
    description,
    description_html: description ?? "",
    text_color: "#FFFFFF",
    color,
    archived: false,
    open_issues_count: 0,
    closed_issues_count: 0,
    open_merge_requests_count: openMergeRequests,
    subscribed: false,
    priority: null,
    is_project_label: true,
  };
}

/** As webhooks show it. */
export function labelMention({ id: project }: Pick<SandboxRepository, "id">, label: Label) {
  return {
    id: label.id,
    title: label.name,
    color: label.color,
    project_id: project,
    created_at: label.createdAt,
    updated_at: label.createdAt,
    template: false,
    description: label.description,
    type: "ProjectLabel",
    group_id: null,
  };
}
