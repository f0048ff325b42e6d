import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { SandboxRepository } from "../../src/sandbox/model.js";
import { type GitHubForge, type Person, startGitHub } from "./github-forge.js";

let forge: GitHubForge;
let ada: Person;
let ben: Person;
let tally: SandboxRepository;

beforeAll(async () => {
  forge = await startGitHub();
  [ada, ben] = [forge.person("ada"), forge.person("ben")];
  tally = await forge.store.createRepository({ path: "ada/tally", owner: ada.user, private: false });
  await forge.commit(tally, { branch: "main", files: { sum: "1\n" }, message: "Begin", by: ada.user });
});
afterAll(() => forge.close());

let counter = 0;
const newCommit = () =>
  forge.commit(tally, { branch: "work", from: "main", files: { work: String(++counter) }, by: ada.user });

describe("a commit status on the GitHub sandbox", () => {
  it("counts with the newest of each context, and together they make one state", async () => {
    const sha = await newCommit();
    const set = (context: string, state: string) =>
      ada.api.post(`/repos/ada/tally/statuses/${sha}`, {
        state,
        context,
        description: `${context} ${state}`,
        target_url: "http://ci.example/1",
      });
    const combined = async () => (await ben.api.get(`/repos/ada/tally/commits/${sha}/status`)).body;
    expect(await combined()).toMatchObject({ state: "pending", total_count: 0 });
    expect((await set("build", "pending")).body).toMatchObject({
      state: "pending",
      creator: { login: "ada" },
    });
    await set("lint", "success");
    expect(await combined()).toMatchObject({ state: "pending", total_count: 2 });
    await set("build", "success");
    expect(await combined()).toMatchObject({ state: "success", total_count: 2 });
    await set("lint", "error");
    expect(await combined()).toMatchObject({ state: "failure", sha });
    expect((await ben.api.get(`/repos/ada/tally/commits/work/statuses?per_page=1`)).body).toMatchObject([
      { context: "lint", state: "error", description: "lint error" },
    ]);
    expect((await ben.api.get(`/repos/ada/tally/commits/heads/work/statuses`)).body).toHaveLength(4);
    expect((await ben.api.get(`/repos/ada/tally/statuses/${sha}`)).body).toHaveLength(4);
  });

  it("has one of four states, a short description and a commit", async () => {
    const sha = await newCommit();
    const refused = async (body: object, at = sha) =>
      (await ada.api.post(`/repos/ada/tally/statuses/${at}`, body)).body;
    expect(await refused({ state: "running" })).toMatchObject({ errors: [{ field: "state" }] });
    expect(await refused({ state: "pending", description: "x".repeat(141) })).toMatchObject({
      errors: [{ message: "description is too long (maximum is 140 characters)" }],
    });
    expect(await refused({ state: "pending", target_url: "ftp://x" })).toMatchObject({
      errors: [{ field: "target_url" }],
    });
    const missing = "0123456789012345678901234567890123456789";
    expect(await refused({ state: "pending" }, missing)).toMatchObject({
      message: `No commit found for SHA: ${missing}`,
    });
    expect(await refused({})).toMatchObject({ message: expect.stringContaining(`"state" wasn't supplied`) });
  });

  it("is set by those who may push: 401 for nobody, 403 for others", async () => {
    const path = `/repos/ada/tally/statuses/${await newCommit()}`;
    expect((await forge.api().post(path, { state: "success" })).status).toBe(401);
    expect((await ben.api.post(path, { state: "success" })).status).toBe(403);
    expect((await forge.app.post(path, { state: "success" })).status).toBe(201);
  });
});

