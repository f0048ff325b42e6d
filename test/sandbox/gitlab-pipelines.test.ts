import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { SandboxRepository } from "../../src/sandbox/model.js";
import { type GitLabForge, type Person, startGitLab } from "./gitlab-forge.js";

const tally = "/projects/ada%2Ftally";
let forge: GitLabForge;
let ada: Person;
let kim: Person;
let project: SandboxRepository;
let commits = 0;

beforeAll(async () => {
  forge = await startGitLab();
  [ada, kim] = [forge.person("ada"), forge.person("kim")];
  project = await forge.project("ada/tally", ada);
});
afterAll(() => forge.close());

function script(states: readonly ("pending" | "running" | "success" | "failure")[]): void {
  const log = "compiling…\ndone\n";
  forge.ci.script(project, {
    jobs: [{ name: "build", stage: "compile", states, log }],
    stepMilliseconds: "manual",
  });
}

async function pushed(branch: string): Promise<{ readonly sha: string; readonly pipeline: number }> {
  const files = { COUNT: `${++commits}\n` };
  const sha = await forge.commit(project, { branch, from: "main", files, by: ada.user });
  const { body } = await ada.api.get(`${tally}/pipelines?sha=${sha}`);
  return { sha, pipeline: (body as [{ id: number }])[0].id };
}

async function jobOf(pipeline: number): Promise<Record<string, unknown> & { readonly id: number }> {
  const { body } = await ada.api.get(`${tally}/pipelines/${pipeline}/jobs`);
  return (body as [{ id: number }])[0];
}

describe("a pipeline on the GitLab sandbox", () => {
  it("runs for a push, and its jobs go through their states", async () => {
    script(["pending", "running", "success"]);
    const { sha, pipeline } = await pushed("runs");
    expect((await kim.api.get(`${tally}/pipelines/${pipeline}`)).body).toMatchObject({
      ...{ sha, ref: "runs", source: "push", status: "pending", finished_at: null },
    });
    forge.ci.step(project);
    expect(await jobOf(pipeline)).toMatchObject({ name: "build", stage: "compile", status: "running" });
    forge.ci.step(project);
    expect((await kim.api.get(`${tally}/pipelines/latest?ref=runs`)).body).toMatchObject({
      ...{ id: pipeline, status: "success", detailed_status: { text: "passed" } },
    });
    const job = await jobOf(pipeline);
    expect(job).toMatchObject({ status: "success", commit: { id: sha }, pipeline: { id: pipeline } });
    expect((await kim.api.get(`${tally}/jobs/${job.id}`)).body).toEqual(job);
  });

  it("is found by commit, branch, source and status, newest first", async () => {
    script(["success"]);
    const one = await pushed("found");
    const other = await pushed("found");
    const ids = async (query: string) =>
      ((await kim.api.get(`${tally}/pipelines?${query}`)).body as { id: number }[]).map(({ id }) => id);
    expect(await ids("ref=found")).toEqual([other.pipeline, one.pipeline]);
    expect(await ids("ref=found&sort=asc&order_by=id")).toEqual([one.pipeline, other.pipeline]);
    expect(await ids(`sha=${one.sha}&source=push&status=success&scope=finished`)).toEqual([one.pipeline]);
    expect(await ids(`sha=${one.sha}&source=merge_request_event`)).toEqual([]);
    expect(await ids(`sha=${one.sha}&status=failed`)).toEqual([]);
    const refused = await kim.api.get(`${tally}/pipelines?sort=sideways`);
    expect(refused.body).toEqual({ error: "sort does not have a valid value" });
  });

  it("is started by a developer on a branch", async () => {
    script(["pending", "success"]);
    const { sha } = await pushed("started");
    const started = await ada.api.post(`${tally}/pipeline`, { ref: "started" });
    expect(started.body).toMatchObject({ sha, ref: "started", status: "pending" });
    expect((await kim.api.post(`${tally}/pipeline`, { ref: "started" })).status).toBe(403);
    expect((await ada.api.post(`${tally}/pipeline`, { ref: "nowhere" })).body).toEqual({
      message: { base: ["Reference not found"] },
    });
  });

  it("is not known for a branch that never had one", async () => {
    await forge.project("ada/quiet", ada);
    expect((await ada.api.get("/projects/ada%2Fquiet/pipelines/latest")).status).toBe(403);
    expect((await ada.api.post("/projects/ada%2Fquiet/pipeline", { ref: "main" })).body).toEqual({
      message: { base: ["Missing CI config file"] },
    });
    expect((await ada.api.get("/projects/ada%2Fquiet/pipelines/1")).status).toBe(404);
  });

  it("runs its failed jobs again when it is retried", async () => {
    script(["failure"]);
    const { pipeline } = await pushed("retried");
    const failed = await jobOf(pipeline);
    expect(failed).toMatchObject({ status: "failed", failure_reason: "script_failure" });
    script(["running", "success"]);
    expect((await kim.api.post(`${tally}/pipelines/${pipeline}/retry`)).status).toBe(403);
    expect((await ada.api.post(`${tally}/pipelines/${pipeline}/retry`)).body).toMatchObject({
      status: "running",
    });
    const again = await jobOf(pipeline);
    expect(again.id).not.toBe(failed.id);
    forge.ci.step(project);
    expect((await ada.api.get(`${tally}/pipelines/${pipeline}`)).body).toMatchObject({ status: "success" });
  });

  it("passes although a job that may fail was canceled", async () => {
    const jobs = [
      { name: "build", states: ["success" as const] },
      { name: "lint", states: ["running" as const], allowFailure: true },
    ];
    forge.ci.script(project, { jobs, stepMilliseconds: "manual" });
    const { pipeline } = await pushed("warned");
    const { body } = await ada.api.get(`${tally}/pipelines/${pipeline}/jobs`);
    const lint = (body as { id: number; name: string }[]).find(({ name }) => name === "lint");
    await ada.api.post(`${tally}/jobs/${lint?.id}/cancel`);
    expect((await ada.api.get(`${tally}/pipelines/${pipeline}`)).body).toMatchObject({ status: "success" });
  });

  it("ends where it is when it is canceled", async () => {
    script(["pending", "running", "success"]);
    const { pipeline } = await pushed("canceled");
    expect((await ada.api.post(`${tally}/pipelines/${pipeline}/cancel`)).body).toMatchObject({
      status: "canceled",
    });
    forge.ci.step(project);
    expect(await jobOf(pipeline)).toMatchObject({ status: "canceled" });
  });
});

