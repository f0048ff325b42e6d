import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { SandboxRepository } from "../../src/sandbox/model.js";
import { type GitHubForge, startGitHub } from "./github-forge.js";

let forge: GitHubForge;
let ada: ReturnType<GitHubForge["person"]>;
let ben: ReturnType<GitHubForge["person"]>;
let tally: SandboxRepository;

beforeAll(async () => {
  forge = await startGitHub();
  ada = forge.person("ada");
  ben = forge.person("ben");
  tally = await forge.store.createRepository({ path: "ada/tally", owner: ada.user, private: false });
  const files = { "README.md": "Tally adds.\n", "src/tally.c": "int main;\n" };
  await forge.commit(tally, { branch: "main", files, message: "Begin", by: ada.user });
});
afterAll(() => forge.close());

describe("a repository on the GitHub sandbox", () => {
  it("is made by its owner, and once", async () => {
    const made = await ada.api.post("/user/repos", { name: "made" });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ full_name: "ada/made", default_branch: "main", private: false });
    const again = await ada.api.post("/user/repos", { name: "made" });
    expect(again.status).toBe(422);
    expect(again.body).toMatchObject({
      message: "Validation Failed",
      errors: [{ message: "name already exists on this account" }],
    });
  });

  it("is made in an organisation, which nobody else may fill", async () => {
    const made = await ada.api.post("/orgs/acme/repos", { name: "shared" });
    expect(made.body).toMatchObject({ full_name: "acme/shared", owner: { type: "Organization" } });
    expect((await ben.api.post("/orgs/acme/repos", { name: "mine" })).status).toBe(404);
    expect((await ben.api.post("/orgs/ada/repos", { name: "mine" })).status).toBe(404);
  });

  it("is read by everybody when public, and by nobody else when private", async () => {
    expect((await forge.api().get("/repos/ada/tally")).status).toBe(200);
    const hidden = await forge.store.createRepository({ path: "ada/hidden", owner: ada.user, private: true });
    expect((await forge.api().get("/repos/ada/hidden")).body).toMatchObject({ message: "Not Found" });
    expect((await ben.api.get("/repos/ada/hidden/pulls")).status).toBe(404);
    expect((await ben.api.get(`/repositories/${hidden.id}`)).status).toBe(404);
    expect((await ada.api.get(`/repositories/${hidden.id}`)).body).toMatchObject({ full_name: "ada/hidden" });
    expect((await ben.api.get("/repos/ada/nothing")).status).toBe(404);
  });

  it("says what its reader may do", async () => {
    expect((await ada.api.get("/repos/ada/tally")).body).toMatchObject({ permissions: { admin: true } });
    expect((await ben.api.get("/repos/ada/tally")).body).toMatchObject({
      permissions: { admin: false, push: false, pull: true },
    });
    expect((await forge.app.get("/repos/ada/tally")).body).toMatchObject({ permissions: { push: true } });
    const permission = "/repos/ada/tally/collaborators";
    expect((await forge.app.get(`${permission}/ada/permission`)).body).toMatchObject({ permission: "admin" });
    expect((await forge.app.get(`${permission}/ben/permission`)).body).toMatchObject({ permission: "read" });
    expect((await forge.app.get(`${permission}/zoe/permission`)).status).toBe(404);
  });

  it("is forked once by each person", async () => {
    const zoe = forge.person("zoe");
    const forked = await zoe.api.post("/repos/ada/tally/forks");
    expect(forked.status).toBe(202);
    expect(forked.body).toMatchObject({
      full_name: "zoe/tally",
      fork: true,
      parent: { full_name: "ada/tally" },
    });
    await zoe.api.post("/repos/ada/tally/forks");
    expect((await ben.api.get("/repos/ada/tally/forks")).body).toHaveLength(1);
  });

  it("takes a webhook from its administrators only, and keeps the secret to itself", async () => {
    const wanted = { config: { url: "http://127.0.0.1:9/hook", secret: "hush", content_type: "json" } };
    expect((await ben.api.post("/repos/ada/tally/hooks", wanted)).status).toBe(403);
    const made = await ada.api.post("/repos/ada/tally/hooks", {
      ...wanted,
      events: ["push", "pull_request"],
    });
    expect(made.status).toBe(201);
    expect(JSON.stringify(made.body)).not.toContain("hush");
    expect((await ada.api.post("/repos/ada/tally/hooks", wanted)).status).toBe(422);
    const [hook] = (await ada.api.get("/repos/ada/tally/hooks")).body as [{ id: number }];
    expect((await ada.api.get(`/repos/ada/tally/hooks/${hook.id}`)).status).toBe(200);
    expect((await ada.api.delete(`/repos/ada/tally/hooks/${hook.id}`)).status).toBe(204);
    expect((await ada.api.get("/repos/ada/tally/hooks")).body).toEqual([]);
  });
});

