import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { SandboxRepository } from "../../src/sandbox/model.js";
import { type GitHubForge, type Person, startGitHub } from "./github-forge.js";

const pulls = "/repos/ada/tally/pulls";
let forge: GitHubForge;
let ada: Person;
let ben: Person;
let kim: Person;
let tally: SandboxRepository;
let fork: SandboxRepository;

beforeAll(async () => {
  forge = await startGitHub();
  [ada, ben, kim] = [forge.person("ada"), forge.person("ben"), forge.person("kim")];
  tally = await forge.store.createRepository({ path: "ada/tally", owner: ada.user, private: false });
  await forge.commit(tally, { branch: "main", files: { sum: "1\n" }, message: "Begin", by: ada.user });
  fork = await forge.store.fork(tally, ben.user);
});
afterAll(() => forge.close());

/** A branch with one commit of its own, and a pull request for it. */
async function proposed(branch: string, more: { readonly draft?: boolean; readonly files?: object } = {}) {
  const files = { [branch]: "new\n", ...more.files };
  const sha = await forge.commit(tally, {
    branch,
    from: "main",
    files,
    message: `Add ${branch}`,
    by: ada.user,
  });
  const answer = await ada.api.post(pulls, {
    title: `Add ${branch}`,
    head: branch,
    base: "main",
    body: "Because.",
    ...(more.draft === undefined ? {} : { draft: more.draft }),
  });
  expect(answer.status).toBe(201);
  const { number } = answer.body as { number: number };
  return { number, sha, body: answer.body };
}

