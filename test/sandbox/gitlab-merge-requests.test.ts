import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { SandboxRepository } from "../../src/sandbox/model.js";
import { type GitLabForge, type Person, startGitLab } from "./gitlab-forge.js";
import { type Proposals, proposalsOf } from "./gitlab-proposals.js";

const mergeRequests = "/projects/ada%2Ftally/merge_requests";
let forge: GitLabForge;
let ada: Person;
let ben: Person;
let kim: Person;
let project: SandboxRepository;
let fork: SandboxRepository;
let proposals: Proposals;

beforeAll(async () => {
  forge = await startGitLab();
  [ada, ben, kim] = [forge.person("ada"), forge.person("ben"), forge.person("kim")];
  project = await forge.project("ada/tally", ada);
  forge.store.setMember(project, ben.user, "write");
  fork = await forge.store.fork(project, kim.user);
  proposals = proposalsOf(forge, project, ben);
});
afterAll(() => forge.close());

async function shown(iid: number, query = ""): Promise<Record<string, unknown>> {
  return (await ada.api.get(`${mergeRequests}/${iid}${query}`)).body as Record<string, unknown>;
}

describe("a new merge request on the GitLab sandbox", () => {
  it("knows its branches at once, and its difference and whether it can be merged a little later", async () => {
    const { iid, sha, body } = await proposals.propose("fresh", {
      description: "Because.",
      labels: "bug,urgent",
    });
    expect(body).toMatchObject({
      ...{
        state: "opened",
        title: "Add fresh",
        description: "Because.",
        draft: false,
        sha,
        labels: ["bug", "urgent"],
      },
      ...{
        source_branch: "fresh",
        target_branch: "main",
        source_project_id: project.id,
        target_project_id: project.id,
      },
      ...{ detailed_merge_status: "preparing", prepared_at: null, diff_refs: null, changes_count: null },
      ...{ author: { username: "ben" }, user: { can_merge: true }, references: { full: `ada/tally!${iid}` } },
      web_url: `${forge.url}/ada/tally/-/merge_requests/${iid}`,
    });
    await forge.settled();
    expect(await shown(iid)).toMatchObject({
      ...{ detailed_merge_status: "mergeable", merge_status: "can_be_merged", changes_count: "1" },
      ...{ prepared_at: expect.any(String), diff_refs: { head_sha: sha }, has_conflicts: false },
    });
    const asked = "?include_diverged_commits_count=true&include_rebase_in_progress=true";
    expect(await shown(iid, asked)).toMatchObject({ diverged_commits_count: 0, rebase_in_progress: false });
  });

  it.each(["Draft: ", "[Draft] ", "(draft) ", "DRAFT:"])(
    "is a draft when its title begins with %s",
    async (mark) => {
      const branch = `draft-${Buffer.from(mark).toString("hex")}`;
      const { iid, body } = await proposals.propose(branch, { title: `${mark}Idea` });
      expect(body).toMatchObject({ draft: true, title: `${mark}Idea` });
      await forge.settled();
      expect(await shown(iid)).toMatchObject({ detailed_merge_status: "draft_status" });
      const { body: ready } = await ben.api.put(`${mergeRequests}/${iid}`, { title: "Idea" });
      expect(ready).toMatchObject({ draft: false, title: "Idea" });
    },
  );

  it("is no draft for any other beginning", async () => {
    expect((await proposals.propose("wip", { title: "WIP: Idea" })).body).toMatchObject({ draft: false });
  });

  it("is made once for two branches", async () => {
    const { iid } = await proposals.propose("twice");
    const again = await ben.api.post(mergeRequests, {
      title: "Again",
      source_branch: "twice",
      target_branch: "main",
    });
    expect(again.status).toBe(409);
    expect(again.body).toEqual({
      message: [`Another open merge request already exists for this source branch: !${iid}`],
    });
  });

  it("is taken without commits, and can then not be merged", async () => {
    await forge.store.createBranch(project, {
      ...{ name: "empty", commit: (await forge.store.branch(project, "main")) ?? "", by: ben.user },
    });
    const { iid } = await proposals.open({ title: "Nothing", source_branch: "empty", target_branch: "main" });
    await forge.settled();
    expect(await shown(iid)).toMatchObject({ detailed_merge_status: "commits_status", changes_count: "0" });
    expect((await ada.api.put(`${mergeRequests}/${iid}/merge`, {})).status).toBe(405);
  });

  it("needs a title, two branches that exist, and two that differ", async () => {
    const answers = [
      await ben.api.post(mergeRequests, { title: "No branches" }),
      await ben.api.post(mergeRequests, { title: "Gone", source_branch: "gone", target_branch: "main" }),
      await ben.api.post(mergeRequests, { title: "Gone", source_branch: "fresh", target_branch: "gone" }),
      await ben.api.post(mergeRequests, { title: "Same", source_branch: "main", target_branch: "main" }),
      await ben.api.post(mergeRequests, { title: " ", source_branch: "fresh", target_branch: "main" }),
      await ben.api.post(mergeRequests, {
        title: "x".repeat(256),
        source_branch: "fresh",
        target_branch: "main",
      }),
    ];
    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [400, { error: "source_branch is missing, target_branch is missing" }],
      [400, { message: { source_branch: ["does not exist"] } }],
      [400, { message: { target_branch: ["does not exist"] } }],
      [422, { message: ["You can't use same project/branch for source and target"] }],
      [400, { message: { title: ["can't be blank"] } }],
      [400, { message: { title: ["is too long (maximum is 255 characters)"] } }],
    ]);
  });

  it("goes from a fork to its origin, for whoever owns the fork", async () => {
    const sha = await forge.commit(fork, {
      branch: "gift",
      from: "main",
      files: { gift: "g\n" },
      by: kim.user,
    });
    const wanted = {
      title: "Gift",
      source_branch: "gift",
      target_branch: "main",
      target_project_id: project.id,
    };
    expect((await ben.api.post("/projects/kim%2Ftally/merge_requests", wanted)).status).toBe(403);
    const made = await kim.api.post("/projects/kim%2Ftally/merge_requests", wanted);
    expect(made.body).toMatchObject({
      ...{ project_id: project.id, source_project_id: fork.id, target_project_id: project.id, sha },
      ...{ user: { can_merge: false } },
    });
    const { iid } = made.body as { iid: number };
    expect((await ada.api.get(`${mergeRequests}/${iid}/commits`)).body).toMatchObject([{ id: sha }]);
    expect(
      (await ada.api.get(`/projects/ada%2Ftally/repository/commits/${sha}/merge_requests`)).body,
    ).toMatchObject([{ iid }]);
  });

  it("goes nowhere else", async () => {
    const stranger = await forge.project("ada/stranger", ada);
    const hidden = await forge.project("ada/hidden", ada, { private: true });
    const wanted = { title: "Gift", source_branch: "fresh", target_branch: "main" };
    expect((await ben.api.post(mergeRequests, { ...wanted, target_project_id: stranger.id })).status).toBe(
      422,
    );
    expect((await ben.api.post(mergeRequests, { ...wanted, target_project_id: hidden.id })).status).toBe(404);
    expect((await kim.api.post(mergeRequests, wanted)).status).toBe(403);
  });
});

