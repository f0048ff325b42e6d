import { afterEach, describe, expect, it } from "@jest/globals";
import type { CiScript } from "../../src/sandbox/memory/ci-run.js";
import { crossings } from "../world/combinations.js";
import type { SourceGit } from "../world/source-git.js";
import { endWorld, linkedPackage, type World } from "../world/world.js";

afterEach(endWorld);

function script({ example }: World, jobs: CiScript["jobs"], mergedResults = false): void {
  example.distForge.ci.script(example.distGit, { jobs, mergedResults, stepMilliseconds: "manual" });
}

async function step({ example, settle }: World): Promise<void> {
  example.distForge.ci.step(example.distGit);
  await settle();
}

/** Name and state of everything that is shown of dist-git. */
function shown(sourceGit: SourceGit, mergeRequest: { readonly head: string }) {
  return Object.fromEntries(
    Object.values(sourceGit.statuses(mergeRequest))
      .filter(({ context }) => context !== "sluice")
      .map(({ context, state }) => [context, state]),
  );
}

describe.each(crossings)("dist-git's CI results, source-git on $from, dist-git on $to", (forges) => {
  it("are waited for from the first second, and given up where there is no CI", async () => {
    const { sourceGit, settle, waitOut } = await linkedPackage("tally", forges);
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    expect(sourceGit.statuses(mergeRequest)["sluice"]).toMatchObject({ state: "success" });
    expect(shown(sourceGit, mergeRequest)).toEqual({ "dist-git": "pending" });

    await waitOut();
    const { state, description } = sourceGit.statuses(mergeRequest)["dist-git"] ?? {};
    expect(state === "skipped" || description?.startsWith("skipped")).toBe(true);
    expect(description).toContain("dist-git has no CI");
  });

  it("stand on the commit that was tested, however late, and a new run replaces the old one", async () => {
    const world = await linkedPackage("tally", forges);
    const { sourceGit, distGit, settle } = world;
    script(world, [{ name: "build", states: ["pending", "running", "failure"] }]);
    const first = await sourceGit.openMergeRequest();
    await settle();
    expect(shown(sourceGit, first)).toMatchObject({ "dist-git/build": "pending", "dist-git": "pending" });

    script(world, [{ name: "build", states: ["pending", "running", "success"] }]);
    const second = await sourceGit.push(first, { "NEWS.md": "Sums no longer overflow.\n" });
    await settle();
    await step(world);
    await step(world);
    expect(shown(sourceGit, first)).toMatchObject({ "dist-git/build": "failure", "dist-git": "failure" });
    expect(shown(sourceGit, second)).toMatchObject({ "dist-git/build": "success", "dist-git": "success" });

    distGit.script([{ name: "build", states: ["pending", "failure"] }]);
    sourceGit.comment(second, "/sluice rerun", "maintainer");
    await settle();
    expect(shown(sourceGit, second)).toMatchObject({ "dist-git/build": "failure", "dist-git": "failure" });
    expect(shown(sourceGit, first)).toMatchObject({ "dist-git/build": "failure" });
  });
});

