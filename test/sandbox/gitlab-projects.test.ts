import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { SandboxRepository } from "../../src/sandbox/model.js";
import { type GitLabForge, type Person, startGitLab } from "./gitlab-forge.js";

let forge: GitLabForge;
let owner: Person;
let guest: Person;
let project: SandboxRepository;
let path: string;

beforeEach(async () => {
  forge = await startGitLab();
  owner = forge.person("ines");
  guest = forge.person("robin");
  project = await forge.project("rpms/tally", owner);
  path = `/projects/${project.id}`;
});

afterEach(() => forge.close());

const encoded = `/projects/${encodeURIComponent("rpms/tally")}`;

describe("who asks", () => {
  it("is known by PRIVATE-TOKEN and by Bearer alike", async () => {
    for (const headers of [{ "private-token": owner.token }, { authorization: `Bearer ${owner.token}` }]) {
      const answer = await forge.api(headers).get("/user");
      expect(answer.body).toMatchObject({ id: owner.user.id, username: "ines" });
    }
  });

  it("is refused with a token that nobody has", async () => {
    const answer = await forge.api({ "private-token": "glpat-wrong" }).get(path);
    expect(answer).toMatchObject({ status: 401, body: { message: "401 Unauthorized" } });
  });

  it("sees how much of the minute's budget is left", async () => {
    const first = await guest.api.get("/version");
    const second = await guest.api.get("/metadata");
    expect(first.headers.get("ratelimit-limit")).toBe("2000");
    expect(Number(second.headers.get("ratelimit-observed"))).toBe(2);
    expect(Number(second.headers.get("ratelimit-reset")) * 1000).toBeGreaterThan(Date.now());
  });

  it("is found by name and by id", async () => {
    const found = await guest.api.get("/users?username=INES");
    expect(found.body).toEqual([expect.objectContaining({ id: owner.user.id })]);
    expect((await guest.api.get("/users?username=nobody")).body).toEqual([]);
    expect((await guest.api.get(`/users/${owner.user.id}`)).body).toMatchObject({ username: "ines" });
    expect((await guest.api.get("/users/1")).status).toBe(404);
  });

  it("learns what its token may do", async () => {
    const answer = await owner.api.get("/personal_access_tokens/self");
    expect(answer.body).toMatchObject({ active: true, scopes: ["api"], user_id: owner.user.id });
  });
});

describe("a project", () => {
  it("is found by its id and by its encoded path", async () => {
    const byId = await guest.api.get(path);
    expect(byId.body).toMatchObject({
      id: project.id,
      path_with_namespace: "rpms/tally",
      default_branch: "main",
      visibility: "public",
      http_url_to_repo: `${forge.url}/rpms/tally.git`,
    });
    expect((await guest.api.get(encoded)).body).toEqual(byId.body);
  });

  it("does not exist for who may not see it", async () => {
    const hidden = await forge.project("rpms/embargo", owner, { private: true });
    for (const api of [guest.api, forge.api()]) {
      const answer = await api.get(`/projects/${hidden.id}`);
      expect(answer).toMatchObject({ status: 404, body: { message: "404 Project Not Found" } });
    }
    expect((await owner.api.get(`/projects/${hidden.id}`)).body).toMatchObject({ visibility: "private" });
    expect((await guest.api.get("/projects")).body).toHaveLength(1);
  });

  it("is made from a form or from JSON, private unless told", async () => {
    const form = await guest.api.post("/projects", new URLSearchParams({ name: "My Tool" }));
    expect(form).toMatchObject({
      status: 201,
      body: { path_with_namespace: "robin/my-tool", visibility: "private", empty_repo: true },
    });
    const json = await guest.api.post("/projects", {
      path: "tool",
      namespace_path: "src",
      visibility: "public",
    });
    expect(json.body).toMatchObject({ path_with_namespace: "src/tool", visibility: "public" });
    const again = await guest.api.post("/projects", { path: "tool", namespace_path: "src" });
    expect(again).toMatchObject({ status: 400, body: { message: { path: ["has already been taken"] } } });
  });

  it("is forked below the name of who forks it, once", async () => {
    const forked = await guest.api.post(`${path}/fork`);
    expect(forked).toMatchObject({
      status: 201,
      body: { path_with_namespace: "robin/tally", forked_from_project: { id: project.id } },
    });
    expect((await guest.api.post(`${path}/fork`)).status).toBe(409);
    const branches = await guest.api.get(
      `/projects/${encodeURIComponent("robin/tally")}/repository/branches`,
    );
    expect(branches.body).toEqual([expect.objectContaining({ name: "main", default: true })]);
  });
});

