import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Delivery } from "../../src/sandbox/deliveries.js";
import type { SandboxHook, SandboxRepository } from "../../src/sandbox/model.js";
import { checkGitHubWebhook } from "../contract/github-webhooks.js";
import { type GitHubForge, type Person, startGitHub } from "./github-forge.js";

type Payload = Readonly<Record<string, unknown>>;

const pulls = "/repos/ada/tally/pulls";
let forge: GitHubForge;
let ada: Person;
let tally: SandboxRepository;
let hook: SandboxHook;

beforeAll(async () => {
  forge = await startGitHub();
  ada = forge.person("ada");
  tally = await forge.store.createRepository({ path: "ada/tally", owner: ada.user, private: false });
  await forge.commit(tally, { branch: "main", files: { sum: "1\n" }, message: "Begin", by: ada.user });
  hook = forge.store.addHook(tally, {
    url: "http://127.0.0.1:9/own",
    secret: "hush",
    signingToken: undefined,
    events: ["pull_request", "issue_comment"],
  });
});
afterAll(() => forge.close());

const payloadOf = ({ request }: Delivery) => JSON.parse(request.body) as Payload;

/** What the app's webhook was sent while something happened, as `event` or `event.action`. */
async function told(act: () => Promise<unknown>): Promise<readonly { name: string; payload: Payload }[]> {
  const before = (await forge.webhooks()).length;
  await act();
  return (await forge.webhooks()).slice(before).map((delivery) => {
    const payload = payloadOf(delivery);
    const { action } = payload;
    return { name: typeof action === "string" ? `${delivery.event}.${action}` : delivery.event, payload };
  });
}
const names = (webhooks: readonly { readonly name: string }[]) => webhooks.map(({ name }) => name);

async function proposed(branch: string): Promise<number> {
  await forge.commit(tally, { branch, from: "main", files: { [branch]: "new\n" }, by: ada.user });
  const made = await ada.api.post(pulls, { title: `Add ${branch}`, head: branch, base: "main" });
  return (made.body as { number: number }).number;
}

