import { readFileSync } from "node:fs";
import { type Check, type TypeNotation, checkOf, isRecord } from "./gitlab-types.js";

type Entity = Readonly<Record<string, TypeNotation>>;

const described = (
  JSON.parse(readFileSync(new URL("../fixtures/gitlab-contract.json", import.meta.url), "utf8")) as {
    readonly entities: Readonly<Record<string, Entity>>;
  }
).entities;

/** What is wrong with an answer of this type: unknown fields, missing ones, and values of another type. */
export function checkEntity(notation: string, value: unknown): readonly string[] {
  return checkOf(notation, named)(value, "answer");
}

/** Fields of real answers whose part of the description was not transcribed; the contract's notes name the gaps. */
const untranscribed: Readonly<Record<string, Entity>> = {
  Project: {
    permissions: "object",
    merge_method: "string",
    squash_option: "string",
    import_status: "string",
  },
  // The list holds jobs, too, in all of their states; the description has only those that can be posted.
  CommitStatus: { status: "string" },
};

/** Entities that the contract names and does not spell out. */
const unexpanded: Readonly<Record<string, Entity>> = {
  MergeRequestAuthor: fieldsOf("UserBasic"),
  User: { ...fieldsOf("UserBasic"), created_at: "string", bot: "boolean" },
  IssuableReferences: { short: "string", relative: "string", full: "string" },
  // The fields of it that the sandbox answers, from GitLab's documentation of the jobs API.
  CiBridge: {
    id: "integer",
    name: "string",
    stage: "string",
    status: "string",
    allow_failure: "boolean",
    pipeline: "CiPipelineBasic",
    downstream_pipeline: "CiPipelineBasic",
  },
  BasicRef: { type: "string", name: "string" },
  Diff: {
    diff: "string",
    new_path: "string",
    old_path: "string",
    a_mode: "string",
    b_mode: "string",
    new_file: "boolean",
    renamed_file: "boolean",
    deleted_file: "boolean",
    generated_file: "boolean",
    collapsed: "boolean",
    too_large: "boolean",
  },
  Compare: {
    commit: "Commit",
    commits: "array<Commit>",
    diffs: "array<Diff>",
    compare_timeout: "boolean",
    compare_same_ref: "boolean",
    web_url: "string",
  },
  NamespaceBasic: {
    id: "integer",
    name: "string",
    path: "string",
    kind: "string",
    full_path: "string",
    parent_id: "integer",
    avatar_url: "string",
    web_url: "string",
  },
  BasicProjectDetails: fieldsOf("Project"),
  DetailedStatusEntity: {
    icon: "string",
    text: "string",
    label: "string",
    group: "string",
    tooltip: "string",
    has_details: "boolean",
    details_path: "string",
    illustration: "object",
    favicon: "string",
  },
};

/** Fields that only some answers have: on request, by licence, for administrators, or when they apply. */
const conditional: Readonly<Record<string, readonly string[]>> = {
  MergeRequest: ["diverged_commits_count", "rebase_in_progress"],
  MergeRequestChanges: ["diverged_commits_count", "rebase_in_progress"],
  Note: ["position", "resolved", "resolved_by", "resolved_at", "suggestions"],
  CiJobBasic: ["failure_reason"],
  CiJob: ["failure_reason"],
  Project: [
    "forked_from_project",
    "merge_pipelines_enabled",
    "merge_trains_enabled",
    "mirror",
    "permissions",
    "owner",
  ],
  Member: ["created_by", "two_factor_enabled", "email", "is_using_seat", "override", "member_role"],
  ProjectHook: ["duo_flow_callback_enabled", "custom_webhook_template", "organization_id"],
  BasicProjectDetails: Object.keys(fieldsOf("Project")),
  CommitStatus: ["coverage"],
  User: ["created_at", "bot", "public_email", "locked"],
};

/** Of every answer; `avatar_path` is for pictures that the server itself stores. */
const conditionalAnywhere = ["avatar_path"];

function named(name: string): Check | undefined {
  if (!(name in described) && !(name in unexpanded)) return undefined;
  const entity = fieldsOf(name);
  const optional = [...conditionalAnywhere, ...namesOf(name).flatMap((one) => conditional[one] ?? [])];
  return (value, where) => {
    if (value === null) return [];
    if (!isRecord(value)) return [`${where} is not a ${name}: ${JSON.stringify(value)}`];
    const missing = Object.keys(entity).filter((field) => !(field in value) && !optional.includes(field));
    return [
      ...missing.map((field) => `${where}.${field} is missing`),
      ...Object.entries(value).flatMap(([field, one]) => {
        const type = entity[field];
        if (type === undefined) return [`${where}.${field} is unknown`];
        return checkOf(type, named)(one, `${where}.${field}`);
      }),
    ];
  };
}

/** An entity's own name and the one that it includes. */
function namesOf(name: string): readonly string[] {
  const included = described[name]?.$includes;
  return typeof included === "string" ? [name, ...namesOf(included)] : [name];
}

function fieldsOf(name: string): Entity {
  const { $includes: included, ...fields } = described[name] ?? unexpanded[name] ?? {};
  return {
    ...(typeof included === "string" ? fieldsOf(included) : {}),
    ...fields,
    ...(untranscribed[name] ?? {}),
  };
}
