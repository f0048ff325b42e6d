import { readFileSync } from "node:fs";
import { isRecord } from "./gitlab-types.js";

/** A payload of GitLab's that none of us wrote. */
export type GitLabFixture = "job" | "merge_request" | "note_merge_request" | "pipeline" | "push";

const fixtures: Readonly<Record<string, GitLabFixture>> = {
  "Job Hook": "job",
  "Merge Request Hook": "merge_request",
  "Note Hook": "note_merge_request",
  "Pipeline Hook": "pipeline",
  "Push Hook": "push",
};

/**
 * Fields that GitLab's payloads have by now and the fixtures, which are some years old, do not. `[]` stands for each entry
 * of a list.
 */
const newer: Readonly<Record<GitLabFixture, readonly string[]>> = {
  job: ["project"],
  merge_request: [
    "object_attributes.source.id",
    "object_attributes.target.id",
    "object_attributes.draft",
    "object_attributes.merge_commit_sha",
    // Sent with pushed commits alone; the documentation of the event names it.
    "object_attributes.oldrev",
    "changes.title",
    "changes.description",
    "changes.target_branch",
    "changes.draft",
  ],
  note_merge_request: ["merge_request.source.id", "merge_request.target.id"],
  pipeline: ["commit.title"],
  push: [],
};

/** What an example does not have in a payload: one sentence each, none when all is well. */
export function checkGitLabWebhook(event: string, payload: unknown): readonly string[] {
  const name = fixtures[event];
  if (name === undefined) return [`${event}: there is no example of it`];
  const example = readExample(name);
  const missing = Object.keys(example).filter((key) => !isRecord(payload) || !(key in payload));
  return [
    ...missing.map((key) => `${event}: ${key} is missing`),
    ...compare({ example, actual: payload, path: "" }, newer[name]).map((found) => `${event}: ${found}`),
  ];
}

function readExample(name: GitLabFixture): Readonly<Record<string, unknown>> {
  const file = new URL(`../fixtures/gitlab-webhooks/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
}

interface Comparison {
  readonly example: unknown;
  readonly actual: unknown;
  readonly path: string;
}

function compare({ example, actual, path }: Comparison, allowed: readonly string[]): readonly string[] {
  if (actual === null || example === null) return [];
  if (kindOf(example) !== kindOf(actual)) {
    return [`${path} is ${kindOf(actual)} and not ${kindOf(example)}`];
  }
  if (Array.isArray(actual) && Array.isArray(example)) {
    const entry = united(example);
    if (entry === undefined) return [];
    return actual.flatMap((one) => compare({ example: entry, actual: one, path: `${path}[]` }, allowed));
  }
  if (!isRecord(actual) || !isRecord(example)) return [];
  return Object.entries(actual).flatMap(([key, value]) => {
    const at = path === "" ? key : `${path}.${key}`;
    if (allowed.includes(at)) return [];
    if (!(key in example)) return [`${at} is unknown`];
    return compare({ example: example[key], actual: value, path: at }, allowed);
  });
}

/** One entry that has what any of the list has. */
function united(list: readonly unknown[]): unknown {
  if (!list.every(isRecord)) return list[0];
  return list.length === 0 ? undefined : (Object.assign({}, ...[...list].reverse()) as unknown);
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}