describe("an edit on the GitLab sandbox", () => {
  it("changes what is named and nothing else", async () => {
    const { iid } = await proposals.propose("edited", { description: "Because.", labels: "bug" });
    await forge.store.createBranch(project, {
      ...{ name: "stable", commit: (await forge.store.branch(project, "main")) ?? "", by: ben.user },
    });
    const edited = await ben.api.put(`${mergeRequests}/${iid}`, { title: "Better", target_branch: "stable" });
    expect(edited.body).toMatchObject({ title: "Better", description: "Because.", target_branch: "stable" });
    const labelled = await ben.api.put(`${mergeRequests}/${iid}`, {
      add_labels: "new",
      remove_labels: "bug",
    });
    expect(labelled.body).toMatchObject({ title: "Better", labels: ["new"] });
    expect((await ben.api.put(`${mergeRequests}/${iid}`, { labels: "" })).body).toMatchObject({ labels: [] });
    expect((await ada.api.get("/projects/ada%2Ftally/labels?search=NEW")).body).toMatchObject([
      { name: "new" },
    ]);
  });

  it("closes and opens again, and passes over what does not fit", async () => {
    const { iid } = await proposals.propose("closing");
    const event = async (name: string) =>
      (await ben.api.put(`${mergeRequests}/${iid}`, { state_event: name })).body;
    expect(await event("reopen")).toMatchObject({ state: "opened" });
    expect(await event("close")).toMatchObject({ state: "closed", closed_by: { username: "ben" } });
    expect(await event("close")).toMatchObject({ state: "closed", detailed_merge_status: "not_open" });
    await proposals.open({ title: "Instead", source_branch: "closing", target_branch: "main" });
    expect((await ben.api.put(`${mergeRequests}/${iid}`, { state_event: "reopen" })).status).toBe(409);
  });

  it("needs something to change, and rights", async () => {
    const { iid } = await proposals.propose("refused");
    const nothing = await ben.api.put(`${mergeRequests}/${iid}`, {});
    expect(nothing.status).toBe(400);
    expect(nothing.body).toMatchObject({
      error: expect.stringContaining("at least one parameter must be provided"),
    });
    expect((await ben.api.put(`${mergeRequests}/${iid}`, { target_branch: "gone" })).status).toBe(400);
    expect((await ben.api.put(`${mergeRequests}/${iid}`, { state_event: "explode" })).status).toBe(400);
    expect((await kim.api.put(`${mergeRequests}/${iid}`, { title: "Mine" })).status).toBe(403);
    expect((await forge.api().put(`${mergeRequests}/${iid}`, { title: "Mine" })).status).toBe(401);
    expect(await shown(iid)).toMatchObject({ title: "Add refused", target_branch: "main" });
  });
});