describe("a pull request on the GitHub sandbox", () => {
  it("is made from a branch, and does not know at first whether it can be merged", async () => {
    const made = await proposed("fresh");
    expect(made.body).toMatchObject({
      state: "open",
      draft: false,
      merged: false,
      mergeable: null,
      mergeable_state: "unknown",
      commits: 1,
      additions: 1,
      changed_files: 1,
      head: { label: "ada:fresh", ref: "fresh", sha: made.sha, repo: { full_name: "ada/tally" } },
      base: { label: "ada:main", ref: "main" },
    });
    await forge.settled();
    expect((await ben.api.get(`${pulls}/${made.number}`)).body).toMatchObject({
      mergeable: true,
      mergeable_state: "clean",
    });
    expect((await ben.api.get(`${pulls}/${made.number}/commits`)).body).toMatchObject([{ sha: made.sha }]);
    expect((await ben.api.get(`${pulls}/${made.number}/files`)).body).toMatchObject([
      { filename: "fresh", status: "added", patch: "@@ -0,0 +1 @@\n+new" },
    ]);
  });

  it("is made once for a branch", async () => {
    await proposed("twice");
    const again = await ada.api.post(pulls, { title: "Again", head: "twice", base: "main" });
    expect(again.status).toBe(422);
    expect(again.body).toMatchObject({
      message: "Validation Failed",
      errors: [{ resource: "PullRequest", message: "A pull request already exists for ada:twice." }],
    });
  });

  it("needs commits, a head and a base", async () => {
    await forge.store.createBranch(tally, {
      name: "same",
      commit: (await forge.store.branch(tally, "main")) ?? "",
      by: ada.user,
    });
    const wanted = { title: "Nothing", head: "same", base: "main" };
    expect((await ada.api.post(pulls, wanted)).body).toMatchObject({
      errors: [{ message: "No commits between main and same" }],
    });
    expect((await ada.api.post(pulls, { ...wanted, head: "none" })).body).toMatchObject({
      errors: [{ field: "head", code: "invalid" }],
    });
    expect((await ada.api.post(pulls, { ...wanted, base: "none" })).body).toMatchObject({
      errors: [{ field: "base", code: "invalid" }],
    });
    expect((await ada.api.post(pulls, { head: "same", base: "main" })).status).toBe(422);
  });

  it("comes from a fork, by whoever may push there", async () => {
    const files = { idea: "good\n" };
    const sha = await forge.commit(fork, { branch: "idea", from: "main", files, by: ben.user });
    const wanted = { title: "An idea", head: "ben:idea", base: "main" };
    expect((await kim.api.post(pulls, wanted)).status).toBe(403);
    const made = await ben.api.post(pulls, wanted);
    expect(made.body).toMatchObject({
      head: { label: "ben:idea", sha, repo: { full_name: "ben/tally", fork: true } },
      base: { repo: { full_name: "ada/tally" } },
      author_association: "NONE",
    });
    const { number } = made.body as { number: number };
    expect((await ada.api.get(`/repos/ada/tally/git/ref/pull/${number}/head`)).body).toMatchObject({
      object: { sha },
    });
    const branch = await ada.api.post("/repos/ada/tally/git/refs", { ref: "refs/heads/taken", sha });
    expect(branch.body).toMatchObject({ message: "Object does not exist" });
    const status = await ada.api.post(`/repos/ada/tally/statuses/${sha}`, { state: "pending" });
    expect(status.status).toBe(201);
    expect((await ben.api.post(`/repos/ada/tally/statuses/${sha}`, { state: "success" })).status).toBe(403);
  });

  it("is listed by state, head, base and age", async () => {
    const one = await proposed("listed-one");
    const two = await proposed("listed-two");
    await ada.api.patch(`${pulls}/${one.number}`, { state: "closed" });
    const numbers = async (query: string) =>
      ((await ben.api.get(`${pulls}?${query}`)).body as { number: number }[]).map(({ number }) => number);
    expect(await numbers("head=ada:listed-two")).toEqual([two.number]);
    expect(await numbers("head=ada:listed-one")).toEqual([]);
    expect(await numbers("head=ada:listed-one&state=all")).toEqual([one.number]);
    expect(await numbers("head=ben:listed-two")).toEqual([]);
    expect(await numbers("base=none")).toEqual([]);
    expect(await numbers("state=closed")).toEqual([one.number]);
    expect((await numbers("state=all"))[0]).toBe(two.number);
    expect((await numbers("state=all&sort=created&direction=asc")).at(-1)).toBe(two.number);
    expect(await numbers("per_page=1")).toEqual([two.number]);
  });

  it("is edited, closed and reopened by its author and those who may push", async () => {
    const { number } = await proposed("edited");
    expect((await kim.api.patch(`${pulls}/${number}`, { title: "Mine" })).status).toBe(403);
    expect((await forge.api().patch(`${pulls}/${number}`, { title: "Mine" })).status).toBe(401);
    const edited = await forge.app.patch(`${pulls}/${number}`, { title: "Better", body: "Why" });
    expect(edited.body).toMatchObject({ title: "Better", body: "Why", state: "open" });
    expect((await ada.api.patch(`${pulls}/${number}`, { base: "none" })).status).toBe(422);
    expect((await ada.api.patch(`${pulls}/${number}`, { state: "closed" })).body).toMatchObject({
      state: "closed",
      merged: false,
      closed_at: expect.any(String),
    });
    expect((await ada.api.patch(`${pulls}/${number}`, { state: "open" })).body).toMatchObject({
      state: "open",
      closed_at: null,
    });
    expect((await ada.api.patch(`${pulls}/${number}`, { body: "x".repeat(65_537) })).body).toMatchObject({
      errors: [{ field: "body", message: "body is too long (maximum is 65536 characters)" }],
    });
    expect((await ben.api.get(`${pulls}/9999`)).status).toBe(404);
  });

  it("is merged at the head that was looked at, once it is no draft", async () => {
    const { number, sha } = await proposed("merged", { draft: true });
    const merge = (body: object) => ada.api.put(`${pulls}/${number}/merge`, body);
    expect((await merge({ sha })).body).toMatchObject({ message: "Pull Request is still a draft" });
    const shown = forge.store.mergeRequest(tally, number);
    if (shown === undefined) throw new Error("it was opened");
    await forge.store.editMergeRequest(shown, { draft: false }, ada.user);
    const moved = await merge({ sha: "0123456789012345678901234567890123456789" });
    expect(moved.status).toBe(409);
    expect((await ben.api.put(`${pulls}/${number}/merge`, { sha })).status).toBe(403);
    expect((await ada.api.get(`${pulls}/${number}/merge`)).status).toBe(404);
    const merged = await merge({ sha });
    expect(merged.body).toMatchObject({ merged: true, message: "Pull Request successfully merged" });
    expect((await ada.api.get(`${pulls}/${number}/merge`)).status).toBe(204);
    expect((await ada.api.get(`${pulls}/${number}`)).body).toMatchObject({
      state: "closed",
      merged: true,
      merged_by: { login: "ada" },
      commits: 1,
      changed_files: 1,
      merge_commit_sha: (merged.body as { sha: string }).sha,
    });
    expect((await merge({ sha })).status).toBe(405);
    expect((await ada.api.patch(`${pulls}/${number}`, { state: "open" })).status).toBe(422);
    expect((await ada.api.get(`/repos/ada/tally/commits/${sha}/pulls`)).body).toMatchObject([{ number }]);
  });

  it("is not merged over a conflict", async () => {
    const { number } = await proposed("conflict", { files: { sum: "3\n" } });
    await forge.commit(tally, { branch: "main", files: { sum: "2\n" }, by: ada.user });
    await forge.settled();
    expect((await ada.api.get(`${pulls}/${number}`)).body).toMatchObject({
      mergeable: false,
      mergeable_state: "dirty",
    });
    expect((await ada.api.put(`${pulls}/${number}/merge`, {})).body).toMatchObject({
      message: "Pull Request is not mergeable",
    });
    const rebase = await ada.api.put(`${pulls}/${number}/merge`, { merge_method: "rebase" });
    expect(rebase.body).toMatchObject({ message: "Rebase merges are not allowed on this repository." });
  });
});

