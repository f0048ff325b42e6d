import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { systemClock } from "../../src/domain/clock.js";
import { Secret } from "../../src/domain/secret.js";
import { readGitLabDelivery, verifyGitLabDelivery } from "../../src/forges/gitlab/webhook.js";
import type { Delivery } from "../../src/sandbox/deliveries.js";
import type { SandboxRepository } from "../../src/sandbox/model.js";
import { checkGitLabWebhook } from "../contract/gitlab-webhooks.js";
import { type GitLabForge, type Listening, type Person, startGitLab } from "./gitlab-forge.js";

let forge: GitLabForge;
let owner: Person;
let project: SandboxRepository;
let path: string;
let hook: Listening;

beforeEach(async () => {
  forge = await startGitLab();
  owner = forge.person("ines");
  project = await forge.project("rpms/tally", owner);
  path = `/projects/${project.id}`;
  hook = forge.listen(project);
});

afterEach(() => forge.close());

interface Sent {
  readonly event: string;
  readonly payload: Record<string, unknown> & { readonly object_attributes?: Record<string, unknown> };
}

/** What was sent so far; each of it has the shape of GitLab's own. */
async function sent(from: Listening = hook): Promise<readonly Sent[]> {
  const deliveries = (await from.deliveries()).map(({ event, request }) => ({
    event,
    payload: JSON.parse(request.body) as Sent["payload"],
  }));
  expect(deliveries.flatMap(({ event, payload }) => checkGitLabWebhook(event, payload))).toEqual([]);
  return deliveries;
}

async function sentOf(event: string): Promise<readonly Sent["payload"][]> {
  return (await sent()).filter((one) => one.event === event).map(({ payload }) => payload);
}

/** A branch `fix` and its merge request. */
async function openMergeRequest(): Promise<string> {
  await forge.commit(project, { branch: "fix", from: "main", files: { FIX: "1\n" }, by: owner.user });
  const wanted = { title: "Fix it", source_branch: "fix", target_branch: "main", description: "Why" };
  const answer = await owner.api.post(`${path}/merge_requests`, wanted);
  return `${path}/merge_requests/${(answer.body as { iid: number }).iid}`;
}

describe("a push", () => {
  it("tells its commits, oldest first, with their files", async () => {
    const before = (await forge.store.branch(project, "main")) ?? "";
    const after = await forge.commit(project, {
      branch: "main",
      files: { NEWS: "two\n", NEW: "x\n" },
      by: owner.user,
    });
    const pushed = (await sentOf("Push Hook")).at(-1);
    expect(pushed).toMatchObject({
      object_kind: "push",
      ref: "refs/heads/main",
      before,
      after,
      checkout_sha: after,
      user_username: "ines",
      project: { path_with_namespace: "rpms/tally", default_branch: "main" },
      commits: [{ id: after, added: ["NEW"], modified: ["NEWS"], removed: [] }],
      total_commits_count: 1,
    });
  });

  it("of a new branch tells what the default branch has not, and of a deleted one nothing", async () => {
    await forge.commit(project, { branch: "fix", from: "main", files: { FIX: "1\n" }, by: owner.user });
    await owner.api.delete(`${path}/repository/branches/fix`);
    const [made, deleted] = (await sentOf("Push Hook")).slice(-2);
    expect(made).toMatchObject({ before: "0".repeat(40), commits: [{ title: "Change FIX" }] });
    expect(deleted).toMatchObject({ after: "0".repeat(40), checkout_sha: null, commits: [] });
  });
});

describe("a merge request", () => {
  it("tells when it is opened, edited, pushed to, closed, reopened and merged", async () => {
    const mergeRequest = await openMergeRequest();
    const opened = (await forge.store.branch(project, "fix")) ?? "";
    await owner.api.put(mergeRequest, { title: "Draft: Fix it all", add_labels: "bug" });
    await forge.commit(project, { branch: "fix", files: { FIX: "2\n" }, by: owner.user });
    await owner.api.put(mergeRequest, { state_event: "close" });
    await owner.api.put(mergeRequest, { state_event: "reopen" });
    await owner.api.put(mergeRequest, { title: "Fix it all" });
    await forge.settled();
    await owner.api.put(`${mergeRequest}/merge`, {});

    const told = await sentOf("Merge Request Hook");
    expect(told.map(({ object_attributes: of }) => [of?.action, of?.state, of?.oldrev])).toEqual([
      ["open", "opened", undefined],
      ["update", "opened", undefined],
      ["update", "opened", opened],
      ["close", "closed", undefined],
      ["reopen", "opened", undefined],
      ["update", "opened", undefined],
      ["merge", "merged", undefined],
    ]);
    expect(told[1]).toMatchObject({
      changes: {
        title: { previous: "Fix it", current: "Draft: Fix it all" },
        draft: { previous: false, current: true },
        labels: { previous: [], current: [{ title: "bug" }] },
      },
      object_attributes: { draft: true, work_in_progress: true },
    });
    expect(told[3]).toMatchObject({ changes: { state_id: { previous: 1, current: 2 } } });
  });

  it("of a fork tells in the target project, and names the fork as its source", async () => {
    const robin = forge.person("robin");
    const fork = await forge.store.fork(project, robin.user);
    await forge.commit(fork, { branch: "fix", from: "main", files: { FIX: "1\n" }, by: robin.user });
    await robin.api.post(`/projects/${fork.id}/merge_requests`, {
      title: "Fix it",
      source_branch: "fix",
      target_branch: "main",
      target_project_id: project.id,
    });
    const [told] = await sentOf("Merge Request Hook");
    expect(told).toMatchObject({
      user: { username: "robin" },
      object_attributes: {
        source: { path_with_namespace: "robin/tally" },
        target: { path_with_namespace: "rpms/tally" },
      },
    });
  });
});

