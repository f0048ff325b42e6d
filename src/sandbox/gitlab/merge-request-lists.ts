import { z } from "zod";
import type { SandboxMergeRequest, SandboxRepository } from "../model.js";
import { readable, readableIn } from "./access.js";
import { mergeRequestBasic, stateWord } from "./entities/merge-request.js";
import { type Api, type Request, paged } from "./http.js";
import { flag, integer, parameters, text, texts } from "./parameters.js";

export function mergeRequestListRoutes(api: Api): void {
  api.get("/projects/:id/merge_requests", (c) => listMergeRequests(c, [readable(c)]));
  api.get("/groups/:id/merge_requests", (c) => listMergeRequests(c, readableIn(c, "below")));
}

const asked = z.object({
  state: z.enum(["opened", "closed", "locked", "merged", "all"]).default("all"),
  iids: texts.optional(),
  source_branch: text.optional(),
  target_branch: text.optional(),
  source_project_id: integer.optional(),
  author_id: integer.optional(),
  author_username: text.optional(),
  labels: texts.default([]),
  draft: flag.optional(),
  wip: z.enum(["yes", "no"]).optional(),
  search: text.default(""),
  scope: z
    .enum(["created-by-me", "assigned-to-me", "created_by_me", "assigned_to_me", "reviews_for_me", "all"])
    .default("all"),
  created_after: text.optional(),
  created_before: text.optional(),
  updated_after: text.optional(),
  updated_before: text.optional(),
  order_by: z
    .enum([
      "created_at",
      "label_priority",
      "milestone_due",
      "popularity",
      "priority",
      "title",
      "updated_at",
      "merged_at",
    ])
    .default("created_at"),
  sort: z.enum(["asc", "desc"]).default("desc"),
});
type Asked = z.infer<typeof asked>;

async function listMergeRequests(c: Request, repositories: readonly SandboxRepository[]) {
  const { store } = c.var;
  const wanted = await parameters(c, asked);
  const found = repositories
    .flatMap((repository) => store.mergeRequests(repository))
    .filter((one) => isOfState(one, wanted) && isWhere(one, wanted) && saysSo(one, wanted))
    .filter((one) => isWithin(one, wanted) && isOfScope(c, one, wanted));
  return c.json(paged(c, sorted(found, wanted)).map((one) => mergeRequestBasic(store, one)));
}

/** An absent filter fits everything. */
function fits<T>(wanted: T | undefined, actual: T | undefined): boolean {
  return wanted === undefined || wanted === actual;
}

function isOfState(one: SandboxMergeRequest, { state, draft, wip }: Asked): boolean {
  return (
    (state === "all" || stateWord(one) === state) &&
    fits(draft, one.draft) &&
    fits(wip === undefined ? undefined : wip === "yes", one.draft)
  );
}

function isWhere(one: SandboxMergeRequest, wanted: Asked): boolean {
  return (
    (wanted.iids === undefined || wanted.iids.includes(String(one.number))) &&
    fits(wanted.source_branch, one.sourceBranch) &&
    fits(wanted.target_branch, one.targetBranch) &&
    fits(wanted.source_project_id, one.sourceRepository)
  );
}

function saysSo(
  one: SandboxMergeRequest,
  { labels, search, author_id: id, author_username: name }: Asked,
): boolean {
  return (
    labels.every((label) => one.labels.includes(label)) &&
    `${one.title}\n${one.description}`.toLowerCase().includes(search.toLowerCase()) &&
    fits(id, one.author.id) &&
    fits(name?.toLowerCase(), one.author.login.toLowerCase())
  );
}

function isWithin({ createdAt, updatedAt }: SandboxMergeRequest, wanted: Asked): boolean {
  const after = (bound: string | undefined, at: string) =>
    bound === undefined || Date.parse(at) >= Date.parse(bound);
  const before = (bound: string | undefined, at: string) =>
    bound === undefined || Date.parse(at) <= Date.parse(bound);
  return (
    after(wanted.created_after, createdAt) &&
    before(wanted.created_before, createdAt) &&
    after(wanted.updated_after, updatedAt) &&
    before(wanted.updated_before, updatedAt)
  );
}

// Nobody is ever assigned or asked for a review here.
function isOfScope(c: Request, { author }: SandboxMergeRequest, { scope }: Asked): boolean {
  if (scope === "all") return true;
  return /^created/.test(scope) && author.id === c.var.user?.id;
}

function sorted(
  found: readonly SandboxMergeRequest[],
  { order_by: by, sort }: Asked,
): readonly SandboxMergeRequest[] {
  const key = (one: SandboxMergeRequest) => {
    if (by === "title") return one.title;
    if (by === "updated_at") return one.updatedAt;
    return by === "merged_at" ? (one.mergedAt ?? "") : one.createdAt;
  };
  const ascending = [...found].sort((one, other) => key(one).localeCompare(key(other)) || one.id - other.id);
  return sort === "asc" ? ascending : ascending.reverse();
}