describe("the contents of a repository on the GitHub sandbox", () => {
  it("are files, folders and raw bytes", async () => {
    const readme = await forge.api().get("/repos/ada/tally/contents/README.md?ref=main");
    expect(readme.body).toMatchObject({ type: "file", encoding: "base64", size: 12 });
    expect(Buffer.from((readme.body as { content: string }).content, "base64").toString()).toBe(
      "Tally adds.\n",
    );
    const accept = { accept: "application/vnd.github.raw+json" };
    const raw = await fetch(`${forge.store.url}/api/v3/repos/ada/tally/contents/src/tally.c`, {
      headers: accept,
    });
    expect(await raw.text()).toBe("int main;\n");
    expect((await forge.api().get("/repos/ada/tally/contents/src")).body).toMatchObject([
      { type: "file", path: "src/tally.c" },
    ]);
    expect((await forge.api().get("/repos/ada/tally/contents")).body).toHaveLength(2);
    expect((await forge.api().get("/repos/ada/tally/contents/none")).status).toBe(404);
    expect((await forge.api().get("/repos/ada/tally/contents/README.md?ref=none")).body).toMatchObject({
      message: "No commit found for the ref none",
    });
  });

  it("are branches and refs, which move as git would move them", async () => {
    const main = await forge.store.branch(tally, "main");
    const created = await ada.api.post("/repos/ada/tally/git/refs", {
      ref: "refs/heads/side/one",
      sha: main,
    });
    expect(created.body).toMatchObject({ ref: "refs/heads/side/one", object: { sha: main } });
    expect(
      (await ada.api.post("/repos/ada/tally/git/refs", { ref: "refs/heads/side/one", sha: main })).body,
    ).toMatchObject({ message: "Reference already exists" });
    const unknown = { ref: "refs/heads/odd", sha: "0123456789012345678901234567890123456789" };
    expect((await ada.api.post("/repos/ada/tally/git/refs", unknown)).body).toMatchObject({
      message: "Object does not exist",
    });
    expect((await ben.api.post("/repos/ada/tally/git/refs", unknown)).status).toBe(403);

    const next = await forge.commit(tally, { branch: "side/one", files: { a: "1" }, by: ada.user });
    expect((await ada.api.get("/repos/ada/tally/git/ref/heads/side/one")).body).toMatchObject({
      object: { sha: next },
    });
    const back = await ada.api.patch("/repos/ada/tally/git/refs/heads/side/one", { sha: main });
    expect(back.body).toMatchObject({ message: "Update is not a fast forward" });
    const forced = await ada.api.patch("/repos/ada/tally/git/refs/heads/side/one", {
      sha: main,
      force: true,
    });
    expect(forced.body).toMatchObject({ object: { sha: main } });
    expect((await ada.api.get("/repos/ada/tally/branches/side/one")).body).toMatchObject({
      name: "side/one",
      commit: { sha: main },
    });
    expect((await ada.api.get("/repos/ada/tally/git/matching-refs/heads/side")).body).toHaveLength(1);
    expect((await ada.api.delete("/repos/ada/tally/git/refs/heads/side/one")).status).toBe(204);
    expect((await ada.api.get("/repos/ada/tally/branches/side/one")).body).toMatchObject({
      message: "Branch not found",
    });
    expect((await ada.api.get("/repos/ada/tally/git/ref/heads/side/one")).status).toBe(404);
    expect((await ada.api.get("/repos/ada/tally/branches")).body).toMatchObject([{ name: "main" }]);
  });

  it("are commits, alone, in a row and compared", async () => {
    const by = ada.user;
    const first = await forge.store.branch(tally, "main");
    const files = { "README.md": "Tally adds up.\n" };
    const second = await forge.commit(tally, { branch: "fix", from: "main", files, message: "Fix it", by });
    expect((await ben.api.get("/repos/ada/tally/commits?sha=fix")).body).toMatchObject([
      { sha: second, commit: { message: "Fix it" }, author: { login: "ada" } },
      { sha: first },
    ]);
    expect((await ben.api.get("/repos/ada/tally/commits/heads/fix")).body).toMatchObject({
      sha: second,
      stats: { additions: 1, deletions: 1, total: 2 },
      files: [
        { filename: "README.md", status: "modified", patch: expect.stringContaining("+Tally adds up.") },
      ],
    });
    expect((await ben.api.get(`/repos/ada/tally/git/commits/${second}`)).body).toMatchObject({ sha: second });
    expect((await ben.api.get("/repos/ada/tally/compare/main...fix")).body).toMatchObject({
      status: "ahead",
      ahead_by: 1,
      behind_by: 0,
      commits: [{ sha: second }],
      files: [{ filename: "README.md" }],
    });
    expect((await ben.api.get("/repos/ada/tally/compare/fix...main")).body).toMatchObject({
      status: "behind",
    });
    expect((await ben.api.get("/repos/ada/tally/compare/main...none")).status).toBe(404);
    expect((await ben.api.get("/repos/ada/tally/commits/none")).body).toMatchObject({
      message: "No commit found for SHA: none",
    });
  });

  it("are compared with a fork's", async () => {
    const zoe = forge.person("zoe");
    const fork = await forge.store.fork(tally, forge.person("kim").user);
    const sha = await forge.commit(fork, { branch: "idea", from: "main", files: { b: "2" }, by: zoe.user });
    expect((await zoe.api.get("/repos/ada/tally/compare/main...kim:idea")).body).toMatchObject({
      status: "ahead",
      commits: [{ sha }],
    });
  });
});