describe("what people say at a pull request on the GitHub sandbox", () => {
  it("is written, edited and removed by whom it belongs to", async () => {
    const { number } = await proposed("discussed");
    const thread = `/repos/ada/tally/issues/${number}/comments`;
    const made = await ben.api.post(thread, { body: "Nice." });
    expect(made.status).toBe(201);
    const comment = `/repos/ada/tally/issues/comments/${(made.body as { id: number }).id}`;
    expect((await kim.api.patch(comment, { body: "Bad." })).status).toBe(403);
    expect((await ben.api.patch(comment, { body: "Very nice." })).body).toMatchObject({ body: "Very nice." });
    expect((await forge.api().get(comment)).body).toMatchObject({ user: { login: "ben" } });
    expect((await forge.api().get(thread)).body).toMatchObject([{ body: "Very nice." }]);
    expect((await forge.api().get(`${thread}?since=2100-01-01T00:00:00Z`)).body).toEqual([]);
    expect((await forge.api().get(`/repos/ada/tally/issues/${number}`)).body).toMatchObject({
      comments: 1,
      pull_request: { merged_at: null },
    });
    expect((await ada.api.delete(comment)).status).toBe(204);
    expect((await ada.api.get(comment)).status).toBe(404);
    expect((await forge.api().post(thread, { body: "Anonymous" })).status).toBe(401);
  });

  it("has words, and not too many", async () => {
    const { number } = await proposed("worded");
    const thread = `/repos/ada/tally/issues/${number}/comments`;
    expect((await ben.api.post(thread, { body: "  " })).status).toBe(422);
    expect((await ben.api.post(thread, { body: "x".repeat(65_536) })).status).toBe(201);
    expect((await ben.api.post(thread, { body: "x".repeat(65_537) })).body).toMatchObject({
      errors: [{ message: "Body is too long (maximum is 65536 characters)" }],
    });
  });

  it("may be a thumb, one of each person", async () => {
    const { number } = await proposed("thumbed");
    const made = await ben.api.post(`/repos/ada/tally/issues/${number}/comments`, { body: "Nice." });
    const reactions = `/repos/ada/tally/issues/comments/${(made.body as { id: number }).id}/reactions`;
    expect((await ada.api.post(reactions, { content: "+1" })).status).toBe(201);
    expect((await ada.api.post(reactions, { content: "+1" })).status).toBe(200);
    expect((await ben.api.post(reactions, { content: "eyes" })).status).toBe(201);
    expect((await kim.api.get(reactions)).body).toMatchObject([{ content: "+1" }, { content: "eyes" }]);
  });

  it("may be labels, by those who may push", async () => {
    const { number } = await proposed("labelled");
    const labels = `/repos/ada/tally/issues/${number}/labels`;
    expect((await ben.api.post(labels, { labels: ["bug"] })).status).toBe(403);
    expect((await ada.api.post(labels, { labels: ["bug"] })).body).toMatchObject([{ name: "bug" }]);
    expect((await ada.api.post(labels, { labels: ["fix", "bug"] })).body).toHaveLength(2);
    expect((await ada.api.delete(`${labels}/bug`)).body).toMatchObject([{ name: "fix" }]);
    expect((await ada.api.delete(`${labels}/bug`)).status).toBe(404);
    expect((await ada.api.put(labels, { labels: ["only"] })).body).toMatchObject([{ name: "only" }]);
    expect((await ada.api.post("/repos/ada/tally/labels", { name: "later" })).status).toBe(201);
    expect((await ada.api.post("/repos/ada/tally/labels", { name: "later" })).status).toBe(422);
    expect((await ben.api.get("/repos/ada/tally/labels")).body).toMatchObject([
      { name: "later" },
      { name: "only" },
    ]);
    expect((await ada.api.delete(labels)).status).toBe(204);
    expect((await ada.api.get(labels)).body).toEqual([]);
  });
});