describe("members", () => {
  it("have levels: 20 reads, 30 writes, 40 administers, 50 owns", async () => {
    for (const [login, level] of [
      ["reader", 20],
      ["writer", 30],
      ["admin", 40],
    ] as const) {
      const { id } = forge.person(login).user;
      const added = await owner.api.post(`${path}/members`, { user_id: id, access_level: level });
      expect(added).toMatchObject({ status: 201, body: { access_level: level } });
      expect((await guest.api.get(`${path}/members/all/${id}`)).body).toMatchObject({ access_level: level });
    }
    const { id } = owner.user;
    expect((await guest.api.get(`${path}/members/${id}`)).body).toMatchObject({ access_level: 50 });
  });

  it("are not who only reads what everybody may read", async () => {
    const answer = await owner.api.get(`${path}/members/all/${guest.user.id}`);
    expect(answer).toMatchObject({ status: 404, body: { message: "404 Not found" } });
  });

  it("are added by maintainers alone, and once", async () => {
    const wanted = { user_id: guest.user.id, access_level: 30 };
    expect((await guest.api.post(`${path}/members`, wanted)).status).toBe(403);
    await owner.api.post(`${path}/members`, wanted);
    const again = await owner.api.post(`${path}/members`, wanted);
    expect(again).toMatchObject({ status: 409, body: { message: "Member already exists" } });
  });
});

describe("hooks", () => {
  it("show whether they have secrets, never the secrets", async () => {
    const signingToken = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
    const made = await owner.api.post(`${path}/hooks`, {
      url: "http://127.0.0.1:9/hook",
      token: "s3cret",
      signing_token: signingToken,
      push_events: false,
      note_events: true,
    });
    expect(made).toMatchObject({
      status: 201,
      body: { push_events: false, note_events: true, token_present: true, signing_token_present: true },
    });
    const listed = await owner.api.get(`${path}/hooks`);
    expect(listed.body).toEqual([made.body]);
    expect(JSON.stringify(listed.body)).not.toMatch(/s3cret|whsec_/);
  });

  it("forget their token when their address changes", async () => {
    const made = await owner.api.post(`${path}/hooks`, { url: "http://127.0.0.1:9/a", token: "s3cret" });
    const { id } = made.body as { id: number };
    const kept = await owner.api.put(`${path}/hooks/${id}`, { note_events: true });
    expect(kept.body).toMatchObject({ push_events: true, note_events: true, token_present: true });
    const moved = await owner.api.put(`${path}/hooks/${id}`, { url: "http://127.0.0.1:9/b" });
    expect(moved.body).toMatchObject({ token_present: false });
    expect((await owner.api.delete(`${path}/hooks/${id}`)).status).toBe(204);
    expect((await owner.api.get(`${path}/hooks/${id}`)).status).toBe(404);
  });

  it("are the maintainers' business, and have an address", async () => {
    expect((await guest.api.get(`${path}/hooks`)).status).toBe(403);
    const without = await owner.api.post(`${path}/hooks`, {});
    expect(without).toMatchObject({ status: 400, body: { error: "url is missing" } });
    expect((await owner.api.post(`${path}/hooks`, { url: "ftp://example.com" })).status).toBe(400);
  });
});

