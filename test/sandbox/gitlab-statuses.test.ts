import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { SandboxRepository } from "../../src/sandbox/model.js";
import { type GitLabForge, type Person, startGitLab } from "./gitlab-forge.js";

const tally = "/projects/ada%2Ftally";
let forge: GitLabForge;
let ada: Person;
let ben: Person;
let kim: Person;
let project: SandboxRepository;
let commits = 0;

beforeAll(async () => {
  forge = await startGitLab();
  [ada, ben, kim] = [forge.person("ada"), forge.person("ben"), forge.person("kim")];
  project = await forge.project("ada/tally", ada);
  forge.store.setMember(project, ben.user, "write");
});
afterAll(() => forge.close());

/** A commit that no test has seen, at the tip of `main`. */
function freshCommit(branch = "main", from = "main"): Promise<string> {
  return forge.commit(project, { branch, from, files: { COUNT: `${++commits}\n` }, by: ada.user });
}

async function statuses(sha: string, query = ""): Promise<readonly Record<string, unknown>[]> {
  const { body } = await ada.api.get(`${tally}/repository/commits/${sha}/statuses${query}`);
  return body as Record<string, unknown>[];
}

describe("a commit status on the GitLab sandbox", () => {
  it("goes from pending over running to success, as one record", async () => {
    const sha = await freshCommit();
    for (const state of ["pending", "running", "success"]) {
      const posted = await ada.api.post(`${tally}/statuses/${sha}`, {
        state,
        name: "lint",
        description: `${state}!`,
      });
      expect(posted.status).toBe(201);
    }
    expect(await statuses(sha)).toMatchObject([
      { name: "lint", status: "success", description: "success!", author: { username: "ada" }, ref: "main" },
    ]);
    expect(await statuses(sha, "?all=true")).toHaveLength(1);
  });

  it.each([
    ["pending", "pending", "enqueue"],
    ["running", "running", "run"],
    ["running", "pending", "enqueue"],
    ["running", "skipped", "skip"],
  ])("does not go from %s to %s", async (from, to, event) => {
    const sha = await freshCommit();
    await ada.api.post(`${tally}/statuses/${sha}`, { state: from, name: "lint", description: "first" });
    const refused = await ada.api.post(`${tally}/statuses/${sha}`, {
      state: to,
      name: "lint",
      description: "second",
    });
    expect(refused.status).toBe(400);
    expect(refused.body).toEqual({
      message: `Cannot transition status via :${event} from :${from} (Reason(s): Status cannot transition via "${event}")`,
    });
    expect(await statuses(sha)).toMatchObject([{ status: from, description: "first" }]);
  });

  it("is followed by another record once it is over", async () => {
    const sha = await freshCommit();
    await ada.api.post(`${tally}/statuses/${sha}`, { state: "success", name: "lint" });
    await ada.api.post(`${tally}/statuses/${sha}`, { state: "success", name: "lint" });
    await ada.api.post(`${tally}/statuses/${sha}`, { state: "pending", name: "lint" });
    expect(await statuses(sha)).toMatchObject([{ status: "pending" }]);
    expect((await statuses(sha, "?all=true")).map(({ status }) => status)).toEqual([
      "success",
      "success",
      "pending",
    ]);
  });

  it("is another one for each who posts it, of which the latest is shown", async () => {
    const sha = await freshCommit();
    await ada.api.post(`${tally}/statuses/${sha}`, { state: "pending", name: "lint" });
    expect((await ben.api.post(`${tally}/statuses/${sha}`, { state: "pending", name: "lint" })).status).toBe(
      201,
    );
    expect(await statuses(sha)).toMatchObject([{ author: { username: "ben" } }]);
    expect(await statuses(sha, "?all=true")).toHaveLength(2);
  });

  it("is called default unless it has a name or a context", async () => {
    const sha = await freshCommit();
    await ada.api.post(`${tally}/statuses/${sha}`, { state: "pending" });
    await ada.api.post(`${tally}/statuses/${sha}`, { state: "pending", context: "docs" });
    expect((await statuses(sha)).map(({ name }) => name)).toEqual(["default", "docs"]);
    expect((await statuses(sha, "?name=docs")).map(({ name }) => name)).toEqual(["docs"]);
  });

  it("may be posted as a form, or in the query", async () => {
    const sha = await freshCommit();
    await ada.api.post(`${tally}/statuses/${sha}`, new URLSearchParams({ state: "pending", name: "form" }));
    await ada.api.post(`${tally}/statuses/${sha}?state=pending&name=query`);
    expect((await statuses(sha)).map(({ name }) => name)).toEqual(["form", "query"]);
  });

  it("makes an external pipeline where there is none, and others join it", async () => {
    const sha = await freshCommit();
    const first = await ada.api.post(`${tally}/statuses/${sha}`, { state: "running", name: "one" });
    const second = await ada.api.post(`${tally}/statuses/${sha}`, { state: "success", name: "two" });
    const { pipeline_id: pipeline } = first.body as { pipeline_id: number };
    expect(second.body).toMatchObject({ pipeline_id: pipeline });
    expect((await ada.api.get(`${tally}/pipelines/${pipeline}`)).body).toMatchObject({
      source: "external",
      status: "running",
      ref: "main",
    });
    await ada.api.post(`${tally}/statuses/${sha}`, { state: "failed", name: "one" });
    expect((await ada.api.get(`${tally}/pipelines?sha=${sha}`)).body).toMatchObject([{ status: "failed" }]);
    expect(await statuses(sha, `?pipeline_id=${pipeline}`)).toHaveLength(2);
    expect(await statuses(sha, "?pipeline_id=1")).toEqual([]);
  });

  it("makes another pipeline for another ref", async () => {
    const sha = await freshCommit("side");
    const main = await ada.api.post(`${tally}/statuses/${sha}`, { state: "pending", ref: "side" });
    const other = await ada.api.post(`${tally}/statuses/${sha}`, { state: "pending", ref: "elsewhere" });
    expect(main.body).toMatchObject({ ref: "side" });
    expect(other.status).toBe(201);
    const pipelines = (await ada.api.get(`${tally}/pipelines?sha=${sha}`)).body as { ref: string }[];
    expect(pipelines.map(({ ref }) => ref)).toEqual(["elsewhere", "side"]);
    expect(await statuses(sha, "?ref=side")).toHaveLength(1);
  });

  it("needs a pipeline of that id, commit and ref, when one is named", async () => {
    const sha = await freshCommit();
    const refused = await ada.api.post(`${tally}/statuses/${sha}`, { state: "pending", pipeline_id: 1 });
    expect(refused.status).toBe(404);
    expect(refused.body).toEqual({ message: "404 Pipeline for pipeline_id, sha and ref Not Found" });
  });

  it("needs a commit, and a ref where no branch has the commit", async () => {
    const fork = await forge.store.fork(project, kim.user);
    const sha = await forge.commit(fork, { branch: "work", from: "main", files: { A: "a\n" }, by: kim.user });
    const missing = await ada.api.post(`${tally}/statuses/${sha}`, { state: "pending" });
    expect(missing.body).toEqual({ message: "404 Commit Not Found" });

    await kim.api.post("/projects/kim%2Ftally/merge_requests", {
      ...{ title: "Work", source_branch: "work", target_branch: "main", target_project_id: project.id },
    });
    const unreferenced = await ada.api.post(`${tally}/statuses/${sha}`, { state: "pending" });
    expect(unreferenced.status).toBe(404);
    expect(unreferenced.body).toEqual({ message: "404 References for commit Not Found" });
    expect((await ada.api.post(`${tally}/statuses/${sha}`, { state: "pending", ref: "work" })).status).toBe(
      201,
    );
  });

  it("is for developers to set", async () => {
    const sha = await freshCommit();
    const refused = await kim.api.post(`${tally}/statuses/${sha}`, { state: "pending" });
    expect(refused.status).toBe(403);
    expect(refused.body).toEqual({ message: "403 Forbidden" });
    expect((await forge.api().post(`${tally}/statuses/${sha}`, { state: "pending" })).status).toBe(401);
  });

  it("needs a state that GitLab knows, and texts that it can keep", async () => {
    const sha = await freshCommit();
    const answers = [
      await ada.api.post(`${tally}/statuses/${sha}`, {}),
      await ada.api.post(`${tally}/statuses/${sha}`, { state: "error" }),
      await ada.api.post(`${tally}/statuses/${sha}`, { state: "failed", description: "x".repeat(256) }),
      await ada.api.post(`${tally}/statuses/${sha}`, { state: "failed", target_url: "javascript:alert(1)" }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
    expect(answers.map(({ body }) => body)).toEqual([
      { error: "state is missing" },
      { error: "state does not have a valid value" },
      { message: { description: ["is too long (maximum is 255 characters)"] } },
      { message: { target_url: ["is blocked: Only allowed schemes are http, https"] } },
    ]);
    expect(await statuses(sha)).toEqual([]);
  });
});

describe("the statuses of a commit on the GitLab sandbox", () => {
  it("are its CI jobs and what was posted, in one list", async () => {
    forge.ci.script(project, {
      jobs: [
        { name: "build", stage: "build", states: ["pending", "running", "failure"], allowFailure: true },
      ],
      stepMilliseconds: 1,
    });
    const sha = await freshCommit("with-ci");
    await forge.settled();
    await ada.api.post(`${tally}/statuses/${sha}`, { state: "pending", name: "lint" });
    expect(await statuses(sha)).toMatchObject([
      { name: "build", status: "failed", allow_failure: true, ref: "with-ci" },
      { name: "lint", status: "pending", allow_failure: false },
    ]);
    expect(await statuses(sha, "?stage=external")).toMatchObject([{ name: "lint" }]);
    expect(await statuses(sha, "?sort=desc")).toMatchObject([{ name: "lint" }, { name: "build" }]);

    const taken = await ada.api.post(`${tally}/statuses/${sha}`, { state: "pending", name: "build" });
    expect(taken.body).toEqual({ message: { name: ["has already been taken"] } });
  });
});
