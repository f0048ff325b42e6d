import type { SandboxComment, SandboxMergeRequest, SandboxReaction } from "../../model.js";
import type { SandboxStore } from "../../store.js";
import { userBasic } from "./user.js";

export function noteObject(store: SandboxStore, mergeRequest: SandboxMergeRequest, comment: SandboxComment) {
  return {
    id: comment.id,
    type: null,
    body: comment.body,
    author: userBasic(store, comment.author),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    system: comment.system,
    noteable_id: mergeRequest.id,
    noteable_type: "MergeRequest",
    noteable_iid: mergeRequest.number,
    project_id: mergeRequest.repository,
    commit_id: null,
    resolvable: false,
    confidential: false,
    internal: false,
    imported: false,
    imported_from: "none",
    commands_changes: {},
  };
}

export function awardObject(store: SandboxStore, award: SandboxReaction, comment: SandboxComment) {
  return {
    id: award.id,
    name: award.name,
    user: userBasic(store, award.user),
    created_at: award.at,
    updated_at: award.at,
    awardable_id: comment.id,
    awardable_type: "Note",
    url: null,
  };
}