describe("a check run on the GitHub sandbox", () => {
  it("is made and changed by an app alone", async () => {
    const sha = await newCommit();
    const wanted = {
      name: "mirror",
      head_sha: sha,
      external_id: "pair-1",
      details_url: "http://ci.example/2",
    };
    expect((await ada.api.post("/repos/ada/tally/check-runs", wanted)).body).toMatchObject({
      message: "You must authenticate via a GitHub App.",
    });
    const made = await forge.app.post("/repos/ada/tally/check-runs", wanted);
    expect(made.body).toMatchObject({ status: "queued", conclusion: null, app: { slug: "sluice" } });
    const run = `/repos/ada/tally/check-runs/${(made.body as { id: number }).id}`;
    expect((await forge.app.patch(run, { status: "in_progress" })).body).toMatchObject({
      status: "in_progress",
    });
    expect((await forge.app.patch(run, { status: "completed" })).status).toBe(422);
    const output = { title: "Mirrored", summary: "All is well." };
    expect((await forge.app.patch(run, { conclusion: "success", output })).body).toMatchObject({
      status: "completed",
      conclusion: "success",
      completed_at: expect.any(String),
      output,
    });
    expect((await ada.api.patch(run, { name: "mine" })).status).toBe(403);
    expect((await ben.api.get(run)).body).toMatchObject({ external_id: "pair-1" });
    expect((await ada.api.post(`${run}/rerequest`)).status).toBe(201);
    expect((await ben.api.get(run)).body).toMatchObject({ status: "queued", conclusion: null });
    const missing = { ...wanted, head_sha: "0123456789012345678901234567890123456789" };
    expect((await forge.app.post("/repos/ada/tally/check-runs", missing)).status).toBe(422);
  });

  it("belongs to a suite with the others of its app", async () => {
    const sha = await newCommit();
    const make = (name: string, conclusion: string) =>
      forge.app.post("/repos/ada/tally/check-runs", { name, head_sha: sha, conclusion });
    await make("one", "success");
    await make("two", "failure");
    const suites = await ben.api.get(`/repos/ada/tally/commits/${sha}/check-suites`);
    expect(suites.body).toMatchObject({
      total_count: 1,
      check_suites: [{ status: "completed", conclusion: "failure", latest_check_runs_count: 2 }],
    });
    const { id } = (suites.body as { check_suites: [{ id: number }] }).check_suites[0];
    expect((await ben.api.get(`/repos/ada/tally/check-suites/${id}`)).body).toMatchObject({ head_sha: sha });
    expect((await ben.api.get(`/repos/ada/tally/check-suites/${id}/check-runs`)).body).toMatchObject({
      total_count: 2,
    });
    await make("two", "success");
    const runs = `/repos/ada/tally/commits/${sha}/check-runs`;
    expect((await ben.api.get(runs)).body).toMatchObject({ total_count: 2 });
    expect((await ben.api.get(`${runs}?filter=all`)).body).toMatchObject({ total_count: 3 });
    expect((await ben.api.get(`${runs}?check_name=two`)).body).toMatchObject({
      check_runs: [{ conclusion: "success" }],
    });
    expect((await ada.api.post(`/repos/ada/tally/check-suites/${id}/rerequest`)).status).toBe(201);
    expect((await ben.api.get(`${runs}?status=completed`)).body).toMatchObject({ total_count: 0 });
  });
});

describe("the CI of the GitHub sandbox", () => {
  it("shows as workflow run, jobs, check suite and check runs", async () => {
    const jobs = [
      { name: "build", states: ["pending", "running", "success"] as const },
      { name: "lint", states: ["pending", "running", "failure"] as const, log: "line 1 is ugly\n" },
    ];
    forge.ci.script(tally, { jobs, stepMilliseconds: "manual" });
    const sha = await newCommit();
    const read = async (path: string) => (await ben.api.get(`/repos/ada/tally${path}`)).body;
    expect(await read(`/commits/${sha}/check-runs`)).toMatchObject({
      check_runs: [{ status: "queued" }, { status: "queued", app: { slug: "github-actions" } }],
    });
    forge.ci.step(tally);
    forge.ci.step(tally);
    const runs = await read(`/actions/runs?head_sha=${sha}&event=push&status=failure`);
    expect(runs).toMatchObject({
      total_count: 1,
      workflow_runs: [{ conclusion: "failure", head_branch: "work" }],
    });
    const { id } = (runs as { workflow_runs: [{ id: number }] }).workflow_runs[0];
    expect(await read(`/actions/runs/${id}`)).toMatchObject({ head_sha: sha, status: "completed" });
    const listed = await read(`/actions/runs/${id}/jobs`);
    expect(listed).toMatchObject({
      jobs: [
        { name: "build", conclusion: "success" },
        { name: "lint", conclusion: "failure" },
      ],
    });
    const lint = (listed as { jobs: [unknown, { id: number }] }).jobs[1].id;
    expect(await read(`/actions/jobs/${lint}`)).toMatchObject({ run_id: id });
    expect(await read(`/check-runs/${lint}`)).toMatchObject({ conclusion: "failure", check_suite: { id } });
    expect(await read(`/check-suites/${id}`)).toMatchObject({ conclusion: "failure" });

    const log = await ben.api.get(`/repos/ada/tally/actions/jobs/${lint}/logs`);
    expect(log.status).toBe(302);
    expect(await (await fetch(log.headers.get("location") ?? "")).text()).toBe("line 1 is ugly\n");

    expect((await ben.api.post(`/repos/ada/tally/actions/jobs/${lint}/rerun`)).status).toBe(403);
    expect((await ada.api.post(`/repos/ada/tally/actions/jobs/${lint}/rerun`)).status).toBe(201);
    expect(await read(`/commits/${sha}/check-runs?check_name=lint`)).toMatchObject({
      check_runs: [{ status: "queued" }],
    });
    forge.ci.step(tally);
    forge.ci.step(tally);
    expect((await ada.api.post(`/repos/ada/tally/actions/runs/${id}/rerun-failed-jobs`)).status).toBe(201);
    expect((await ada.api.post(`/repos/ada/tally/actions/runs/${id}/rerun`)).status).toBe(201);
    expect(await read(`/actions/runs/${id}`)).toMatchObject({ status: "queued", conclusion: null });
    expect((await ada.api.post(`/repos/ada/tally/actions/runs/${id}/cancel`)).status).toBe(202);
    expect(await read(`/actions/runs/${id}`)).toMatchObject({ status: "completed", conclusion: "cancelled" });
    expect((await ada.api.post(`/repos/ada/tally/actions/runs/${id}/cancel`)).body).toMatchObject({
      message: "Cannot cancel a workflow run that is completed.",
    });
    expect((await ben.api.get("/repos/ada/tally/actions/runs/9999")).status).toBe(404);
  });
});