describe("the webhooks of the GitHub sandbox", () => {
  it("tell of a pull request from its opening to its end", async () => {
    let number = 0;
    const opened = await told(async () => (number = await proposed("life")));
    expect(names(opened)).toEqual(["push", "pull_request.opened"]);
    expect(opened[1]?.payload).toMatchObject({
      number,
      pull_request: { title: "Add life", head: { ref: "life" } },
      repository: { full_name: "ada/tally" },
      sender: { login: "ada" },
      installation: { id: forge.store.app?.installationId },
    });

    const pushed = await told(() =>
      forge.commit(tally, { branch: "life", files: { life: "newer\n" }, by: ada.user }),
    );
    expect(names(pushed)).toEqual(["push", "pull_request.synchronize"]);
    expect(pushed[1]?.payload["before"]).toBe(pushed[0]?.payload["before"]);
    expect(pushed[0]?.payload).toMatchObject({
      ref: "refs/heads/life",
      forced: false,
      head_commit: { modified: ["life"], added: [] },
    });

    const edited = await told(() => ada.api.patch(`${pulls}/${number}`, { title: "Give life" }));
    expect(names(edited)).toEqual(["pull_request.edited"]);
    expect(edited[0]?.payload).toMatchObject({ changes: { title: { from: "Add life" } } });

    const change = (state: string) => told(() => ada.api.patch(`${pulls}/${number}`, { state }));
    expect(names(await change("closed"))).toEqual(["pull_request.closed"]);
    expect(names(await change("open"))).toEqual(["pull_request.reopened"]);

    const merged = await told(() => ada.api.put(`${pulls}/${number}/merge`, {}));
    expect(names(merged).sort()).toEqual(["pull_request.closed", "push"]);
    expect(merged.find(({ name }) => name !== "push")?.payload).toMatchObject({
      pull_request: { merged: true, state: "closed" },
    });
  });

  it("tell of drafts, labels and comments by events of their own", async () => {
    const number = await proposed("draft");
    const shown = forge.store.mergeRequest(tally, number);
    if (shown === undefined) throw new Error("it was opened");
    const redraft = (draft: boolean) => told(() => forge.store.editMergeRequest(shown, { draft }, ada.user));
    expect(names(await redraft(true))).toEqual(["pull_request.converted_to_draft"]);
    expect(names(await redraft(false))).toEqual(["pull_request.ready_for_review"]);

    const issue = `/repos/ada/tally/issues/${number}`;
    const labelled = await told(() => ada.api.post(`${issue}/labels`, { labels: ["a", "b"] }));
    expect(names(labelled)).toEqual(["pull_request.labeled", "pull_request.labeled"]);
    expect(names(await told(() => ada.api.delete(`${issue}/labels/a`)))).toEqual(["pull_request.unlabeled"]);

    let id = 0;
    const said = await told(async () => {
      const made = await ada.api.post(`${issue}/comments`, { body: "Nice." });
      id = (made.body as { id: number }).id;
    });
    expect(names(said)).toEqual(["issue_comment.created"]);
    expect(said[0]?.payload).toMatchObject({ comment: { body: "Nice." }, issue: { number } });
    const corrected = () => ada.api.patch(`/repos/ada/tally/issues/comments/${id}`, { body: "Very nice." });
    expect(names(await told(corrected))).toEqual(["issue_comment.edited"]);
  });

  it("tell of branches that begin, are rewritten and end", async () => {
    const main = await forge.store.branch(tally, "main");
    const begun = await told(() =>
      ada.api.post("/repos/ada/tally/git/refs", { ref: "refs/heads/brief", sha: main }),
    );
    expect(begun[0]?.payload).toMatchObject({ created: true, deleted: false, commits: [] });
    await forge.commit(tally, { branch: "brief", files: { brief: "1" }, by: ada.user });
    const ref = "/repos/ada/tally/git/refs/heads/brief";
    const rewritten = await told(() => ada.api.patch(ref, { sha: main, force: true }));
    expect(rewritten[0]?.payload).toMatchObject({ forced: true, head_commit: { id: main } });
    const ended = await told(() => ada.api.delete(ref));
    expect(ended[0]?.payload).toMatchObject({ deleted: true, head_commit: null });
  });

  it("tell of results from outside and of the app's own", async () => {
    const sha = await forge.commit(tally, {
      branch: "results",
      from: "main",
      files: { r: "1" },
      by: ada.user,
    });
    const status = await told(() => ada.api.post(`/repos/ada/tally/statuses/${sha}`, { state: "pending" }));
    expect(names(status)).toEqual(["status"]);
    expect(status[0]?.payload).toMatchObject({ sha, state: "pending", branches: [{ name: "results" }] });

    let id = 0;
    const made = await told(async () => {
      const run = await forge.app.post("/repos/ada/tally/check-runs", { name: "mirror", head_sha: sha });
      id = (run.body as { id: number }).id;
    });
    expect(names(made)).toEqual(["check_run.created"]);
    const run = `/repos/ada/tally/check-runs/${id}`;
    const done = await told(() => forge.app.patch(run, { conclusion: "success" }));
    expect(names(done)).toEqual(["check_run.completed", "check_suite.completed"]);
    const again = await told(() => ada.api.post(`${run}/rerequest`));
    expect(names(again)).toEqual(["check_run.rerequested"]);
    expect(again[0]?.payload).toMatchObject({ check_run: { status: "queued" }, sender: { login: "ada" } });
  });

  it("tell of the CI's beginning and end", async () => {
    const jobs = [{ name: "build", states: ["pending", "running", "success"] as const }];
    forge.ci.script(tally, { jobs, stepMilliseconds: 5 });
    const webhooks = await told(() =>
      forge.commit(tally, { branch: "ci", from: "main", files: { ci: "1" }, by: ada.user }),
    );
    expect(names(webhooks).filter((name) => name !== "push")).toEqual([
      "workflow_run.requested",
      "check_run.created",
      "workflow_run.in_progress",
      "check_run.completed",
      "check_suite.completed",
      "workflow_run.completed",
    ]);
  });

  it("are signed with the hook's secret, and only what it asked for is sent", async () => {
    const deliveries = await forge.webhooks(hook);
    expect(new Set(deliveries.map(({ event }) => event))).toEqual(new Set(["pull_request", "issue_comment"]));
    for (const { event, request } of deliveries) {
      const signature = createHmac("sha256", "hush").update(request.body).digest("hex");
      expect(request.headers).toMatchObject({
        "x-github-event": event,
        "x-github-delivery": expect.stringMatching(/^[0-9a-f]{8}-/),
        "x-github-hook-id": String(hook.id),
        "x-hub-signature-256": `sha256=${signature}`,
        "user-agent": expect.stringMatching(/^GitHub-Hookshot\//),
      });
      expect(JSON.parse(request.body)).not.toHaveProperty("installation");
    }
  });

  it("have the shape of GitHub's own", async () => {
    const deliveries = await forge.webhooks();
    const differences = deliveries.flatMap((one) => checkGitHubWebhook(one.event, payloadOf(one)));
    expect([...new Set(differences)]).toEqual([]);
    expect(new Set(deliveries.map(({ event }) => event)).size).toBe(7);
  });
});
