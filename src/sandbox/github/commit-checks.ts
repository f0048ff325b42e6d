import type { SandboxPipeline, SandboxRepository } from "../model.js";
import type { SandboxCommit, SandboxStore } from "../store.js";
import {
  type CheckSuite,
  appSuite,
  checkRunObject,
  checkSuiteWithRepository,
  jobCheckRun,
  latestJobs,
  latestRuns,
} from "./entities/check.js";
import { type Request, paged } from "./http.js";

type CheckRunObject = ReturnType<typeof checkRunObject> | ReturnType<typeof jobCheckRun>;

/** All check runs of a commit: those of the sandbox's CI, and those that apps made. */
export function commitCheckRuns(c: Request, repository: SandboxRepository, commit: SandboxCommit) {
  const suites = suitesOf(c.var.store, repository, commit.id);
  return listCheckRuns(
    c,
    // Without `filter=all`, a newer run of the CI hides the older one, too.
    c.req.query("filter") === "all" ? suites : newestOfEach(suites),
  );
}

export function listCheckRuns(c: Request, suites: readonly CheckSuite[]) {
  const { store } = c.var;
  const latest = c.req.query("filter") !== "all";
  const runs = suites.flatMap((suite) => runsOf(store, suite, latest)).filter((run) => asked(c, run));
  const newestFirst = runs.sort((one, other) => other.id - one.id);
  return c.json({ total_count: runs.length, check_runs: paged(c, newestFirst) });
}

function newestOfEach(suites: readonly CheckSuite[]): readonly CheckSuite[] {
  const ci = suites.filter((suite) => suite.kind === "ci");
  const bySource = new Map(ci.map((suite) => [suite.pipeline.source, suite]));
  return [...bySource.values(), ...suites.filter(({ kind }) => kind === "app")];
}

function runsOf(store: SandboxStore, suite: CheckSuite, latest: boolean): readonly CheckRunObject[] {
  if (suite.kind === "app") {
    return (latest ? latestRuns(suite.runs) : suite.runs).map((run) => checkRunObject(store, run));
  }
  const { pipeline } = suite;
  return (latest ? latestJobs(pipeline) : pipeline.jobs).map((job) => jobCheckRun(store, pipeline, job));
}

function asked(c: Request, run: CheckRunObject): boolean {
  const { check_name: name, status, app_id: app } = c.req.query();
  return (
    (name === undefined || run.name === name) &&
    (status === undefined || run.status === status) &&
    (app === undefined || String(run.app.id) === app)
  );
}

export function commitCheckSuites(c: Request, repository: SandboxRepository, commit: SandboxCommit) {
  const { store } = c.var;
  const app = c.req.query("app_id");
  const suites = suitesOf(store, repository, commit.id)
    .map((suite) => checkSuiteWithRepository(store, suite, commit))
    .filter((suite) => app === undefined || String(suite.app.id) === app);
  return c.json({ total_count: suites.length, check_suites: paged(c, suites) });
}

function suitesOf(store: SandboxStore, repository: SandboxRepository, commit: string): readonly CheckSuite[] {
  const byApp = new Map(store.checkRuns(repository, commit).map((run) => [run.app, run]));
  return [
    ...store.pipelines(repository, commit).map(ciSuite),
    ...[...byApp.values()].map((run) => appSuite(store, run)),
  ];
}

export function ciSuite(pipeline: SandboxPipeline): CheckSuite {
  return { kind: "ci", pipeline };
}
