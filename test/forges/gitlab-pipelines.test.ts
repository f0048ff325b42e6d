import { describe, expect, it } from "@jest/globals";
import nock from "nock";
import { Secret } from "../../src/domain/secret.js";
import { createGitLabForge } from "../../src/forges/gitlab/adapter.js";
import { all } from "./outcomes.js";
import { answerByHand } from "./prepared-answers.js";

const repository = { forge: "forge.example", path: "rpms/hello" };
const site = "https://gitlab.example";
const project = "/api/v4/projects/rpms%2Fhello";

/** A pipeline with its jobs, and what others posted into it. */
interface Given {
  readonly id: number;
  readonly ref?: string;
  readonly source?: string;
  readonly jobs?: Readonly<Record<string, string>>;
  readonly posted?: Readonly<Record<string, string>>;
}

const ownRef = "refs/merge-requests/7/head";

/** Things of a pipeline have ids above its own, in the order in which they are named. */
function statusesOf({ id: pipeline, jobs = {}, posted = {} }: Given) {
  return Object.entries({ ...jobs, ...posted }).map(([name, word], place) => ({
    id: pipeline * 10 + place,
    name,
    status: word.replace(" (may fail)", ""),
    allow_failure: word.endsWith("(may fail)"),
    description: null,
    target_url: null,
    pipeline_id: pipeline,
  }));
}

function forge() {
  return createGitLabForge({
    name: "forge.example",
    url: site,
    token: new Secret("sesame"),
    clock: { now: () => new Date("2026-11-21T12:00:00Z") },
  });
}

/** The forge has these pipelines; those named in `asked` have to be asked for their jobs. */
function given(pipelines: readonly Given[], asked: readonly number[]): void {
  const found = pipelines.map(({ id, ref = "a", source = "push" }) => ({
    ...{ id, ref, source, sha: "abc", status: "success" },
    web_url: `${site}/pipelines/${id}`,
  }));
  nock(site).get(`${project}/merge_requests/7/pipelines`).query(true).reply(200, found);
  nock(site)
    .get(new RegExp(`^${project}/pipelines/\\d+/bridges`))
    .query(true)
    .times(9)
    .optionally()
    .reply(200, []);
  for (const one of pipelines.filter(({ id }) => asked.includes(id))) {
    const jobs = statusesOf(one)
      .filter(({ name }) => name in (one.jobs ?? {}))
      .map((job) => ({ ...job, web_url: `${site}/jobs/${job.id}` }));
    nock(site).get(`${project}/pipelines/${one.id}/jobs`).query(true).reply(200, jobs);
  }
}

/** What the forge lists of a commit with these pipelines. */
async function listed(pipelines: readonly Given[], asked: readonly number[] = []) {
  given(pipelines, asked);
  const statuses = pipelines.flatMap(statusesOf);
  nock(site).get(`${project}/repository/commits/abc/statuses`).query(true).reply(200, statuses);
  const as = { mergeRequest: { repository, number: 7 } };
  const results = await all(forge().listCommitStatuses({ repository, commit: "abc" }, as));
  return results.map(({ context, state }) => [context, state]);
}

answerByHand();