describe("the list of merge requests on the GitLab sandbox", () => {
  it("is found by state, branches, source and author, in either order", async () => {
    const one = await proposals.propose("listed-1", { labels: "listed" });
    const other = await proposals.propose("listed-2", { title: "Draft: Add listed-2", labels: "listed" });
    await ben.api.put(`${mergeRequests}/${one.iid}`, { state_event: "close" });
    const iids = async (query: string) => {
      const { body } = await kim.api.get(`${mergeRequests}?labels=listed&${query}`);
      return (body as { iid: number }[]).map(({ iid }) => iid);
    };
    expect(await iids("")).toEqual([other.iid, one.iid]);
    expect(await iids("order_by=created_at&sort=asc")).toEqual([one.iid, other.iid]);
    expect(await iids("state=closed")).toEqual([one.iid]);
    expect(await iids("state=opened&source_branch=listed-1")).toEqual([]);
    expect(await iids("source_branch=listed-2&target_branch=main")).toEqual([other.iid]);
    expect(await iids(`source_project_id=${fork.id}`)).toEqual([]);
    expect(await iids(`author_id=${ben.user.id}&author_username=ben`)).toEqual([other.iid, one.iid]);
    expect(await iids("author_username=kim")).toEqual([]);
    expect(await iids("scope=created_by_me")).toEqual([]);
    expect(await iids("draft=true")).toEqual([other.iid]);
    expect(await iids("search=LISTED-1")).toEqual([one.iid]);
    expect(await iids(`iids[]=${one.iid}`)).toEqual([one.iid]);
    expect(await iids("updated_after=2999-01-01T00:00:00Z")).toEqual([]);
    expect((await kim.api.get(`${mergeRequests}?state=vanished`)).status).toBe(400);
  });
});

describe("a private project on the GitLab sandbox", () => {
  it("does not exist for who may not see it", async () => {
    const secret = await forge.project("ada/secret", ada, { private: true });
    await forge.commit(secret, { branch: "work", from: "main", files: { A: "a\n" }, by: ada.user });
    const path = `/projects/${secret.id}/merge_requests`;
    const made = await ada.api.post(path, { title: "Work", source_branch: "work", target_branch: "main" });
    expect(made.status).toBe(201);
    for (const api of [kim.api, forge.api()]) {
      expect(await api.get(`${path}/1`)).toMatchObject({
        status: 404,
        body: { message: "404 Project Not Found" },
      });
      expect((await api.get(path)).status).toBe(404);
    }
    forge.store.setMember(secret, kim.user, "read");
    expect((await kim.api.get(`${path}/1`)).body).toMatchObject({ title: "Work" });
    expect((await kim.api.get(`${path}/2`)).body).toEqual({ message: "404 Not found" });
  });
});
