import { z } from "zod";
import type { SandboxMergeRequest, SandboxRepository } from "../model.js";
import { accessOf, forbidden, mayWrite, pullRequestOf, readable, signedIn } from "./access.js";
import { commitObject, diffEntry } from "./entities/commit.js";
import { ownerLogin } from "./entities/links.js";
import { comparedWith, pullRequest, pullRequestSimple } from "./entities/pull-request.js";
import { network } from "./entities/repository.js";
import { type FieldError, validationFailed } from "./errors.js";
import { changedFiles, mergeBase } from "./git.js";
import { type Api, type Request, body, paged } from "./http.js";

const bodyLimit = 65_536;
const titleLimit = 256;

export function pullRoutes(api: Api): void {
  api.get("/repos/:owner/:repo/pulls", listPulls);
  api.post("/repos/:owner/:repo/pulls", createPull);
  api.get("/repos/:owner/:repo/pulls/:number", (c) => shown(c, pullRequestOf(c, readable(c), "number")));
  api.patch("/repos/:owner/:repo/pulls/:number", editPull);
  api.get("/repos/:owner/:repo/pulls/:number/commits", listCommits);
  api.get("/repos/:owner/:repo/pulls/:number/files", listFiles);
}

async function shown(c: Request, mergeRequest: SandboxMergeRequest, status: 200 | 201 = 200) {
  return c.json(await pullRequest(c.var.store, mergeRequest), status);
}

function listPulls(c: Request) {
  const { store } = c.var;
  const repository = readable(c);
  const state = c.req.query("state") ?? "open";
  const head = c.req.query("head");
  const base = c.req.query("base");
  const found = store
    .mergeRequests(repository)
    .filter((one) => state === "all" || (one.state === "open") === (state === "open"))
    .filter((one) => base === undefined || one.targetBranch === base)
    // GitHub takes no notice of a head without its owner.
    .filter((one) => head?.includes(":") !== true || labelOf(c, one) === head);
  return c.json(paged(c, sorted(c, found)).map((one) => pullRequestSimple(store, one)));
}

function labelOf(c: Request, { sourceRepository, sourceBranch }: SandboxMergeRequest): string {
  const source = sourceRepository === undefined ? undefined : c.var.store.repositoryById(sourceRepository);
  return source === undefined ? "" : `${ownerLogin(source)}:${sourceBranch}`;
}

function sorted(c: Request, mergeRequests: readonly SandboxMergeRequest[]): readonly SandboxMergeRequest[] {
  const by = c.req.query("sort") === "updated" ? "updatedAt" : "createdAt";
  const direction = c.req.query("direction") ?? (c.req.query("sort") === undefined ? "desc" : "asc");
  const ascending = [...mergeRequests].sort(
    (one, other) => one[by].localeCompare(other[by]) || one.number - other.number,
  );
  return direction === "asc" ? ascending : ascending.reverse();
}

const newPull = z.object({
  title: z.string(),
  head: z.string(),
  base: z.string(),
  body: z.string().nullish(),
  draft: z.boolean().optional(),
  head_repo: z.string().optional(),
});

async function createPull(c: Request) {
  const { store } = c.var;
  const repository = readable(c);
  const author = signedIn(c);
  const wanted = await body(c, newPull);
  checkTexts(wanted);
  const { source, branch } = headNamed(c, repository, wanted);
  if (source === undefined) throw invalid("head");
  if (!mayWrite(accessOf(c, repository)) && !mayWrite(accessOf(c, source))) {
    throw forbidden(c, "Must have push access to the head or the base repository.");
  }
  const opened = await store.openMergeRequest({
    repository,
    sourceRepository: source,
    sourceBranch: branch,
    targetBranch: wanted.base,
    title: wanted.title,
    description: wanted.body ?? "",
    draft: wanted.draft ?? false,
    author,
  });
  if (opened.outcome !== "opened") {
    throw refusedOpening(opened.outcome, { base: wanted.base, head: `${ownerLogin(source)}:${branch}` });
  }
  return shown(c, opened.mergeRequest, 201);
}

/** `branch` of the repository itself, or `owner:branch` of a fork. */
function headNamed(
  c: Request,
  repository: SandboxRepository,
  { head, head_repo: named }: { readonly head: string; readonly head_repo?: string | undefined },
): { readonly source: SandboxRepository | undefined; readonly branch: string } {
  const colon = head.indexOf(":");
  if (colon < 0) return { source: repository, branch: head };

  const [owner, branch] = [head.slice(0, colon), head.slice(colon + 1)];
  if (owner === ownerLogin(repository) && named === undefined) return { source: repository, branch };
  const source = network(c.var.store, repository).find(
    (fork) => ownerLogin(fork) === owner && (named === undefined || fork.path.endsWith(`/${named}`)),
  );
  return { source: source && accessOf(c, source) !== undefined ? source : undefined, branch };
}