describe("a note", () => {
  it("tells when it is written and when it is edited, with its merge request", async () => {
    const mergeRequest = await openMergeRequest();
    const answer = await owner.api.post(`${mergeRequest}/notes`, { body: "Looks good" });
    const { id } = answer.body as { id: number };
    await owner.api.put(`${mergeRequest}/notes/${id}`, { body: "Looks fine" });
    const told = await sentOf("Note Hook");
    expect(told.map(({ object_attributes: of }) => [of?.action, of?.note])).toEqual([
      ["create", "Looks good"],
      ["update", "Looks fine"],
    ]);
    expect(told[0]).toMatchObject({ merge_request: { iid: 1, last_commit: { title: "Change FIX" } } });
  });
});

describe("pipelines and jobs", () => {
  it("tell each state that they go through", async () => {
    forge.ci.script(project, {
      stepMilliseconds: 1,
      jobs: [{ name: "build", states: ["pending", "running", "failure"] }],
    });
    const commit = await forge.commit(project, { branch: "main", files: { NEWS: "2\n" }, by: owner.user });
    const [jobs, pipelines] = [await sentOf("Job Hook"), await sentOf("Pipeline Hook")];
    expect(jobs.map((job) => job.build_status)).toEqual(["pending", "running", "failed"]);
    expect(pipelines.map(({ object_attributes: of }) => of?.status)).toEqual([
      "pending",
      "running",
      "failed",
    ]);
    expect(pipelines.at(-1)).toMatchObject({
      object_attributes: { sha: commit, ref: "main", source: "push" },
      builds: [{ name: "build", status: "failed", failure_reason: "script_failure" }],
      merge_request: null,
    });
  });

  it("name the source branch of a merge request whose pipeline it is", async () => {
    await forge.commit(project, { branch: "fix", from: "main", files: { FIX: "1\n" }, by: owner.user });
    forge.ci.script(project, { stepMilliseconds: 1, jobs: [{ name: "build", states: ["success"] }] });
    const wanted = { title: "Fix it", source_branch: "fix", target_branch: "main" };
    await owner.api.post(`${path}/merge_requests`, wanted);
    const last = (await sentOf("Pipeline Hook")).at(-1);
    expect(last).toMatchObject({
      object_attributes: { ref: "fix", source: "merge_request_event" },
      merge_request: { iid: 1, source_branch: "fix", state: "opened" },
    });
  });

  it("tell of a posted status by its pipeline", async () => {
    const commit = await forge.commit(project, { branch: "main", files: { NEWS: "2\n" }, by: owner.user });
    await owner.api.post(`${path}/statuses/${commit}`, { state: "success", name: "lint" });
    const [first] = await sentOf("Pipeline Hook");
    expect(first).toMatchObject({ object_attributes: { sha: commit, source: "external" } });
    expect(await sentOf("Job Hook")).toEqual([]);
  });
});

describe("a delivery", () => {
  const signingToken = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;
  const secrets = { webhookSecret: new Secret("s3cret"), signingToken: new Secret(signingToken) };

  it("carries the hook's token and its signature, which its receiver can check", async () => {
    const signed = forge.listen(project, { secret: "s3cret", signingToken });
    await openMergeRequest();
    const deliveries = await signed.deliveries();
    expect(deliveries).not.toHaveLength(0);
    for (const delivery of deliveries) {
      expect(verifyGitLabDelivery(rawOf(delivery), secrets, systemClock)).toBe(true);
      expect(delivery.request.headers).toMatchObject({ "x-gitlab-token": "s3cret" });
    }
    const [first] = deliveries;
    if (first === undefined) throw new Error("nothing was sent");
    const tampered = { ...rawOf(first), body: Buffer.from(`${first.request.body} `) };
    expect(verifyGitLabDelivery(tampered, secrets, systemClock)).toBe(false);
  });

  it("has a name of its own, and names its hook and its forge", async () => {
    await openMergeRequest();
    const headers = (await hook.deliveries()).map(({ request }) => request.headers);
    expect(new Set(headers.map((one) => one["idempotency-key"])).size).toBe(headers.length);
    expect(new Set(headers.map((one) => one["x-gitlab-webhook-uuid"])).size).toBe(1);
    expect(headers[0]).toMatchObject({
      "x-gitlab-event": "Push Hook",
      "x-gitlab-instance": forge.url,
      "user-agent": "GitLab/sandbox",
    });
    expect(headers[0]).not.toHaveProperty("x-gitlab-token");
  });

  it("is sent for what the hook is subscribed to, and nothing else", async () => {
    const notes = forge.listen(project, { events: ["note_events"] });
    const mergeRequest = await openMergeRequest();
    await owner.api.post(`${mergeRequest}/notes`, { body: "Looks good" });
    expect((await sent(notes)).map(({ event }) => event)).toEqual(["Note Hook"]);
  });

  it("is understood by our own reader", async () => {
    await openMergeRequest();
    const events = (await hook.deliveries()).map(({ event, request }) =>
      readGitLabDelivery({ forge: "gitlab", event, body: request.body }),
    );
    const repository = { forge: "gitlab", path: "rpms/tally" };
    const read = { outcome: "events", repositoryId: project.id };
    expect(events).toEqual([
      { ...read, events: [{ kind: "branch", repository, branch: "fix" }] },
      {
        ...read,
        events: [{ kind: "merge-request", mergeRequest: { repository, number: 1 }, by: owner.user.id }],
      },
    ]);
  });
});

function rawOf({ request }: Delivery) {
  return { headers: request.headers, body: Buffer.from(request.body) };
}
