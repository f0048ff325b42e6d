import { z } from "zod";
import type { SandboxCheckRun, SandboxRepository } from "../model.js";
import { readable, signedIn, writable } from "./access.js";
import { ciSuite, listCheckRuns } from "./commit-checks.js";
import {
  type CheckSuite,
  appSuite,
  checkRunObject,
  checkSuiteWithRepository,
  jobCheckRun,
} from "./entities/check.js";
import { Refusal, noCommitFound, notFound, validationFailed } from "./errors.js";
import { type Api, type Request, body, numberParameter } from "./http.js";

const conclusions = [
  "action_required",
  "cancelled",
  "failure",
  "neutral",
  "success",
  "skipped",
  "timed_out",
] as const;

export function checkRoutes(api: Api): void {
  api.post("/repos/:owner/:repo/check-runs", createCheckRun);
  api.get("/repos/:owner/:repo/check-runs/:id", showCheckRun);
  api.patch("/repos/:owner/:repo/check-runs/:id", changeCheckRun);
  api.post("/repos/:owner/:repo/check-runs/:id/rerequest", rerequestCheckRun);
  api.get("/repos/:owner/:repo/check-suites/:id", showSuite);
  api.get("/repos/:owner/:repo/check-suites/:id/check-runs", (c) => listCheckRuns(c, [suiteOf(c)]));
  api.post("/repos/:owner/:repo/check-suites/:id/rerequest", rerequestSuite);
}

const button = z.object({
  label: z.string().max(20),
  description: z.string().max(40),
  identifier: z.string().max(20),
});

const checkRunChange = z.object({
  name: z.string().min(1).optional(),
  status: z.enum(["queued", "in_progress", "completed"]).optional(),
  conclusion: z.enum(conclusions).optional(),
  details_url: z.string().optional(),
  started_at: z.string().optional(),
  completed_at: z.string().optional(),
  output: z
    .object({
      title: z.string().default(""),
      summary: z.string().max(65_535),
      text: z.string().max(65_535).default(""),
    })
    .optional(),
  actions: z.array(button).max(3).optional(),
});
type CheckRunChange = z.infer<typeof checkRunChange>;
const newCheckRun = checkRunChange.extend({
  name: z.string().min(1),
  head_sha: z.string(),
  external_id: z.string().optional(),
});

async function createCheckRun(c: Request) {
  const { store } = c.var;
  const repository = asApp(c);
  const wanted = await body(c, newCheckRun);
  const commit = await store.commit(repository, wanted.head_sha.replace(/^-+/, ""));
  if (commit === undefined) throw noCommitFound(wanted.head_sha);
  const checkRun = store.addCheckRun({
    repository: repository.id,
    commit: commit.id,
    name: wanted.name,
    title: wanted.output?.title ?? "",
    summary: wanted.output?.summary ?? "",
    text: wanted.output?.text ?? "",
    actions: wanted.actions ?? [],
    detailsUrl: wanted.details_url,
    externalId: wanted.external_id,
    app: store.app?.slug ?? "",
    startedAt: wanted.started_at ?? store.now(),
    ...progress(c, wanted),
  });
  return c.json(checkRunObject(store, checkRun), 201);
}

/** Check runs belong to apps: nobody else may make or change them. */
function asApp(c: Request): SandboxRepository {
  const repository = writable(c);
  if (c.var.caller.kind !== "installation") {
    throw new Refusal(403, "You must authenticate via a GitHub App.");
  }
  return repository;
}

/** A conclusion completes a check run, and a completed one needs a conclusion. */
function progress(c: Request, { status, conclusion, completed_at: completedAt }: CheckRunChange) {
  if (status === "completed" && conclusion === undefined) {
    throw validationFailed({ resource: "CheckRun", code: "missing_field", field: "conclusion" });
  }
  return conclusion === undefined
    ? { status: status ?? "queued", conclusion: undefined, completedAt: undefined }
    : { status: "completed" as const, conclusion, completedAt: completedAt ?? c.var.store.now() };
}

function showCheckRun(c: Request) {
  const { store } = c.var;
  const repository = readable(c);
  const found = store.job(numberParameter(c, "id"));
  if (found?.pipeline.repository === repository.id) {
    return c.json(jobCheckRun(store, found.pipeline, found.job));
  }
  return c.json(checkRunObject(store, checkRunOf(c, repository)));
}

function checkRunOf(c: Request, repository: SandboxRepository): SandboxCheckRun {
  const checkRun = c.var.store.checkRun(numberParameter(c, "id"));
  if (checkRun?.repository !== repository.id) throw notFound();
  return checkRun;
}

async function changeCheckRun(c: Request) {
  const { store } = c.var;
  const checkRun = checkRunOf(c, asApp(c));
  const change = await body(c, checkRunChange);
  store.updateCheckRun(checkRun, {
    ...(change.name === undefined ? {} : { name: change.name }),
    ...(change.details_url === undefined ? {} : { detailsUrl: change.details_url }),
    ...(change.started_at === undefined ? {} : { startedAt: change.started_at }),
    ...(change.output === undefined ? {} : change.output),
    ...(change.actions === undefined ? {} : { actions: change.actions }),
    ...(change.status === undefined && change.conclusion === undefined ? {} : progress(c, change)),
  });
  return c.json(checkRunObject(store, checkRun));
}

function rerequestCheckRun(c: Request) {
  const { store } = c.var;
  const repository = writable(c);
  const found = store.job(numberParameter(c, "id"));
  if (found?.pipeline.repository === repository.id) store.retryJob(found.pipeline, found.job);
  else store.rerequestCheckRun(checkRunOf(c, repository), signedIn(c));
  return c.json({}, 201);
}

function suiteOf(c: Request): CheckSuite {
  const { store } = c.var;
  const repository = readable(c);
  const id = numberParameter(c, "id");
  const pipeline = store.pipeline(id);
  if (pipeline?.repository === repository.id) return ciSuite(pipeline);
  const run = store.checkRun(id);
  if (run?.repository !== repository.id) throw notFound();
  const suite = appSuite(store, run);
  if (suite.runs[0].id !== id) throw notFound();
  return suite;
}

async function showSuite(c: Request) {
  const { store } = c.var;
  const suite = suiteOf(c);
  const sha = suite.kind === "ci" ? suite.pipeline.commit : suite.runs[0].commit;
  const commit = await store.commit(readable(c), sha);
  if (commit === undefined) throw notFound();
  return c.json(checkSuiteWithRepository(store, suite, commit));
}

function rerequestSuite(c: Request) {
  const { store } = c.var;
  writable(c);
  const suite = suiteOf(c);
  if (suite.kind === "ci") store.retryPipeline(suite.pipeline);
  else for (const run of suite.runs) store.rerequestCheckRun(run, signedIn(c));
  return c.json({}, 201);
}
