import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { SandboxRepository } from "../../src/sandbox/model.js";
import { type GitLabForge, type Person, startGitLab } from "./gitlab-forge.js";

const repository = "/projects/ada%2Ftally/repository";
let forge: GitLabForge;
let ada: Person;
let kim: Person;
let project: SandboxRepository;

beforeAll(async () => {
  forge = await startGitLab();
  [ada, kim] = [forge.person("ada"), forge.person("kim")];
  project = await forge.project("ada/tally", ada);
});
afterAll(() => forge.close());

describe("a commit on the GitLab sandbox", () => {
  it("is known by its id and by its branch, with the status of its newest pipeline", async () => {
    const message = "Count further\n\nBecause.";
    const sha = await forge.commit(project, {
      branch: "count",
      from: "main",
      files: { NEWS: "2\n" },
      message,
      by: ada.user,
    });
    await ada.api.post(`/projects/ada%2Ftally/statuses/${sha}`, { state: "failed" });
    const shown = {
      id: sha,
      title: "Count further",
      message: `${message}\n`,
      author_name: "Ada",
      status: "failed",
    };
    expect((await kim.api.get(`${repository}/commits/${sha}`)).body).toMatchObject(shown);
    expect((await kim.api.get(`${repository}/commits/count`)).body).toMatchObject(shown);
    expect(await kim.api.get(`${repository}/commits/${"0".repeat(40)}`)).toMatchObject({
      ...{ status: 404, body: { message: "404 Commit Not Found" } },
    });
  });

  it("tells which branches have it", async () => {
    const sha = await forge.commit(project, {
      branch: "early",
      from: "main",
      files: { A: "a\n" },
      by: ada.user,
    });
    await ada.api.post(`${repository}/branches`, { branch: "late/er", ref: "early" });
    const refs = {
      body: [
        { type: "branch", name: "early" },
        { type: "branch", name: "late/er" },
      ],
    };
    expect(await kim.api.get(`${repository}/commits/${sha}/refs`)).toMatchObject(refs);
    expect(await kim.api.get(`${repository}/commits/${sha}/refs?type=branch`)).toMatchObject(refs);
    expect((await kim.api.get(`${repository}/commits/${sha}/refs?type=tag`)).body).toEqual([]);
  });

  it("takes comments of people who are signed in", async () => {
    const said = await kim.api.post(`${repository}/commits/main/comments`, { note: "Nice", path: "NEWS" });
    expect(said).toMatchObject({
      status: 201,
      body: { note: "Nice", path: "NEWS", author: { username: "kim" } },
    });
    expect((await forge.api().post(`${repository}/commits/main/comments`, { note: "Nice" })).status).toBe(
      401,
    );
  });

  it("is listed from the tip of the branch that is asked for", async () => {
    const sha = await forge.commit(project, {
      branch: "tip",
      from: "main",
      files: { B: "b\n" },
      by: ada.user,
    });
    const listed = (await kim.api.get(`${repository}/commits?ref_name=tip`)).body as { id: string }[];
    expect(listed.map(({ id }) => id)).toEqual([sha, expect.any(String)]);
    expect((await kim.api.get(`${repository}/commits?ref_name=tip&per_page=1&page=2`)).body).toEqual([
      listed[1],
    ]);
    expect((await kim.api.get(`${repository}/commits?ref_name=gone`)).status).toBe(404);
  });
});

describe("a comparison on the GitLab sandbox", () => {
  it("goes from where the two parted, or straight from the one to the other", async () => {
    await forge.commit(project, { branch: "left", from: "main", files: { LEFT: "l\n" }, by: ada.user });
    await forge.commit(project, { branch: "right", from: "main", files: { RIGHT: "r\n" }, by: ada.user });
    const paths = async (query: string) => {
      const { body } = await kim.api.get(`${repository}/compare?from=left&to=right${query}`);
      return (body as { diffs: { new_path: string }[] }).diffs.map((diff) => diff.new_path);
    };
    expect(await paths("")).toEqual(["RIGHT"]);
    expect(await paths("&straight=true")).toEqual(["LEFT", "RIGHT"]);
    expect(await kim.api.get(`${repository}/compare?from=left&to=gone`)).toMatchObject({
      ...{ status: 404, body: { message: "404 Ref Not Found" } },
    });
    expect((await kim.api.get(`${repository}/compare?from=left`)).body).toEqual({ error: "to is missing" });
  });

  it("of a branch with itself is empty", async () => {
    expect((await kim.api.get(`${repository}/compare?from=main&to=main`)).body).toMatchObject({
      ...{ commit: null, commits: [], diffs: [], compare_same_ref: true },
    });
  });
});

describe("what the GitLab sandbox does not know", () => {
  it("is refused as GitLab refuses it", async () => {
    const missing = await fetch(`${forge.url}/api/v4/no/such/route`, {
      headers: { "private-token": ada.token },
    });
    expect([missing.status, await missing.json()]).toEqual([404, { error: "404 Not Found" }]);
    const broken = await fetch(`${forge.url}/api/v4/projects`, {
      method: "POST",
      headers: { "private-token": ada.token, "content-type": "application/json" },
      body: "{",
    });
    expect([broken.status, await broken.json()]).toEqual([
      400,
      { error: "The request body is not valid JSON" },
    ]);
  });
});