describe("an account on the GitHub sandbox", () => {
  it("is shown to itself and to others", async () => {
    expect((await ada.api.get("/user")).body).toMatchObject({ login: "ada", type: "User" });
    expect((await forge.api().get("/user")).body).toMatchObject({ message: "Requires authentication" });
    expect((await ben.api.get("/users/ada")).body).toMatchObject({ login: "ada", name: "Ada" });
    expect((await ben.api.get("/users/sluice[bot]")).body).toMatchObject({ type: "Bot" });
    expect((await ben.api.get("/users/nobody")).status).toBe(404);
  });

  it("gives its token in any of the three ways, and no other", async () => {
    const token = forge.store.createInstallationToken().token;
    for (const way of [`token ${token}`, `Bearer ${token}`, `Basic ${btoa(`x-access-token:${token}`)}`]) {
      expect((await forge.api(way).get("/installation/repositories")).status).toBe(200);
    }
    expect((await forge.api("token wrong").get("/repos/ada/tally")).body).toMatchObject({
      message: "Bad credentials",
      status: "401",
    });
  });
});

describe("an answer of the GitHub sandbox", () => {
  it("comes in pages that name one another", async () => {
    for (let count = 0; count < 5; count += 1) {
      await forge.commit(tally, {
        branch: "long",
        from: "main",
        files: { count: String(count) },
        by: ada.user,
      });
    }
    const page = (number: number) =>
      ada.api.get(`/repos/ada/tally/commits?sha=long&per_page=2&page=${number}`);
    const second = await page(2);
    expect(second.body).toHaveLength(2);
    const link = second.headers.get("link") ?? "";
    const target = (relation: string) => new RegExp(`<([^>]*)>; rel="${relation}"`).exec(link)?.[1];
    expect(target("next")).toBe(
      `${forge.store.url}/api/v3/repos/ada/tally/commits?sha=long&per_page=2&page=3`,
    );
    expect(target("last")).toContain("page=3");
    expect(target("prev")).toContain("page=1");
    expect(target("first")).toContain("page=1");
    expect((await page(3)).headers.get("link")).not.toContain('rel="next"');
    expect((await page(4)).body).toEqual([]);
  });

  it("is 304 and free of charge to whom has it already", async () => {
    const first = await ben.api.get("/repos/ada/tally/branches/main");
    const left = first.headers.get("x-ratelimit-remaining");
    const etag = first.headers.get("etag") ?? "";
    const again = await ben.api.get("/repos/ada/tally/branches/main", { "if-none-match": etag });
    expect(again.status).toBe(304);
    expect(again.headers.get("x-ratelimit-remaining")).toBe(left);
    await forge.commit(tally, { branch: "main", files: { more: "more" }, by: ada.user });
    expect((await ben.api.get("/repos/ada/tally/branches/main", { "if-none-match": etag })).status).toBe(200);
  });

  it("shows the budget of its caller", async () => {
    const before = await ben.api.get("/rate_limit");
    const { rate } = before.body as { rate: { limit: number; remaining: number } };
    expect(rate.limit).toBe(5000);
    await ben.api.get("/users/ada");
    const after = await ben.api.get("/rate_limit");
    expect(after.body).toMatchObject({ rate: { remaining: rate.remaining - 1 } });
  });

  it("is 404 in JSON for what GitHub does not have", async () => {
    const answer = await fetch(`${forge.store.url}/api/v3/repos/ada/tally/pipelines`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ message: "Not Found" });
  });

  it("refuses what is no JSON and what has the wrong shape", async () => {
    const headers = { authorization: `token ${forge.store.createInstallationToken().token}` };
    const broken = await fetch(`${forge.store.url}/api/v3/user/repos`, {
      method: "POST",
      body: "{",
      headers,
    });
    expect(broken.status).toBe(400);
    expect(await broken.json()).toMatchObject({ message: "Problems parsing JSON" });
    expect((await ada.api.post("/user/repos", {})).body).toMatchObject({
      message: `Invalid request.\n\n"name" wasn't supplied.`,
    });
    const refused = await ada.api.post("/repos/ada/tally/git/refs", { ref: 7, sha: "x" });
    expect(refused.status).toBe(422);
  });
});
