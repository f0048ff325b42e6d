import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/domain/clock.js";
import { git, gitText } from "../../src/git/run.js";
import { type Activity, createActivity } from "../../src/sandbox/activity.js";
import { type Ci, createCi } from "../../src/sandbox/memory/ci.js";
import { type Core, createCore } from "../../src/sandbox/memory/core.js";
import { createMemoryStore } from "../../src/sandbox/memory/memory-store.js";
import { createUser } from "../../src/sandbox/memory/people.js";
import type { ForgeKind, Happening, SandboxRepository, SandboxUser } from "../../src/sandbox/model.js";
import type { SandboxStore } from "../../src/sandbox/store.js";

let directory: string;
let activity: Activity;
let core: Core;
let ci: Ci;
let store: SandboxStore;
let happenings: Happening[];
let owner: SandboxUser;
let guest: SandboxUser;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sandbox-memory-"));
});
afterEach(async () => {
  await activity.close();
  await rm(directory, { recursive: true, force: true });
});

function begin(kind: ForgeKind): void {
  activity = createActivity();
  core = createCore({
    name: "box",
    kind,
    url: "http://box.example",
    directory,
    clock: systemClock,
    activity,
    mergeabilityDelay: 1,
  });
  ci = createCi(core);
  store = createMemoryStore(core, ci, undefined);
  happenings = [];
  core.listen((happening) => happenings.push(happening));
  owner = createUser(core, { login: "owner" });
  guest = createUser(core, { login: "guest" });
}

/** Commits one file on a branch as somebody who pushes would; the branch begins at `from`. */
async function commit(
  repository: SandboxRepository,
  {
    branch,
    file,
    text,
    from,
    by = owner,
  }: { branch: string; file: string; text: string; from?: string; by?: SandboxUser },
): Promise<string> {
  const at = { directory: repository.gitDirectory };
  const environment = { GIT_INDEX_FILE: join(directory, "index") };
  const parent = await store.branch(repository, from ?? branch);
  const blob = await gitText(["hash-object", "-w", "--stdin"], { ...at, input: text });
  await git(["read-tree", parent ?? "--empty"], { ...at, environment });
  await git(["update-index", "--add", "--cacheinfo", `100644,${blob},${file}`], { ...at, environment });
  const tree = await gitText(["write-tree"], { ...at, environment });
  const who = {
    GIT_AUTHOR_NAME: "A",
    GIT_AUTHOR_EMAIL: "a@b",
    GIT_COMMITTER_NAME: "A",
    GIT_COMMITTER_EMAIL: "a@b",
  };
  const id = await gitText(["commit-tree", tree, ...(parent === undefined ? [] : ["-p", parent])], {
    ...at,
    input: `Change ${file}\n`,
    environment: who,
  });
  await store.createBranch(repository, { name: branch, commit: id, by });
  return id;
}

async function repositoryWithChange(): Promise<{ repository: SandboxRepository; head: string }> {
  const repository = await store.createRepository({ path: "team/tally", owner, private: false });
  await commit(repository, { branch: "main", file: "NEWS", text: "one\n" });
  const head = await commit(repository, { branch: "change", from: "main", file: "NEWS", text: "two\n" });
  return { repository, head };
}

function texts(repository: SandboxRepository) {
  const base = { repository, sourceRepository: repository, sourceBranch: "change", targetBranch: "main" };
  return { ...base, title: "Two", description: "", draft: false, author: owner };
}

async function opened(wanted: Parameters<SandboxStore["openMergeRequest"]>[0]) {
  const answer = await store.openMergeRequest(wanted);
  if (answer.outcome !== "opened") throw new Error(`not opened: ${answer.outcome}`);
  return answer.mergeRequest;
}

const told = () =>
  happenings.map((happening) =>
    "action" in happening ? `${happening.kind} ${happening.action}` : happening.kind,
  );