describe("a job on the GitLab sandbox", () => {
  it("is retried once it is over, and canceled before", async () => {
    script(["pending", "running", "success"]);
    const { pipeline } = await pushed("job");
    const job = await jobOf(pipeline);
    const early = await ada.api.post(`${tally}/jobs/${job.id}/retry`);
    expect(early).toMatchObject({ status: 403, body: { message: "403 Forbidden - Job is not retryable" } });
    expect((await ada.api.post(`${tally}/jobs/${job.id}/cancel`)).body).toMatchObject({ status: "canceled" });
    const retried = await ada.api.post(`${tally}/jobs/${job.id}/retry`);
    expect(retried.body).toMatchObject({ name: "build", status: "pending" });
    expect((await ada.api.get(`${tally}/jobs/${job.id}`)).status).toBe(404);
    expect((await ada.api.post(`${tally}/jobs/${(retried.body as { id: number }).id}/play`)).body).toEqual({
      message: "400 Bad request - Unplayable Job",
    });
  });

  it("shows its log, or a part of it", async () => {
    script(["success"]);
    const { id } = await jobOf((await pushed("log")).pipeline);
    expect((await kim.api.get(`${tally}/jobs/${id}/trace`)).body).toBe("compiling…\ndone\n");
    expect((await kim.api.get(`${tally}/jobs/${id}/trace?byte_offset=13&byte_limit=4`)).body).toBe("done");
    expect((await kim.api.get(`${tally}/jobs/1/trace`)).status).toBe(404);
  });

  it("is listed by its status", async () => {
    script(["success"]);
    const { pipeline } = await pushed("listed");
    expect((await kim.api.get(`${tally}/pipelines/${pipeline}/jobs?scope[]=failed`)).body).toEqual([]);
    expect(
      (await kim.api.get(`${tally}/pipelines/${pipeline}/jobs?scope[]=failed&scope[]=success`)).body,
    ).toHaveLength(1);
  });
});

describe("the pipelines of a merge request on the GitLab sandbox", () => {
  it("run on its own ref, and the newest is its head pipeline", async () => {
    forge.ci.script(project, { jobs: [], stepMilliseconds: "manual" });
    await forge.commit(project, { branch: "proposal", from: "main", files: { A: "a\n" }, by: ada.user });
    script(["running", "success"]);
    const opened = await ada.api.post(`${tally}/merge_requests`, {
      ...{ title: "Proposal", source_branch: "proposal", target_branch: "main" },
    });
    const { iid } = opened.body as { iid: number };
    const listed = await kim.api.get(`${tally}/merge_requests/${iid}/pipelines`);
    expect(listed.body).toMatchObject([
      { source: "merge_request_event", ref: `refs/merge-requests/${iid}/head`, status: "running" },
    ]);
    const again = await ada.api.post(`${tally}/merge_requests/${iid}/pipelines`);
    expect(again.status).toBe(201);
    expect((await kim.api.get(`${tally}/merge_requests/${iid}`)).body).toMatchObject({
      head_pipeline: { id: (again.body as { id: number }).id },
    });
    expect((await kim.api.post(`${tally}/merge_requests/${iid}/pipelines`)).status).toBe(403);
    expect(await ada.api.post(`${tally}/merge_requests/${iid}/pipelines`, { async: true })).toMatchObject({
      ...{ status: 202, body: undefined },
    });
    expect((await kim.api.get(`${tally}/merge_requests/${iid}/pipelines`)).body).toHaveLength(3);
  });

  it("run in the fork, when it comes from one", async () => {
    script(["success"]);
    const fork = await forge.store.fork(project, kim.user);
    const sha = await forge.commit(fork, { branch: "work", from: "main", files: { B: "b\n" }, by: kim.user });
    const opened = await kim.api.post("/projects/kim%2Ftally/merge_requests", {
      ...{ title: "Work", source_branch: "work", target_branch: "main", target_project_id: project.id },
    });
    const { iid } = opened.body as { iid: number };
    const listed = (await ada.api.get(`${tally}/merge_requests/${iid}/pipelines`)).body;
    expect(listed).toMatchObject([{ project_id: fork.id, sha, status: "success" }]);
    expect((await ada.api.get(`${tally}/pipelines?sha=${sha}`)).body).toEqual([]);
  });
});