describe("branches", () => {
  it("are shown with their commit, slashes and all", async () => {
    await forge.commit(project, { branch: "fix/overflow", from: "main", files: { a: "1" }, by: owner.user });
    const answer = await guest.api.get(`${path}/repository/branches/${encodeURIComponent("fix/overflow")}`);
    expect(answer.body).toMatchObject({
      name: "fix/overflow",
      default: false,
      commit: { title: "Change a", author_name: owner.user.name },
    });
    const missing = await guest.api.get(`${path}/repository/branches/none`);
    expect(missing).toMatchObject({ status: 404, body: { message: "404 Branch Not Found" } });
  });

  it("are made and deleted by developers, never the default one", async () => {
    const wanted = { branch: "next", ref: "main" };
    expect((await guest.api.post(`${path}/repository/branches`, wanted)).status).toBe(403);
    expect((await owner.api.post(`${path}/repository/branches`, wanted)).status).toBe(201);
    const again = await owner.api.post(`${path}/repository/branches`, wanted);
    expect(again).toMatchObject({ status: 400, body: { message: "Branch already exists" } });
    expect((await owner.api.delete(`${path}/repository/branches/next`)).status).toBe(204);
    expect((await owner.api.delete(`${path}/repository/branches/main`)).status).toBe(400);
  });

  it("come in pages, with links and counts", async () => {
    for (const name of ["a", "b", "c", "d"]) {
      await owner.api.post(`${path}/repository/branches`, { branch: name, ref: "main" });
    }
    const page = await guest.api.get(`${path}/repository/branches?per_page=2&page=2`);
    expect(page.body).toEqual([
      expect.objectContaining({ name: "c" }),
      expect.objectContaining({ name: "d" }),
    ]);
    expect(Object.fromEntries(page.headers)).toMatchObject({
      "x-page": "2",
      "x-per-page": "2",
      "x-prev-page": "1",
      "x-next-page": "3",
      "x-total": "5",
      "x-total-pages": "3",
    });
    const next = /<([^>]+)>; rel="next"/.exec(page.headers.get("link") ?? "")?.[1];
    const last = await guest.api.get((next ?? "").replace(/^.*\/api\/v4/, ""));
    expect(last.body).toEqual([expect.objectContaining({ name: "main" })]);
    expect(last.headers.get("x-next-page")).toBe("");
  });
});

describe("commits, files and labels", () => {
  it("lists commits and shows one with the sum of its lines", async () => {
    const id = await forge.commit(project, { branch: "main", files: { NEWS: "two\n" }, by: owner.user });
    const listed = await guest.api.get(`${path}/repository/commits?ref_name=main`);
    expect(listed.body).toHaveLength(2);
    const shown = await guest.api.get(`${path}/repository/commits/${id}`);
    expect(shown.body).toMatchObject({ id, stats: { additions: 1, deletions: 1, total: 2 }, status: null });
    const refs = await guest.api.get(`${path}/repository/commits/${id}/refs`);
    expect(refs.body).toEqual([{ type: "branch", name: "main" }]);
    const missing = await guest.api.get(`${path}/repository/commits/${"0".repeat(40)}`);
    expect(missing).toMatchObject({ status: 404, body: { message: "404 Commit Not Found" } });
  });

  it("compares two revisions", async () => {
    await forge.commit(project, { branch: "next", from: "main", files: { NEW: "x\n" }, by: owner.user });
    const answer = await guest.api.get(`${path}/repository/compare?from=main&to=next`);
    expect(answer.body).toMatchObject({
      commits: [{ title: "Change NEW" }],
      diffs: [{ new_path: "NEW", new_file: true, diff: "@@ -0,0 +1 @@\n+x\n" }],
    });
  });

  it("gives files as they are", async () => {
    const found = await guest.api.get(`${path}/repository/files/NEWS/raw?ref=main`);
    expect(found).toMatchObject({ status: 200, body: "one\n" });
    expect((await guest.api.get(`${path}/repository/files/none/raw`)).status).toBe(404);
  });

  it("keeps labels of a project", async () => {
    const made = await owner.api.post(`${path}/labels`, { name: "bug", color: "#ff0000" });
    expect(made).toMatchObject({ status: 201, body: { name: "bug", open_merge_requests_count: 0 } });
    expect((await owner.api.post(`${path}/labels`, { name: "bug", color: "#ff0000" })).status).toBe(409);
    expect((await guest.api.get(`${path}/labels`)).body).toEqual([made.body]);
  });
});