describe.each(["github", "gitlab"] as const)("a %s sandbox", (kind) => {
  beforeEach(() => begin(kind));

  it("begins empty and takes the first branch as the default one", async () => {
    const repository = await store.createRepository({ path: "team/empty", owner, private: false });
    expect(await store.branches(repository)).toEqual([]);

    await commit(repository, { branch: "c9s", file: "NEWS", text: "one\n" });

    expect(repository.defaultBranch).toBe("c9s");
    expect(await gitText(["symbolic-ref", "HEAD"], { directory: repository.gitDirectory })).toBe(
      "refs/heads/c9s",
    );
    expect(told()).toEqual(["push"]);
  });

  it("shows a private repository to its members alone", async () => {
    const repository = await store.createRepository({ path: "team/secret", owner, private: true });

    expect(store.access(undefined, repository)).toBeUndefined();
    expect(store.access(guest, repository)).toBeUndefined();
    expect(store.access(owner, repository)).toBe("admin");

    store.setMember(repository, guest, "write");
    expect(store.access(guest, repository)).toBe("write");
  });

  it("reads commits, files and what contains a commit", async () => {
    const { repository, head } = await repositoryWithChange();

    expect(await store.commit(repository, "change")).toMatchObject({ id: head, message: "Change NEWS\n" });
    expect(await store.commit(repository, "no-such-branch")).toBeUndefined();
    expect(await store.commits(repository, { from: "main", to: "change", limit: 5 })).toHaveLength(1);
    expect(await store.branchContaining(repository, head)).toBe("change");
    expect(await store.branchContaining(repository, "0".repeat(40))).toBeUndefined();
    expect((await store.file(repository, { revision: "change", path: "NEWS" }))?.toString()).toBe("two\n");
    expect(await store.file(repository, { revision: "change", path: "none" })).toBeUndefined();
  });

  it("follows the source branch of an open merge request, also from a fork", async () => {
    const { repository } = await repositoryWithChange();
    const fork = await store.fork(repository, guest);
    await commit(fork, { branch: "change", file: "README", text: "first\n", by: guest });
    const mergeRequest = await opened({ ...texts(repository), sourceRepository: fork, author: guest });
    const ref = kind === "github" ? "refs/pull/1/head" : "refs/merge-requests/1/head";
    expect(await store.commit(repository, ref)).toMatchObject({ id: mergeRequest.head });

    const head = await commit(fork, { branch: "change", file: "README", text: "second\n", by: guest });

    expect(mergeRequest.head).toBe(head);
    expect(await store.commit(repository, ref)).toMatchObject({ id: head });
    expect(await store.mergeRequestCommits(mergeRequest)).toHaveLength(3);
    expect(told().slice(-2)).toEqual(["push", "merge-request pushed"]);
  });

  it("shares the objects of a fork network", async () => {
    const { repository } = await repositoryWithChange();
    const fork = await store.fork(repository, guest);

    expect(fork.path).toBe("guest/tally");
    expect(await store.branches(fork)).toEqual(await store.branches(repository));
    const counted = await gitText(["count-objects", "-v"], { directory: fork.gitDirectory });
    expect(counted).toMatch(/^count: 0$/m);
    expect(counted).toMatch(/^in-pack: 0$/m);
  });

  it("refuses a merge request that makes no sense, and says why", async () => {
    const { repository } = await repositoryWithChange();
    await opened(texts(repository));
    const outcome = async (change: object) =>
      (await store.openMergeRequest({ ...texts(repository), ...change })).outcome;

    expect(await outcome({})).toBe("duplicate");
    expect(await outcome({ sourceBranch: "main" })).toBe("same-branch");
    expect(await outcome({ sourceBranch: "none" })).toBe("no-source-branch");
    expect(await outcome({ targetBranch: "none" })).toBe("no-target-branch");
    await store.createBranch(repository, {
      name: "idle",
      commit: (await store.branch(repository, "main")) ?? "",
      by: owner,
    });
    expect(await outcome({ sourceBranch: "idle" })).toBe(kind === "github" ? "no-commits" : "opened");
  });

  it("knows a little later whether it can be merged", async () => {
    const { repository } = await repositoryWithChange();
    const mergeRequest = await opened(texts(repository));
    expect(mergeRequest.mergeability).toBe("unknown");
    await activity.settled();
    expect(mergeRequest.mergeability).toBe("mergeable");

    await commit(repository, { branch: "main", file: "NEWS", text: "three\n" });
    expect(mergeRequest.mergeability).toBe("unknown");
    await activity.settled();
    expect(mergeRequest.mergeability).toBe("conflicting");
    expect(await store.merge(mergeRequest, { squash: false }, owner)).toBe("conflict");
  });

  it.each([
    { squash: false, parents: 2 },
    { squash: true, parents: 1 },
  ])("merges with plumbing (squash: $squash)", async ({ squash, parents }) => {
    const { repository, head } = await repositoryWithChange();
    const mergeRequest = await opened(texts(repository));
    expect(await store.merge(mergeRequest, { squash, expectedHead: "0".repeat(40) }, owner)).toBe(
      "head-moved",
    );

    expect(await store.merge(mergeRequest, { squash, expectedHead: head }, owner)).toBe("merged");

    expect(mergeRequest).toMatchObject({ state: "merged", mergedBy: owner });
    const tip = await store.commit(repository, "main");
    expect(tip).toMatchObject({ id: mergeRequest.mergeCommit });
    expect(tip?.parents).toHaveLength(parents);
    expect((await store.file(repository, { revision: "main", path: "NEWS" }))?.toString()).toBe("two\n");
    expect(told().slice(-2)).toEqual(["push", "merge-request merged"]);
    expect(await store.merge(mergeRequest, { squash }, owner)).toBe("not-open");
  });

  it("sees that somebody merged by hand", async () => {
    const { repository, head } = await repositoryWithChange();
    const mergeRequest = await opened(texts(repository));

    await store.createBranch(repository, { name: "main", commit: head, by: owner });

    expect(mergeRequest).toMatchObject({ state: "merged", mergeCommit: head });
  });

  it("closes, reopens and edits, and tells of a change only where there is one", async () => {
    const { repository } = await repositoryWithChange();
    const mergeRequest = await opened(texts(repository));
    happenings = [];

    await store.editMergeRequest(mergeRequest, { title: "Two" }, owner);
    await store.editMergeRequest(mergeRequest, { title: "Second", draft: true }, owner);
    await store.closeMergeRequest(mergeRequest, owner);
    await store.closeMergeRequest(mergeRequest, owner);
    await store.reopenMergeRequest(mergeRequest, owner);

    expect(told()).toEqual(["merge-request updated", "merge-request closed", "merge-request reopened"]);
    expect(happenings[0]).toMatchObject({ previous: { title: "Two", draft: false } });
    expect(await store.merge(mergeRequest, { squash: false }, owner)).toBe("draft");
  });

  it(`${kind === "github" ? "closes" : "keeps"} a merge request whose source branch is deleted`, async () => {
    const { repository } = await repositoryWithChange();
    const mergeRequest = await opened(texts(repository));

    await store.deleteBranch(repository, { name: "change", by: owner });

    expect(mergeRequest.state).toBe(kind === "github" ? "closed" : "open");
  });

  it("runs the CI as scripted, once a head", async () => {
    const { repository } = await repositoryWithChange();
    ci.script(repository, {
      jobs: [
        { name: "build", states: ["pending", "running", "success"] },
        { name: "lint", states: ["pending", "failure"], allowFailure: true },
      ],
      stepMilliseconds: 1,
    });

    const mergeRequest = await opened(texts(repository));
    await activity.settled();

    expect(store.pipelines(repository, mergeRequest.head)).toMatchObject([
      { state: "success", source: "merge-request" },
    ]);
    const states = (name: string) =>
      happenings.flatMap((one) => (one.kind === "job" && one.job.name === name ? [one.job.state] : []));
    expect(states("build")).toEqual(["pending", "running", "success"]);
    expect(states("lint")).toEqual(["pending", "failure"]);
    expect(happenings.flatMap((one) => (one.kind === "pipeline" ? [one.pipeline.state] : []))).toEqual([
      "pending",
      "running",
      "success",
    ]);
  });

  it("runs a failed job again", async () => {
    const { repository } = await repositoryWithChange();
    ci.script(repository, { jobs: [{ name: "build", states: ["failure"] }], stepMilliseconds: 1 });
    const { head } = await opened(texts(repository));
    ci.script(repository, { jobs: [{ name: "build", states: ["pending", "success"] }], stepMilliseconds: 1 });
    const [pipeline] = store.pipelines(repository, head);
    expect(pipeline).toMatchObject({ state: "failure" });

    if (pipeline !== undefined) store.retryPipeline(pipeline);
    await activity.settled();

    expect(pipeline).toMatchObject({ state: "success", jobs: [{ name: "build", state: "success" }] });
  });

  it("waits with a manual script until it is told", async () => {
    const { repository } = await repositoryWithChange();
    ci.script(repository, {
      jobs: [{ name: "build", states: ["pending", "success"] }],
      stepMilliseconds: "manual",
    });
    const { head } = await opened(texts(repository));
    await activity.settled();
    expect(store.pipelines(repository, head)).toMatchObject([{ state: "pending" }]);

    ci.step(repository);

    expect(store.pipelines(repository, head)).toMatchObject([{ state: "success" }]);
  });
});
