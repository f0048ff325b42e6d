import { afterEach, describe, expect, it } from "@jest/globals";
import { outward } from "../world/combinations.js";
import { endWorld, linkedPackage, type World } from "../world/world.js";

afterEach(endWorld);

/** The author wants the first merge request of source-git to go to another branch. */
async function retarget({ example: { sourceForge, sourceGit } }: World, targetBranch: string): Promise<void> {
  const { store } = sourceForge;
  const mergeRequest = store.mergeRequest(sourceGit, 1);
  if (!mergeRequest) throw new Error("there is no merge request in source-git");
  await store.editMergeRequest(mergeRequest, { targetBranch }, sourceForge.account("maintainer").user);
}

async function branchInDistGit({ example: { distForge, distGit } }: World, name: string): Promise<void> {
  const commit = await distForge.store.branch(distGit, "main");
  const by = distForge.account("maintainer").user;
  await distForge.store.createBranch(distGit, { name, commit: commit ?? "", by });
}

describe("a merge request whose target branch changes", () => {
  it("takes its counterpart along, without a second one", async () => {
    const world = await linkedPackage("tally", outward);
    const { sourceGit, distGit, settle } = world;
    await sourceGit.createBranch("c10s");
    await branchInDistGit(world, "c10s");
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();

    await retarget(world, "c10s");
    await settle();
    expect(distGit.mergeRequests()).toMatchObject([{ state: "open", targetBranch: "c10s" }]);
    expect(sourceGit.comments(mergeRequest)).toEqual([
      expect.stringContaining("goes to branch `c10s`. It moved there from branch `main`, with this"),
    ]);

    await sourceGit.push(mergeRequest, { NEWS: "1.5.0\n" });
    await settle();
    expect(distGit.mergeRequests()).toMatchObject([{ state: "open", targetBranch: "c10s" }]);
    expect(sourceGit.comments(mergeRequest)).toEqual([
      expect.stringContaining("goes to branch `c10s`. New commits"),
    ]);
  });

  it("to one that is not linked closes its counterpart, and back again reopens it", async () => {
    const world = await linkedPackage("tally", { ...outward, branches: "{ main: main }" });
    const { sourceGit, distGit, settle } = world;
    distGit.script([{ name: "build", states: ["pending", "success"] }]);
    await sourceGit.createBranch("wild");
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();

    await retarget(world, "wild");
    await settle();
    expect(distGit.mergeRequests()).toMatchObject([{ state: "closed" }]);
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("**Not mirrored any more.**")]);
    // A skipped one is a success where the forge knows nothing else.
    expect(sourceGit.statuses(mergeRequest)["dist-git"]).toMatchObject({
      state: expect.stringMatching(/^(skipped|success)$/),
      description: "its target branch is not linked",
    });

    await retarget(world, "main");
    await settle();
    expect(distGit.mergeRequests()).toMatchObject([{ state: "open" }]);
    expect(sourceGit.statuses(mergeRequest)["sluice"]?.description).toMatch(/^mirrored as /);
    // What a check run said before, nobody sees.
    if (outward.from === "github") return;
    const since = sourceGit.statusHistory(mergeRequest, "dist-git").slice(-2);
    expect(since.map((said) => said.split(":")[0])).toEqual(["pending", "success"]);
  });

  it("to one that lives in another dist-git leaves nothing open in the first", async () => {
    const world = await linkedPackage("tally", { ...outward, branches: twoDistGits });
    const { sourceGit, distGit, settle, example } = world;
    const { store } = example.distForge;
    const owner = example.distForge.account("maintainer").user;
    await sourceGit.createBranch("next");
    const other = await store.fork(example.distGit, owner);
    store.setMember(other, example.distForge.account("sluice-bot").user, "write");
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();

    await retarget(world, "next");
    await settle();

    expect(distGit.mergeRequests()).toMatchObject([{ state: "closed" }]);
    expect(store.mergeRequests(other)).toMatchObject([{ state: "open", targetBranch: "main" }]);
    expect(sourceGit.comments(mergeRequest)).toEqual([
      expect.stringMatching(
        /^\*\*Mirrored\*\* as \[maintainer\/tally[#!]1\].* It replaces \[rpms\/tally[#!]1\]/m,
      ),
    ]);
  });
});

/** The rest of one link and the whole of a second: branch `next` is built elsewhere. */
const twoDistGits = `{ main: main }
  - source-git: ${outward.from}.example/src/{name}
    dist-git: ${outward.to}.example/maintainer/{name}
    layout: rpm
    branches: { next: main }`;

describe("what people in dist-git decided", () => {
  it("stands when the source-git side is closed and reopened", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", outward);
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    await distGit.close(distGit.mergeRequests()[0]);
    await settle();

    await sourceGit.close(mergeRequest);
    await settle();
    await sourceGit.reopen(mergeRequest);
    await settle();

    expect(distGit.mergeRequests()).toMatchObject([{ state: "closed" }]);
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("was closed in dist-git")]);
  });
});

describe("a merge request that is merged before its last push was carried over", () => {
  it("says so instead of leaving the counterpart as if it were complete", async () => {
    const { sourceGit, settle, stopSluice, startSluice } = await linkedPackage("tally", outward);
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    await stopSluice();
    const updated = await sourceGit.push(mergeRequest, { NEWS: "1.5.0\n" });
    await sourceGit.merge(updated);
    await startSluice();

    await sourceGit.redeliverWebhooks();
    await settle();

    expect(sourceGit.statuses(updated)["sluice"]?.state).toBe("failure");
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("**Merged too soon.**")]);
  });
});