describe("dist-git's CI results on GitLab", () => {
  it("are shown of a commit after which people pushed to its branch, and theirs are not", async () => {
    const world = await linkedPackage("tally", { from: "github", to: "gitlab" });
    const { sourceGit, distGit, settle } = world;
    script(world, [{ name: "build", states: ["pending", "failure"] }]);
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    script(world, [{ name: "theirs", states: ["pending", "success"] }]);
    await distGit.push(distGit.mergeRequests()[0]?.sourceBranch ?? "", "theirs.txt");
    await settle();
    await step(world);

    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("**Stopped")]);
    expect(shown(sourceGit, mergeRequest)).toEqual({
      "dist-git": "failure",
      "dist-git/build": "failure",
      "dist-git/pipeline": "failure",
    });
  });

  it("are each shown as what they are: merged results, child pipelines, manual jobs, allowed failures", async () => {
    const world = await linkedPackage("tally", { from: "github", to: "gitlab" });
    const { sourceGit, settle } = world;
    const jobs = [
      { name: "build", states: ["pending", "success"] },
      { name: "lint", states: ["pending", "failure"], allowFailure: true },
      { name: "docs", states: ["skipped"] },
      { name: "publish", states: ["manual"], allowFailure: true },
      {
        name: "arches",
        states: ["pending", "success"],
        child: [{ name: "s390x", states: ["pending", "failure"] }],
      },
    ] as const;
    script(world, jobs, true);
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    await step(world);

    expect(shown(sourceGit, mergeRequest)).toEqual({
      "dist-git": "failure",
      "dist-git/build": "success",
      "dist-git/lint": "neutral",
      "dist-git/docs": "skipped",
      "dist-git/publish": "skipped",
      "dist-git/arches": "success",
      "dist-git/arches: s390x": "failure",
      "dist-git/arches: pipeline": "failure",
      "dist-git/merged results pipeline": "success",
    });
  });

  it.each([
    ["pipelines", { "dist-git": "failure", "dist-git/pipeline": "failure" }],
    ["one", { "dist-git": "failure" }],
  ])("are as fine as the policy wants: %s", async (results, wanted) => {
    const forges = { from: "gitlab", to: "gitlab" } as const;
    const world = await linkedPackage("tally", { ...forges, link: { results } });
    script(world, [
      { name: "build", states: ["pending", "success"] },
      { name: "lint", states: ["pending", "failure"] },
    ]);
    const mergeRequest = await world.sourceGit.openMergeRequest();
    await world.settle();
    await step(world);
    expect(shown(world.sourceGit, mergeRequest)).toEqual(wanted);
  });

  it("start no pipeline in source-git beside its own", async () => {
    const world = await linkedPackage("tally", { from: "gitlab", to: "gitlab" });
    const { sourceGit, distGit, example, settle } = world;
    example.sourceForge.ci.script(example.sourceGit, {
      jobs: [{ name: "unit", states: ["success"] }],
      stepMilliseconds: 5,
    });
    distGit.script([{ name: "build", states: ["pending", "success"] }]);
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    expect(shown(sourceGit, mergeRequest)).toMatchObject({ "dist-git/build": "success" });
    const pipelines = example.sourceForge.store.pipelines(example.sourceGit, mergeRequest.head);
    expect(pipelines.map(({ source }) => source)).toEqual(["push"]);
  });
});

describe("check runs in source-git on GitHub", () => {
  it("show the end of a failed job's log without its secrets, and run the job again", async () => {
    const world = await linkedPackage("tally", {
      from: "github",
      to: "gitlab",
      link: { "log-excerpts": "true" },
    });
    const { sourceGit, distGit, example, settle } = world;
    const log = "$ make check\nTOKEN=glpat-abcdefghij0123456789\n\u001b[31mFAIL: test ``` @all\u001b[0m\n";
    distGit.script([{ name: "build", states: ["pending", "failure"], log }]);
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    const { store } = example.sourceForge;
    const checkOf = (job: string) =>
      store.checkRuns(example.sourceGit, mergeRequest.head).find(({ name }) => name === `dist-git/${job}`);
    const press = async (job: string) => {
      const pressed = checkOf(job);
      if (pressed) store.rerequestCheckRun(pressed, example.sourceForge.account("maintainer").user);
      await settle();
    };
    const check = checkOf("build");
    expect(check).toMatchObject({ conclusion: "failure" });
    expect(check?.text).toContain("$ make check\nTOKEN=[redacted]\nFAIL: test ``` @all\n````");

    distGit.script([{ name: "build", states: ["pending", "success"] }]);
    await press("build");
    expect(shown(sourceGit, mergeRequest)).toMatchObject({
      "dist-git/build": "success",
      "dist-git": "success",
    });

    distGit.script([{ name: "build", states: ["pending"] }]);
    await press("pipeline");
    await press("build");
    expect(shown(sourceGit, mergeRequest)).toMatchObject({ "dist-git/build": "pending" });
    expect(sourceGit.comments(mergeRequest)[0]).toContain(
      "**Nothing was run again** for `dist-git/build`: it has not ended yet.",
    );
  });
});

describe("where no status may be set", () => {
  it("the results stand in the one comment", async () => {
    const world = await linkedPackage("tally", { from: "gitlab", to: "github" });
    const { sourceGit, distGit, example, settle, waitOut } = world;
    distGit.script([{ name: "build", states: ["pending", "failure"] }]);
    const { store } = example.sourceForge;
    store.setMember(example.sourceGit, example.sourceForge.account("sluice-bot").user, "read");
    const mergeRequest = await sourceGit.openMergeRequest({ from: "fork" });
    await settle();
    world.clock.pass(60);
    sourceGit.comment(mergeRequest, "/sluice trust", "maintainer");
    await settle();
    await waitOut();
    expect(sourceGit.comments(mergeRequest).join("\n")).toMatch(/`build`.*failed/);
  });
});
