import { describe, expect, it } from "@jest/globals";
import nock from "nock";
import { RetryLater, UserError } from "../../src/domain/errors.js";
import { Secret } from "../../src/domain/secret.js";
import { createGitHubForge } from "../../src/forges/github/adapter.js";
import { all, failure } from "./outcomes.js";
import { answerByHand } from "./prepared-answers.js";

const now = new Date("2026-11-21T12:00:00Z");
const clock = { now: () => now };
const repository = { forge: "forge.example", path: "rpms/hello" };
const site = "https://github.example";
const branch = "/api/v3/repos/rpms/hello/git/ref/heads%2Fmain";
const list = "/api/v3/repos/rpms/hello/pulls";
const token = new Secret("sesame");

function forge() {
  return createGitHubForge({
    name: "forge.example",
    url: site,
    authentication: { kind: "token", token },
    clock,
  });
}

answerByHand();

describe("GitHub", () => {
  it.each([
    [{ "retry-after": "60" }, 60],
    [{ "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(now.getTime() / 1000 + 900) }, 900],
    [{}, 60],
  ])("403 over its limits with %j names the time", async (headers, seconds) => {
    const message = "You have exceeded a secondary rate limit.";
    nock(site).get(branch).reply(403, { message }, headers);
    const error = await failure(forge().findBranch(repository, "main"));
    expect(error).toBeInstanceOf(RetryLater);
    expect(error).toMatchObject({ notBefore: new Date(now.getTime() + seconds * 1000) });
  });

  it("does not tell of webhooks over its limits, which is no want of rights", async () => {
    const hooks = nock(site).get("/api/v3/repos/rpms/hello/hooks").query(true);
    hooks.reply(403, { message: "You have exceeded a secondary rate limit." });
    expect(await failure(forge().hooks?.look(repository) ?? Promise.resolve())).toBeInstanceOf(RetryLater);
  });

  it("says that a repository is empty, which has no branches then", async () => {
    nock(site).get(branch).reply(409, { message: "Git Repository is empty." });
    expect(await forge().findBranch(repository, "main")).toBeUndefined();
  });

  const pull = {
    number: 7,
    state: "open",
    node_id: "PR_1",
    merged_at: null,
    title: "t",
    body: null,
    draft: false,
    user: null,
    head: { ref: "a", sha: "abc", repo: null },
    base: { ref: "b" },
    labels: [],
    html_url: "https://github.example/rpms/hello/pull/7",
  };
  const wanted = {
    repository,
    sourceBranch: "a",
    targetBranch: "b",
    title: "t",
    description: "",
    draft: true,
  };
  const fromHere = { ...pull, head: { ...pull.head, repo: { full_name: "rpms/hello" } } };

  it("has a merge request of a deleted account from a deleted fork", async () => {
    nock(site).get(`${list}/7`).reply(200, pull);
    const found = await forge().findMergeRequest({ repository, number: 7 });
    expect(found).toMatchObject({ author: { login: "ghost" }, description: "" });
    expect(found?.source.repository).toBeUndefined();
  });

  it("refuses a duplicate, and the one that was faster is taken", async () => {
    const message = "A pull request already exists for rpms:a.";
    nock(site)
      .get(list)
      .query({ state: "open", head: "rpms:a", base: "b", per_page: 100, page: 1 })
      .reply(200, []);
    nock(site)
      .post(list)
      .reply(422, { message: "Validation Failed", errors: [{ code: "custom", message }] });
    nock(site).get(list).query(true).reply(200, [fromHere]);
    expect(await forge().ensureMergeRequest(wanted)).toMatchObject({ ref: { number: 7 } });
  });

  it("knows no drafts in this repository, so it is opened as it can be", async () => {
    const message = "Draft pull requests are not supported in this repository.";
    nock(site).get(list).query(true).reply(200, []);
    nock(site)
      .post(list, { title: "t", body: "", head: "a", base: "b", draft: true })
      .reply(422, { message });
    nock(site).post(list, { title: "t", body: "", head: "a", base: "b", draft: false }).reply(201, fromHere);
    expect(await forge().ensureMergeRequest(wanted)).toMatchObject({ draft: false });
  });

  it("refuses with its own sentence", async () => {
    const errors = [{ resource: "PullRequest", code: "custom", message: "No commits between b and a" }];
    nock(site).get(list).query(true).reply(200, []);
    nock(site).post(list).reply(422, { message: "Validation Failed", errors });
    const error = await failure(forge().ensureMergeRequest(wanted));
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ message: "forge.example refuses: No commits between b and a" });
  });

  it("has more merge requests than fit on a page", async () => {
    const page = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => ({ ...fromHere, number: from + index }));
    const next = { link: `<${site}${list}?page=2>; rel="next", <${site}${list}?page=2>; rel="last"` };
    nock(site)
      .get(list)
      .query({ state: "all", sort: "created", direction: "asc", per_page: 100, page: 1 })
      .reply(200, page(1, 100), next);
    nock(site)
      .get(list)
      .query((query) => query.page === "2")
      .reply(200, page(101, 5));
    expect(await all(forge().listMergeRequests(repository, {}))).toHaveLength(105);
  });

  it("lets nothing be said in a locked conversation, which keeps nothing else back", async () => {
    const issues = "/api/v3/repos/rpms/hello/issues";
    const locked = { message: "Unable to create comment because issue is locked." };
    nock(site).get("/api/v3/user").reply(200, { id: 3, login: "bot", name: "Bot", email: null });
    nock(site).get(`${issues}/7/comments`).query(true).reply(200, []);
    nock(site).post(`${issues}/7/comments`).reply(403, locked);
    nock(site).post(`${issues}/comments/5/reactions`).reply(403, locked);
    const on = { repository, number: 7 };
    await forge().ensureComment(on, { topic: "mirror", text: "Mirrored." });
    await forge().ensureReaction({ mergeRequest: on, id: 5 }, "done");
  });

  const commits = "/api/v3/repos/rpms/hello/commits/abc";
  const checkRun = (id: number, fields: object) => ({
    id,
    name: "build",
    status: "completed",
    conclusion: "success",
    details_url: "https://ci.example/1",
    html_url: null,
    output: { title: null },
    check_suite: { id: 1 },
    ...fields,
  });
  const results = async (statuses: readonly object[], checkRuns: readonly object[]) => {
    nock(site).get(`${commits}/status`).query(true).reply(200, { statuses });
    nock(site).get(`${commits}/check-runs`).query(true).reply(200, { total_count: 0, check_runs: checkRuns });
    return all(forge().listCommitStatuses({ repository, commit: "abc" }));
  };

  it.each([
    ["success", "success"],
    ["failure", "failure"],
    ["timed_out", "failure"],
    ["action_required", "manual"],
    ["startup_failure", "error"],
    ["cancelled", "canceled"],
    ["stale", "canceled"],
    ["neutral", "neutral"],
    ["skipped", "skipped"],
  ])("concludes %s, which is %s", async (conclusion, state) => {
    expect(await results([], [checkRun(1, { conclusion })])).toMatchObject([
      {
        context: "build",
        state,
        description: conclusion.replaceAll("_", " "),
        targetUrl: "https://ci.example/1",
      },
    ]);
  });

  it.each([
    ["queued", "pending"],
    ["waiting", "manual"],
    ["in_progress", "running"],
  ])("has a check run %s, which is %s", async (status, state) => {
    const [result] = await results([], [checkRun(1, { status, conclusion: null })]);
    expect(result?.state).toBe(state);
  });

  it("counts the newest run of a suite, and the gravest of several suites", async () => {
    const again = [checkRun(1, { conclusion: "failure" }), checkRun(2, {})];
    expect(await results([], again)).toMatchObject([{ context: "build", state: "success" }]);
    const elsewhere = checkRun(3, { conclusion: "failure", check_suite: { id: 2 } });
    expect(await results([], [...again, elsewhere])).toMatchObject([{ context: "build", state: "failure" }]);
  });

  it("tells a check run from a status of the same name", async () => {
    const status = { context: "build", state: "failure", description: null, target_url: null };
    expect(await results([status], [checkRun(1, {})])).toMatchObject([
      { context: "build", state: "failure", description: "" },
      { context: "build (check run)", state: "success" },
    ]);
  });
});