describe("of the pipelines of one commit on GitLab", () => {
  it("a branch's hides nothing of the merge request's own, nor the other way round", async () => {
    const failed = { build: "failed" };
    const passed = { build: "success" };
    const own = { ref: ownRef, source: "merge_request_event" };

    expect(
      await listed(
        [
          { id: 2, jobs: passed },
          { ...own, id: 1, jobs: failed },
        ],
        [1, 2],
      ),
    ).toEqual([
      ["build", "failure"],
      ["pipeline", "success"],
      ["merge request pipeline", "failure"],
    ]);
    expect(
      await listed(
        [
          { ...own, id: 2, jobs: passed },
          { id: 1, jobs: failed },
        ],
        [1, 2],
      ),
    ).toEqual([
      ["build", "failure"],
      ["merge request pipeline", "success"],
      ["pipeline", "failure"],
    ]);
  });

  it("a merge request's own is just a pipeline where there is no other", async () => {
    const own = { id: 1, ref: ownRef, source: "merge_request_event", jobs: { build: "success" } };
    expect(await listed([own])).toEqual([
      ["build", "success"],
      ["pipeline", "success"],
    ]);
  });

  it("the one that was run again counts, whoever did it, and not the jobs that it no longer has", async () => {
    const again = { id: 2, source: "api", jobs: { build: "running" } };
    const before = { id: 1, jobs: { build: "failed", lint: "failed" } };
    expect(await listed([again, before], [1])).toEqual([
      ["build", "running"],
      ["pipeline", "running"],
    ]);
  });

  it("what others posted counts until they post again, wherever GitLab put it", async () => {
    const own = { ref: ownRef, source: "merge_request_event" };
    const first = { id: 1, jobs: { build: "success" }, posted: { zuul: "pending", koji: "failed" } };
    const second = { ...own, id: 2, jobs: { build: "success" }, posted: { zuul: "success" } };
    expect(await listed([second, first], [1, 2])).toEqual([
      ["build", "success"],
      ["zuul", "success"],
      ["koji", "failure"],
      ["merge request pipeline", "success"],
      ["pipeline", "failure"],
    ]);

    const again = { id: 3, source: "web", jobs: { build: "success" } };
    expect(await listed([again, { ...first, posted: { koji: "failed" } }], [1])).toEqual([
      ["build", "success"],
      ["koji", "failure"],
      ["pipeline", "success"],
    ]);
  });

  it("one passes although a job that may fail was canceled, or failed", async () => {
    const jobs = { build: "success", arm: "canceled (may fail)", lint: "failed (may fail)" };
    expect(await listed([{ id: 1, jobs }])).toEqual([
      ["build", "success"],
      ["arm", "allowed-failure"],
      ["lint", "allowed-failure"],
      ["pipeline", "success"],
    ]);
    expect(await listed([{ id: 1, jobs: { build: "canceled" } }])).toEqual([
      ["build", "canceled"],
      ["pipeline", "canceled"],
    ]);
  });

  it("a branch's is run again by its jobs where the project wants no new one beside the merge request's", async () => {
    const own = { ref: ownRef, source: "merge_request_event" };
    const jobs = { build: "failed", lint: "success" };
    given(
      [
        { ...own, id: 2, jobs },
        { id: 1, jobs },
      ],
      [1, 2],
    );
    nock(site).post(`${project}/merge_requests/7/pipelines`).reply(201, {});
    const filtered = { message: { base: ["Pipeline filtered out by workflow rules."] } };
    nock(site).post(`${project}/pipeline`).query(true).reply(400, filtered);
    for (const id of [10, 11]) nock(site).post(`${project}/jobs/${id}/retry`).reply(201, {});

    const mergeRequest = {
      ref: { repository, number: 7 },
      state: "open",
      title: "t",
      description: "",
      draft: false,
      author: { id: 4, login: "robin" },
      source: { repository, branch: "a" },
      targetBranch: "b",
      head: "abc",
      labels: [],
      webUrl: "",
    } as const;
    const names = await forge().rerunJobs({ mergeRequest, commit: "abc" }, { which: "all" });
    expect(names).toEqual(["build", "lint"]);
  });

  it("that of a merge train tests the head of its time, whatever was squashed or rebased for it", async () => {
    const train = {
      ...{ id: 9, ref: "refs/merge-requests/7/train", source: "merge_request_event", sha: "squashed" },
      ...{ status: "failed", web_url: `${site}/pipelines/9`, created_at: "2026-11-21T11:00:00.000Z" },
    };
    const commits = `${project}/repository/commits`;
    nock(site)
      .get(`${commits}/squashed`)
      .times(2)
      .query(true)
      .reply(200, { parent_ids: ["main"] });
    const versions = [
      { head_commit_sha: "later", created_at: "2026-11-21T11:30:00.000Z" },
      { head_commit_sha: "abc", created_at: "2026-11-21T10:30:00.000Z" },
      { head_commit_sha: "earlier", created_at: "2026-11-21T10:00:00.000Z" },
    ];
    nock(site).get(`${project}/merge_requests/7/versions`).query(true).times(2).reply(200, versions);
    nock(site).get(`${project}/merge_requests/7/pipelines`).query(true).reply(200, [train]);
    for (const commit of ["abc", "squashed"]) {
      nock(site).get(`${commits}/${commit}/statuses`).query(true).reply(200, []);
    }
    nock(site).get(`${project}/pipelines/9/bridges`).query(true).reply(200, []);
    nock(site)
      .get(`${project}/pipelines`)
      .query(({ sha }) => sha === "squashed")
      .reply(200, [train]);

    const as = { mergeRequest: { repository, number: 7 } };
    const results = await all(forge().listCommitStatuses({ repository, commit: "abc" }, as));
    expect(results.map(({ context, state }) => [context, state])).toEqual([
      ["merge train pipeline", "failure"],
    ]);
    const told = await forge().testMerges?.parents({ repository, commit: "squashed" });
    expect(told).toEqual(["main", "abc"]);
  });
});
