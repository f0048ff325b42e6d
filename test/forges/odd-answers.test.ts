import { inspect } from "node:util";
import { describe, expect, it } from "@jest/globals";
import nock from "nock";
import { OperatorError, RetryLater } from "../../src/domain/errors.js";
import { Secret } from "../../src/domain/secret.js";
import { createGitHubForge } from "../../src/forges/github/adapter.js";
import { createGitLabForge } from "../../src/forges/gitlab/adapter.js";
import { failure } from "./outcomes.js";
import { answerByHand } from "./prepared-answers.js";

const now = new Date("2026-11-21T12:00:00Z");
const clock = { now: () => now };
const secret = "sesame-open-0123456789";
const repository = { forge: "forge.example", path: "rpms/hello" };

const dialects = [
  {
    kind: "GitHub",
    forge: () =>
      createGitHubForge({
        name: "forge.example",
        url: "https://github.example",
        authentication: { kind: "token", token: new Secret(secret) },
        clock,
      }),
    site: "https://github.example",
    branch: "/api/v3/repos/rpms/hello/git/ref/heads%2Fmain",
    tip: { ref: "refs/heads/main", object: { type: "commit", sha: "abc" } },
    list: "/api/v3/repos/rpms/hello/pulls",
  },
  {
    kind: "GitLab",
    forge: () =>
      createGitLabForge({
        name: "forge.example",
        url: "https://gitlab.example/",
        token: new Secret(secret),
        clock,
      }),
    site: "https://gitlab.example",
    branch: "/api/v4/projects/rpms%2Fhello/repository/branches/main",
    tip: { name: "main", commit: { id: "abc" } },
    list: "/api/v4/projects/rpms%2Fhello/merge_requests",
  },
] as const;

answerByHand();

describe.each(dialects)("$kind answers oddly", ({ forge, site, branch, tip, list }) => {
  const find = () => forge().findBranch(repository, "main");

  it.each([500, 502, 503, 504])("%i: time helps, and nothing is asked twice", async (status) => {
    nock(site).get(branch).reply(status, "<html>Whoops</html>", { "content-type": "text/html" });
    expect(await failure(find())).toBeInstanceOf(RetryLater);
  });

  it("with an error page that calls itself JSON", async () => {
    nock(site).get(branch).reply(500, "<html>Whoops</html>", { "content-type": "application/json" });
    expect(await failure(find())).toBeInstanceOf(RetryLater);
  });

  it.each([
    ["120", 120],
    ["Sat, 21 Nov 2026 12:05:00 GMT", 300],
  ])("429 with Retry-After %s", async (value, seconds) => {
    nock(site).get(branch).reply(429, { message: "slow down" }, { "retry-after": value });
    const error = await failure(find());
    expect(error).toBeInstanceOf(RetryLater);
    expect(error).toMatchObject({ notBefore: new Date(now.getTime() + seconds * 1000) });
  });

  it("503 with Retry-After", async () => {
    nock(site).get(branch).reply(503, "", { "retry-after": "30" });
    expect(await failure(find())).toMatchObject({ notBefore: new Date(now.getTime() + 30_000) });
  });

  it("with a connection that breaks", async () => {
    nock(site)
      .get(branch)
      .replyWithError(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }));
    const error = await failure(find());
    expect(error).toBeInstanceOf(RetryLater);
    expect(String(error)).toContain("forge.example does not answer GET /");
  });

  it("with success in an unknown shape: the operator hears which field", async () => {
    const field = "commit" in tip ? "commit" : "object";
    nock(site)
      .get(branch)
      .reply(200, { [field]: "abc" });
    const error = await failure(find());
    expect(error).toBeInstanceOf(OperatorError);
    expect(String(error)).toContain(`has an unknown shape at ${field}`);
  });

  it("with a page instead of JSON", async () => {
    nock(site).get(branch).reply(200, "<html>Sign in</html>", { "content-type": "application/json" });
    expect(await failure(find())).toBeInstanceOf(OperatorError);
  });

  it("from its new address on the same host", async () => {
    nock(site)
      .get(branch)
      .reply(301, "", { location: `${site}/moved` });
    nock(site).get("/moved").reply(200, tip);
    expect(await find()).toBe("abc");
  });

  it("from another host, which never gets our token", async () => {
    nock(site).get(branch).reply(302, "", { location: "https://elsewhere.example/moved" });
    const error = await failure(find());
    expect(error).toBeInstanceOf(OperatorError);
    expect(String(error)).toContain("has moved to https://elsewhere.example/moved");
  });

  it("that what we change has moved: it is not turned into a question", async () => {
    nock(site).get(list).query(true).reply(200, []);
    nock(site)
      .post(list)
      .reply(301, "", { location: `${site}/moved` });
    const wanted = { sourceBranch: "a", targetBranch: "b", title: "t", description: "", draft: false };
    expect(await failure(forge().ensureMergeRequest({ repository, ...wanted }))).toBeInstanceOf(
      OperatorError,
    );
  });

  it.each([401, 403])("%i: the operator is called and the token is nowhere in the error", async (status) => {
    nock(site).get(branch).reply(status, { message: "no" });
    const error = await failure(find());
    expect(error).toBeInstanceOf(OperatorError);
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(secret);
  });

  it("while the token has a line break, which is found out before it is used", () => {
    const broken = new Secret(`${secret}\n`);
    const settings = { name: "forge.example", url: site, clock };
    const create = () =>
      site.includes("hub")
        ? createGitHubForge({ ...settings, authentication: { kind: "token", token: broken } })
        : createGitLabForge({ ...settings, token: broken });
    expect(create).toThrow(OperatorError);
    expect(create).not.toThrow(secret);
  });
});