function refusedOpening(
  outcome: "duplicate" | "no-source-branch" | "no-target-branch" | "no-commits" | "same-branch",
  { base, head }: { readonly base: string; readonly head: string },
) {
  switch (outcome) {
    case "duplicate":
      return custom(`A pull request already exists for ${head}.`);
    case "no-source-branch":
      return invalid("head");
    case "no-target-branch":
      return invalid("base");
    case "no-commits":
    case "same-branch":
      return custom(`No commits between ${base} and ${head.replace(/^[^:]*:/, "")}`);
  }
}

function invalid(field: string) {
  return validationFailed({ resource: "PullRequest", field, code: "invalid" });
}

function custom(message: string) {
  return validationFailed({ resource: "PullRequest", code: "custom", message });
}

function checkTexts({
  title,
  body: text,
}: {
  title?: string | undefined;
  body?: string | null | undefined;
}): void {
  const errors: FieldError[] = [];
  const tooLong = (field: string, limit: number): FieldError => ({
    resource: "Issue",
    code: "custom",
    field,
    message: `${field} is too long (maximum is ${limit} characters)`,
  });
  if (title?.trim() === "") errors.push({ resource: "Issue", code: "missing_field", field: "title" });
  if ((title?.length ?? 0) > titleLimit) errors.push(tooLong("title", titleLimit));
  if ((text?.length ?? 0) > bodyLimit) errors.push(tooLong("body", bodyLimit));
  if (errors.length > 0) throw validationFailed(...errors);
}

const changedPull = z.object({
  title: z.string().optional(),
  body: z.string().nullish(),
  state: z.enum(["open", "closed"]).optional(),
  base: z.string().optional(),
});
type PullChange = z.infer<typeof changedPull>;

async function editPull(c: Request) {
  const repository = readable(c);
  const mergeRequest = pullRequestOf(c, repository, "number");
  const user = signedIn(c);
  if (user.id !== mergeRequest.author.id && !mayWrite(accessOf(c, repository))) {
    throw forbidden(c, "Must have push access to the repository.");
  }
  const change = await body(c, changedPull);
  checkTexts(change);
  await editTexts(c, mergeRequest, change);
  if (change.state === "closed" && mergeRequest.state === "open") {
    await c.var.store.closeMergeRequest(mergeRequest, user);
  }
  if (change.state === "open" && mergeRequest.state !== "open") await reopen(c, mergeRequest);
  return shown(c, mergeRequest);
}

async function editTexts(c: Request, mergeRequest: SandboxMergeRequest, change: PullChange): Promise<void> {
  const { store } = c.var;
  const repository = readable(c);
  if (change.base !== undefined && (await store.branch(repository, change.base)) === undefined) {
    throw validationFailed({
      resource: "PullRequest",
      field: "base",
      code: "invalid",
      message: `Proposed base branch '${change.base}' was not found`,
    });
  }
  const edit = {
    ...(change.title === undefined ? {} : { title: change.title }),
    ...(change.body === undefined ? {} : { description: change.body ?? "" }),
    ...(change.base === undefined ? {} : { targetBranch: change.base }),
  };
  if (Object.keys(edit).length > 0) await store.editMergeRequest(mergeRequest, edit, signedIn(c));
}

async function reopen(c: Request, mergeRequest: SandboxMergeRequest): Promise<void> {
  const { store } = c.var;
  const source =
    mergeRequest.sourceRepository === undefined
      ? undefined
      : store.repositoryById(mergeRequest.sourceRepository);
  const tip = source && (await store.branch(source, mergeRequest.sourceBranch));
  const reason = await reasonToStayClosed(mergeRequest, source, tip);
  if (reason !== undefined) {
    const message = `state cannot be changed. ${reason}`;
    throw validationFailed({ resource: "PullRequest", code: "custom", field: "state", message });
  }
  await store.reopenMergeRequest(mergeRequest, signedIn(c));
}

async function reasonToStayClosed(
  { state, sourceBranch, head }: SandboxMergeRequest,
  source: SandboxRepository | undefined,
  tip: string | undefined,
): Promise<string | undefined> {
  if (state === "merged") return "The pull request has been merged.";
  if (source === undefined || tip === undefined) return `The ${sourceBranch} branch has been deleted.`;
  const goesOn = tip === head || (await mergeBase(source, [head, tip])) === head;
  return goesOn ? undefined : `The ${sourceBranch} branch was force-pushed or recreated.`;
}

async function listCommits(c: Request) {
  const { store } = c.var;
  const repository = readable(c);
  const commits = await store.mergeRequestCommits(pullRequestOf(c, repository, "number"));
  return c.json(paged(c, commits).map((commit) => commitObject(store, repository, commit)));
}

async function listFiles(c: Request) {
  const repository = readable(c);
  const mergeRequest = pullRequestOf(c, repository, "number");
  const from = await comparedWith(repository, mergeRequest);
  const files = await changedFiles(repository, { from, to: mergeRequest.head });
  const commit = mergeRequest.head;
  return c.json(paged(c, files).map((file) => diffEntry(c.var.store, repository, { commit, file })));
}
