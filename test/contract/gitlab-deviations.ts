/**
 * Where the sandbox may differ from the contract, and why. The contract's own notes say which of its declared answers look
 * wrong against real servers.
 */

/** Any operation may be refused so, whether its description says it or not; 5xx is what the sandbox's faults answer. */
export const refusals: readonly number[] = [400, 401, 403, 404, 429, 500, 502, 503];

/** Answers of real servers that the description does not have, by operation and status. */
export const acceptedStatuses: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // Measured on GitLab.com by others: a status is created, whatever the description says.
  "POST /api/v4/projects/{id}/statuses/{sha}": { "201": "CommitStatus" },
  "POST /api/v4/projects/{id}/repository/commits/{sha}/comments": { "201": "CommitNote" },
  // A note of nothing but quick actions is carried out and makes no note.
  "POST /api/v4/projects/{id}/merge_requests/{noteable_id}/notes": { "202": "Accepted" },
  "DELETE /api/v4/projects/{id}/merge_requests/{noteable_id}/notes/{note_id}": { "204": "No Content" },
  // GitLab's source says so where the table of answers does not.
  "POST /api/v4/projects/{id}/labels": { "409": "Label already exists" },
  // Its table of answers was not transcribed.
  "POST /api/v4/projects/{id}/pipelines/{pipeline_id}/cancel": { "200": "CiPipeline", "201": "CiPipeline" },
};

export interface Extra {
  readonly method: string;
  readonly path: RegExp;
  /** The type of its success. */
  readonly answer: string;
}

const project = "/api/v4/projects/[^/]+";

/** What the sandbox offers beyond the contract, for people with curl; all of it is GitLab's, too. */
export const extras: readonly Extra[] = [
  extra("GET", "/api/v4/projects", "array<Project>"),
  extra("POST", "/api/v4/projects", "Project"),
  extra("GET", `${project}/members`, "array<Member>"),
  extra("GET", `${project}/members/all`, "array<Member>"),
  extra("POST", `${project}/members`, "Member"),
  extra("PUT", `${project}/members/\\d+`, "Member"),
  extra("GET", `${project}/pipelines/\\d+/bridges`, "array<CiBridge>"),
  extra("DELETE", `${project}/hooks/\\d+`, "No Content"),
  extra("POST", `${project}/merge_requests/\\d+/unapprove`, "MergeRequestApprovals"),
  extra("GET", "/api/v4/users/\\d+", "User"),
  extra("GET", "/api/v4/groups/[^/]+/merge_requests", "array<MergeRequestBasic>"),
  extra("GET", "/api/v4/groups/[^/]+/projects", "array<Project>"),
];

function extra(method: string, path: string, answer: string): Extra {
  return { method, path: new RegExp(`^${path}$`), answer };
}
