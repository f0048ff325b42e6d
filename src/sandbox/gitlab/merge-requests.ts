import { z } from "zod";
import type { SandboxMergeRequest, SandboxRepository } from "../model.js";
import type { NewSandboxMergeRequest } from "../store.js";
import { accessOf, mayEdit, mergeRequestOf, signedIn, writable } from "./access.js";
import { type Change, change, close, duplicate, reopen } from "./changes.js";
import { isDraft } from "./draft.js";
import { repositoryWithId } from "./entities/links.js";
import { mergeRequestObject, onRequest } from "./entities/merge-request.js";
import { type Refusal, forbidden, invalid, malformed, notFound, unprocessable } from "./errors.js";
import type { Api, Request } from "./http.js";
import { flag, integer, parameters, text, texts } from "./parameters.js";
import { carryOut, extract } from "./quick-actions.js";

const longestTitle = 255;
const longestDescription = 1_048_576;

export function mergeRequestRoutes(api: Api): void {
  api.post("/projects/:id/merge_requests", createMergeRequest);
  api.get("/projects/:id/merge_requests/:iid", showMergeRequest);
  api.put("/projects/:id/merge_requests/:iid", editMergeRequest);
}

const conditions = z.object({
  include_diverged_commits_count: flag.default(false),
  include_rebase_in_progress: flag.default(false),
});

async function showMergeRequest(c: Request) {
  const { store, user } = c.var;
  const mergeRequest = mergeRequestOf(c);
  const asked = await parameters(c, conditions);
  const more = await onRequest(store, mergeRequest, {
    divergedCommits: asked.include_diverged_commits_count,
    rebase: asked.include_rebase_in_progress,
  });
  return c.json({ ...(await mergeRequestObject(store, mergeRequest, user)), ...more });
}

const settings = {
  description: text.optional(),
  labels: texts.optional(),
  add_labels: texts.optional(),
  remove_labels: texts.optional(),
  remove_source_branch: flag.optional(),
  allow_collaboration: flag.optional(),
  squash: flag.optional(),
};
const newMergeRequest = z.object({
  title: text,
  source_branch: text,
  target_branch: text,
  target_project_id: integer.optional(),
  ...settings,
});

async function createMergeRequest(c: Request) {
  const { store, state } = c.var;
  const sourceRepository = writable(c);
  const author = signedIn(c);
  const wanted = await parameters(c, newMergeRequest);
  const repository = targetOf(c, sourceRepository, wanted.target_project_id);
  checkTexts(wanted);
  const { text: description, commands } = extract(wanted.description ?? "");

  const opened = await opening(c, {
    repository,
    sourceRepository,
    sourceBranch: wanted.source_branch,
    targetBranch: wanted.target_branch,
    title: wanted.title,
    description,
    draft: isDraft(wanted.title),
    author,
  });
  keepSettings(c, opened, wanted);
  opened.labels = labelsAfter(opened, wanted) ?? [];
  for (const name of opened.labels) state.label(repository, { name });
  await carryOut({ store, state, user: author }, opened, commands);
  return c.json(await mergeRequestObject(store, opened, author), 201);
}

/** The project that is to be changed: the one of the path, or another of its fork network. */
function targetOf(c: Request, source: SandboxRepository, id: number | undefined): SandboxRepository {
  if (id === undefined || id === source.id) return source;
  const target = c.var.store.repositoryById(id);
  if (target === undefined || accessOf(c, target) === undefined) throw notFound("Project");
  if (origin(c, target) !== origin(c, source)) {
    throw unprocessable(["Source project is not a fork of the target project"]);
  }
  return target;
}

function origin(c: Request, repository: SandboxRepository): number {
  const { forkOf } = repository;
  const parent = forkOf === undefined ? undefined : c.var.store.repositoryById(forkOf);
  return parent === undefined ? repository.id : origin(c, parent);
}

async function opening(c: Request, wanted: NewSandboxMergeRequest): Promise<SandboxMergeRequest> {
  const result = await c.var.store.openMergeRequest(wanted);
  switch (result.outcome) {
    case "opened":
      return result.mergeRequest;
    case "duplicate":
      throw duplicate(result.mergeRequest);
    case "same-branch":
      throw unprocessable(["You can't use same project/branch for source and target"]);
    case "no-source-branch":
      throw missingBranch("source_branch");
    case "no-target-branch":
      throw missingBranch("target_branch");
    case "no-commits":
      throw unprocessable(["There are no commits to merge"]);
  }
}

