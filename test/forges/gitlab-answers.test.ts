import { describe, expect, it } from "@jest/globals";
import nock from "nock";
import { RetryLater, UserError } from "../../src/domain/errors.js";
import { Secret } from "../../src/domain/secret.js";
import { createGitLabForge } from "../../src/forges/gitlab/adapter.js";
import { all, failure } from "./outcomes.js";
import { answerByHand } from "./prepared-answers.js";

const now = new Date("2026-11-21T12:00:00Z");
const clock = { now: () => now };
const repository = { forge: "forge.example", path: "rpms/hello" };
const site = "https://gitlab.example";
const project = "/api/v4/projects/rpms%2Fhello";
const list = `${project}/merge_requests`;

function forge() {
  return createGitLabForge({ name: "forge.example", url: site, token: new Secret("sesame"), clock });
}

answerByHand();

describe("GitLab", () => {
  const mergeRequest = {
    iid: 7,
    state: "opened",
    title: "[draft] draft:  (DRAFT) Greet",
    description: null,
    draft: true,
    author: { id: 3, username: "robin" },
    source_project_id: 5,
    target_project_id: 5,
    labels: [],
    source_branch: "a",
    target_branch: "b",
    sha: "abc",
    web_url: "https://gitlab.example/rpms/hello/-/merge_requests/7",
  };
  const wanted = {
    repository,
    sourceBranch: "a",
    targetBranch: "b",
    title: "t",
    description: "",
    draft: false,
  };

  it("429 without Retry-After names the time of its reset", async () => {
    const reset = String(now.getTime() / 1000 + 45);
    nock(site)
      .get(`${list}/7`)
      .reply(429, "Retry later\n", { "content-type": "text/plain", "ratelimit-reset": reset });
    const error = await failure(forge().findMergeRequest({ repository, number: 7 }));
    expect(error).toMatchObject({ notBefore: new Date(now.getTime() + 45_000) });
  });

  it("keeps drafts in the title, in many ways", async () => {
    nock(site).get(`${list}/7`).reply(200, mergeRequest);
    expect(await forge().findMergeRequest({ repository, number: 7 })).toMatchObject({
      title: "Greet",
      draft: true,
    });
  });

  it("has not worked out the head yet: time helps", async () => {
    nock(site)
      .get(`${list}/7`)
      .reply(200, { ...mergeRequest, sha: null });
    expect(await failure(forge().findMergeRequest({ repository, number: 7 }))).toBeInstanceOf(RetryLater);
  });

  it("has one in a list of which it never worked out the head: the others are there all the same", async () => {
    nock(site)
      .get(list)
      .query(true)
      .reply(200, [{ ...mergeRequest, iid: 6, sha: null }, mergeRequest]);
    const found = await all(forge().listMergeRequests(repository, { state: "open" }));
    expect(found.map(({ ref }) => ref.number)).toEqual([7]);
  });

  it("has a merge request whose fork is gone", async () => {
    nock(site)
      .get(`${list}/7`)
      .reply(200, { ...mergeRequest, source_project_id: null });
    const found = await forge().findMergeRequest({ repository, number: 7 });
    expect(found?.source).toEqual({ repository: undefined, branch: "a" });
  });

  it("refuses a duplicate, and the one that was faster is taken", async () => {
    const message = ["Another open merge request already exists for this source branch: !7"];
    nock(site)
      .get(list)
      .query((query) => query.state === "opened" && query.source_branch === "a")
      .reply(200, []);
    nock(site).post(list).reply(409, { message });
    nock(site).get(list).query(true).reply(200, [mergeRequest]);
    expect(await forge().ensureMergeRequest(wanted)).toMatchObject({ ref: { number: 7 } });
  });

  it.each([
    [{ message: ["Target branch does not exist"] }, "Target branch does not exist"],
    [{ message: { base: ["Nope"], title: ["is too long", "is odd"] } }, "Nope; title is too long; is odd"],
    [{ error: "title is empty" }, "title is empty"],
  ])("refuses with its own sentence: %j", async (body, sentence) => {
    nock(site).get(list).query(true).reply(200, []);
    nock(site).post(list).reply(422, body);
    const error = await failure(forge().ensureMergeRequest(wanted));
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ message: `forge.example refuses: ${sentence}` });
  });

  it("has more merge requests than fit on a page", async () => {
    const page = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => ({ ...mergeRequest, iid: from + index }));
    nock(site)
      .get(list)
      .query((query) => query.page === "1" && query.per_page === "100")
      .reply(200, page(1, 100), { "x-next-page": "2" });
    nock(site)
      .get(list)
      .query((query) => query.page === "2")
      .reply(200, page(101, 5), { "x-next-page": "" });
    expect(await all(forge().listMergeRequests(repository, {}))).toHaveLength(105);
  });

  describe("on commit statuses", () => {
    const statuses = `${project}/repository/commits/abc/statuses`;
    const held = (status: string) => ({
      id: 1,
      name: "sluice",
      status,
      description: "mirroring…",
      target_url: null,
      ref: "a",
      allow_failure: false,
      author: { id: 3 },
    });
    const on = {
      mergeRequest: {
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
      },
      commit: "abc",
    } as const;
    const pending = { context: "sluice", state: "pending", description: "mirroring…" } as const;
    const cannot =
      'Cannot transition status via :enqueue from :pending (Reason(s): Status cannot transition via "enqueue")';

    /** Asks who we are, and whether the commit has a merge request's own pipeline. */
    function identified(from = project) {
      nock(site).get("/api/v4/user").reply(200, { id: 3, username: "bot", name: "Bot" });
      nock(site).get(`${from}/pipelines`).query(true).reply(200, []);
    }

    it("refuses what holds already, which is well", async () => {
      identified();
      nock(site).post(`${project}/statuses/abc`).reply(400, { message: cannot });
      nock(site)
        .get(statuses)
        .query(true)
        .reply(200, [held("pending")]);
      expect(await forge().ensureCommitStatuses(on, [pending])).toBe("set");
    });

    it("refuses what does not hold, so it is tried again later", async () => {
      identified();
      nock(site).post(`${project}/statuses/abc`).reply(400, { message: cannot });
      nock(site)
        .get(statuses)
        .query(true)
        .reply(200, [held("running")]);
      expect(await failure(forge().ensureCommitStatuses(on, [pending]))).toBeInstanceOf(RetryLater);
    });

    it("is busy with another one", async () => {
      identified();
      nock(site)
        .post(`${project}/statuses/abc`)
        .reply(409, { message: "Another update to this commit status is in progress" });
      expect(await failure(forge().ensureCommitStatuses(on, [pending]))).toBeInstanceOf(RetryLater);
    });

    it("takes one of a fork in the target project where the fork is closed to us", async () => {
      const fork = { forge: "forge.example", path: "robin/hello" };
      const source = { repository: fork, branch: "a" };
      const theirs = "/api/v4/projects/robin%2Fhello";
      identified(theirs);
      const body = {
        state: "pending",
        ref: "refs/merge-requests/7/head",
        name: "sluice",
        description: "mirroring…",
      };
      nock(site).post(`${theirs}/statuses/abc`).reply(403, { message: "403 Forbidden" });
      nock(site).post(`${project}/statuses/abc`, body).reply(201, held("pending"));
      const mergeRequest = { ...on.mergeRequest, source };
      expect(await forge().ensureCommitStatuses({ ...on, mergeRequest }, [pending])).toBe("set");
    });

    it("takes one of a fork nowhere, and says so", async () => {
      identified();
      const source = { repository: undefined, branch: "a" };
      nock(site).post(`${project}/statuses/abc`).reply(404, { message: "404 Commit Not Found" });
      const mergeRequest = { ...on.mergeRequest, source };
      expect(await forge().ensureCommitStatuses({ ...on, mergeRequest }, [pending])).toBe("refused");
    });

    it("takes none on a protected branch to which we may not push, and says so", async () => {
      identified();
      nock(site).post(`${project}/statuses/abc`).reply(403, { message: "403 Forbidden" });
      expect(await forge().ensureCommitStatuses(on, [pending])).toBe("refused");
    });

    it("lists the newest of each name, and the newest pipeline that is not of outsiders", async () => {
      nock(site)
        .get(statuses)
        .query(true)
        .reply(200, [
          { ...held("failed"), id: 1, name: "test" },
          { ...held("success"), id: 2, name: "test", target_url: "https://gitlab.example/jobs/2" },
          { ...held("failed"), id: 3, name: "lint", allow_failure: true },
          { ...held("manual"), id: 4, name: "deploy", allow_failure: true, description: null },
          { ...held("waiting_for_resource"), id: 5, name: "queue" },
        ]);
      const pipeline = { status: "failed", sha: "abc", web_url: "https://gitlab.example/pipelines/9" };
      nock(site)
        .get(`${project}/pipelines`)
        .query(true)
        .reply(200, [
          { ...pipeline, id: 10, source: "external" },
          { ...pipeline, id: 9, source: "push" },
          { ...pipeline, id: 8, status: "success", source: "push" },
        ]);
      nock(site).get(`${project}/pipelines/9/bridges`).query(true).reply(200, []);
      const listed = await all(forge().listCommitStatuses({ repository, commit: "abc" }));
      expect(listed.map(({ context, state }) => [context, state])).toEqual([
        ["test", "success"],
        ["lint", "allowed-failure"],
        ["deploy", "skipped"],
        ["queue", "pending"],
        ["pipeline", "failure"],
      ]);
      expect(listed.at(-1)?.targetUrl).toBe("https://gitlab.example/pipelines/9");
    });

    it("lists the pipeline of a merge train under the commit that it merges, and no other's", async () => {
      const statusesOf = (commit: string) => `${project}/repository/commits/${commit}/statuses`;
      const train = { ref: "refs/merge-requests/7/train", source: "merge_request_event", status: "failed" };
      nock(site).get(statusesOf("abc")).query(true).reply(200, []);
      nock(site)
        .get(`${list}/7/pipelines`)
        .query(true)
        .reply(200, [
          { ...train, id: 12, sha: "train-of-another", web_url: "https://gitlab.example/pipelines/12" },
          { ...train, id: 11, sha: "train", web_url: "https://gitlab.example/pipelines/11" },
        ]);
      const parents = { train: ["main", "abc"], "train-of-another": ["main", "def"] };
      for (const [commit, parent_ids] of Object.entries(parents)) {
        nock(site).get(`${project}/repository/commits/${commit}`).query(true).reply(200, { parent_ids });
      }
      const job = { ...held("failed"), id: 5, name: "build", pipeline_id: 11 };
      nock(site).get(statusesOf("train")).query(true).reply(200, [job]);
      nock(site).get(`${project}/pipelines/11/bridges`).query(true).reply(200, []);

      const as = { mergeRequest: { repository, number: 7 } };
      const listed = await all(forge().listCommitStatuses({ repository, commit: "abc" }, as));
      expect(listed.map(({ context, state }) => [context, state])).toEqual([
        ["build", "failure"],
        ["merge train pipeline", "failure"],
      ]);
    });

    it("lists no pipelines where the project has no CI", async () => {
      nock(site)
        .get(statuses)
        .query(true)
        .reply(200, [held("success")]);
      nock(site).get(`${project}/pipelines`).query(true).reply(403, { message: "403 Forbidden" });
      expect(await all(forge().listCommitStatuses({ repository, commit: "abc" }))).toHaveLength(1);
    });
  });
});
