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
let proposals: Proposals;

beforeAll(async () => {
  forge = await startGitLab();
  [ada, ben, kim] = [forge.person("ada"), forge.person("ben"), forge.person("kim")];
  project = await forge.project("ada/tally", ada);
  forge.store.setMember(project, ben.user, "write");
  proposals = proposalsOf(forge, project, ben);
});
afterAll(() => forge.close());

async function shown(iid: number): Promise<Record<string, unknown>> {
  return (await ada.api.get(`${mergeRequests}/${iid}`)).body as Record<string, unknown>;
}

describe("a merge on the GitLab sandbox", () => {
  it("makes a merge commit on the target branch", async () => {
    const { iid, sha } = await proposals.propose("merged");
    const wanted = { sha, merge_commit_message: "Take it", should_remove_source_branch: true };
    const merged = await ada.api.put(`${mergeRequests}/${iid}/merge`, wanted);
    expect(merged.body).toMatchObject({
      ...{
        state: "merged",
        merge_user: { username: "ada" },
        merged_at: expect.any(String),
        squash_commit_sha: null,
      },
    });
    const { merge_commit_sha: commit } = merged.body as { merge_commit_sha: string };
    expect((await kim.api.get("/projects/ada%2Ftally/repository/branches/main")).body).toMatchObject({
      commit: {
        id: commit,
        message: expect.stringMatching(/^Take it/),
        parent_ids: [expect.any(String), sha],
      },
    });
    expect((await kim.api.get("/projects/ada%2Ftally/repository/branches/merged")).status).toBe(404);
  });

  it("makes one commit when it squashes", async () => {
    const { iid } = await proposals.propose("squashed", { squash: true });
    const merged = await ada.api.put(`${mergeRequests}/${iid}/merge`, { squash_commit_message: "All of it" });
    const { squash_commit_sha: commit, merge_commit_sha: none } = merged.body as Record<
      string,
      string | null
    >;
    expect(none).toBeNull();
    expect(
      (await kim.api.get(`/projects/ada%2Ftally/repository/commits/${commit ?? ""}`)).body,
    ).toMatchObject({
      ...{
        title: "All of it",
        parent_ids: [expect.any(String)],
        stats: { additions: 1, deletions: 0, total: 1 },
      },
    });
  });

  it.each([
    ["true", 1],
    ["True", 1],
    ["0", 2],
  ])("squashes when a form says %s, else merges: %i parents", async (squash, parents) => {
    const { iid } = await proposals.propose(`form-${squash}`);
    const merged = await ada.api.put(`${mergeRequests}/${iid}/merge`, new URLSearchParams({ squash }));
    expect(merged.status).toBe(200);
    const { body } = await kim.api.get("/projects/ada%2Ftally/repository/branches/main");
    expect((body as { commit: { parent_ids: string[] } }).commit.parent_ids).toHaveLength(parents);
  });

  it("is refused with a reason in its status", async () => {
    const { iid, sha } = await proposals.propose("guarded", { title: "Draft: Guarded" });
    const merge = async (by: Person, how: object = {}) => by.api.put(`${mergeRequests}/${iid}/merge`, how);
    expect(await merge(kim)).toMatchObject({ status: 401, body: { message: "401 Unauthorized" } });
    expect(await merge(ada)).toMatchObject({ status: 405, body: { message: "405 Method Not Allowed" } });
    await ben.api.put(`${mergeRequests}/${iid}`, { title: "Guarded" });
    expect(await merge(ada, { sha: "0".repeat(40) })).toMatchObject({
      ...{ status: 409, body: { message: `SHA does not match HEAD of source branch: ${sha}` } },
    });
    expect((await merge(ada, { sha })).status).toBe(200);
    expect((await merge(ada)).status).toBe(405);
  });

  it("is refused when the branches conflict", async () => {
    await forge.commit(project, { branch: "clash", from: "main", files: { NEWS: "mine\n" }, by: ben.user });
    await forge.commit(project, { branch: "main", files: { NEWS: "theirs\n" }, by: ada.user });
    const { iid } = await proposals.open({ title: "Clash", source_branch: "clash", target_branch: "main" });
    const merge = () => ada.api.put(`${mergeRequests}/${iid}/merge`, {});
    expect(await merge()).toMatchObject({ status: 422, body: { message: "Branch cannot be merged" } });
    await forge.settled();
    expect(await shown(iid)).toMatchObject({ detailed_merge_status: "conflict", has_conflicts: true });
    expect((await merge()).status).toBe(422);
  });
});

describe("the contents of a merge request on the GitLab sandbox", () => {
  it("are its commits and its difference", async () => {
    const { iid, sha } = await proposals.propose("contents");
    await forge.settled();
    expect((await kim.api.get(`${mergeRequests}/${iid}/commits`)).body).toMatchObject([
      { id: sha, title: "Change contents" },
    ]);
    const difference = {
      new_path: "contents",
      old_path: "contents",
      new_file: true,
      a_mode: "0",
      b_mode: "100644",
    };
    expect((await kim.api.get(`${mergeRequests}/${iid}/diffs`)).body).toMatchObject([
      { ...difference, diff: "@@ -0,0 +1 @@\n+new\n" },
    ]);
    expect((await kim.api.get(`${mergeRequests}/${iid}/changes`)).body).toMatchObject({
      iid,
      changes: [difference],
    });
    expect((await kim.api.get(`${mergeRequests}/${iid}/raw_diffs`)).body).toMatch(
      /^diff --git a\/contents b\/contents\n/,
    );
    expect((await kim.api.get(`${mergeRequests}/${iid}/versions`)).body).toMatchObject([
      { head_commit_sha: sha, real_size: "1" },
    ]);
  });

  it("follow a push", async () => {
    const { iid } = await proposals.propose("pushed");
    const sha = await forge.commit(project, { branch: "pushed", files: { more: "more\n" }, by: ben.user });
    expect(await shown(iid)).toMatchObject({ sha });
    await forge.settled();
    expect(await shown(iid)).toMatchObject({ changes_count: "2", diff_refs: { head_sha: sha } });
  });
});

describe("approvals on the GitLab sandbox", () => {
  it("are given once by developers, for the commit that they saw", async () => {
    const { iid, sha } = await proposals.propose("approved");
    const approve = (by: Person, how: object = {}) => by.api.post(`${mergeRequests}/${iid}/approve`, how);
    expect((await approve(kim)).status).toBe(401);
    expect((await approve(ada, { sha: "0".repeat(40) })).status).toBe(409);
    expect((await approve(ada, { sha })).body).toMatchObject({ approved: true, user_has_approved: true });
    expect((await approve(ada)).status).toBe(401);
    expect((await ben.api.get(`${mergeRequests}/${iid}/approvals`)).body).toMatchObject({
      ...{ user_can_approve: true, approved_by: [{ user: { username: "ada" } }] },
    });
    expect((await ada.api.post(`${mergeRequests}/${iid}/unapprove`)).body).toMatchObject({ approved: false });
    expect((await ada.api.post(`${mergeRequests}/${iid}/unapprove`)).status).toBe(404);
  });
});