function missingBranch(field: "source_branch" | "target_branch"): Refusal {
  return invalid({ [field]: ["does not exist"] });
}

function checkTexts({
  title,
  description,
}: {
  title?: string | undefined;
  description?: string | undefined;
}): void {
  if (title?.trim() === "") throw invalid({ title: ["can't be blank"] });
  const tooLong = (limit: number) => [`is too long (maximum is ${limit} characters)`];
  if ((title?.length ?? 0) > longestTitle) throw invalid({ title: tooLong(longestTitle) });
  if ((description?.length ?? 0) > longestDescription)
    throw invalid({ description: tooLong(longestDescription) });
}

const changedMergeRequest = z.object({
  title: text.optional(),
  target_branch: text.optional(),
  state_event: z.enum(["close", "reopen"]).optional(),
  discussion_locked: flag.optional(),
  assignee_id: integer.optional(),
  assignee_ids: z.unknown().optional(),
  reviewer_ids: z.unknown().optional(),
  milestone_id: integer.optional(),
  ...settings,
});
type Wanted = z.infer<typeof changedMergeRequest>;

async function editMergeRequest(c: Request) {
  const { store } = c.var;
  const mergeRequest = mergeRequestOf(c);
  const user = signedIn(c);
  if (!mayEdit(store, user, mergeRequest)) throw forbidden();
  const wanted = await parameters(c, changedMergeRequest);
  if (Object.values(wanted).every((value) => value === undefined)) {
    const names = Object.keys(changedMergeRequest.shape).join(", ");
    throw malformed(`${names} are missing, at least one parameter must be provided`);
  }
  checkTexts(wanted);
  await checkTarget(c, mergeRequest, wanted);

  const acting = { ...c.var, user };
  const { change: wantedChange, commands } = changeOf(mergeRequest, wanted);
  await change(acting, mergeRequest, wantedChange);
  keepSettings(c, mergeRequest, wanted);
  if (wanted.state_event === "close") await close(acting, mergeRequest);
  if (wanted.state_event === "reopen") await reopen(acting, mergeRequest);
  await carryOut(acting, mergeRequest, commands);
  return c.json(await mergeRequestObject(store, mergeRequest, user));
}

async function checkTarget(
  c: Request,
  { repository, targetBranch }: SandboxMergeRequest,
  wanted: Wanted,
): Promise<void> {
  const { target_branch: branch } = wanted;
  if (branch === undefined || branch === targetBranch) return;
  const tip = await c.var.store.branch(repositoryWithId(c.var.store, repository), branch);
  if (tip === undefined) throw missingBranch("target_branch");
}

function changeOf(mergeRequest: SandboxMergeRequest, wanted: Wanted) {
  const { title, target_branch: targetBranch } = wanted;
  const description = wanted.description === undefined ? undefined : extract(wanted.description);
  const labels = labelsAfter(mergeRequest, wanted);
  const result: Change = {
    ...(title === undefined ? {} : { title }),
    ...(targetBranch === undefined ? {} : { targetBranch }),
    ...(description === undefined ? {} : { description: description.text }),
    ...(labels === undefined ? {} : { labels }),
  };
  return { change: result, commands: description?.commands ?? [] };
}

type LabelChange = Pick<Wanted, "labels" | "add_labels" | "remove_labels">;

/** `labels` replaces, the others edit. */
function labelsAfter({ labels: before }: SandboxMergeRequest, change: LabelChange): string[] | undefined {
  const { labels, add_labels: added, remove_labels: removed } = change;
  if ((labels ?? added ?? removed) === undefined) return undefined;
  const kept = (labels ?? before).filter((name) => removed?.includes(name) !== true);
  return [...new Set([...kept, ...(added ?? [])].map((name) => name.trim()).filter((name) => name !== ""))];
}

function keepSettings(
  c: Request,
  mergeRequest: SandboxMergeRequest,
  wanted: Pick<Wanted, "squash" | "remove_source_branch" | "allow_collaboration">,
): void {
  const extras = c.var.state.extras(mergeRequest);
  extras.squash = wanted.squash ?? extras.squash;
  extras.removeSourceBranch = wanted.remove_source_branch ?? extras.removeSourceBranch;
  extras.allowCollaboration = wanted.allow_collaboration ?? extras.allowCollaboration;
}
