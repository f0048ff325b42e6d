import { afterEach, describe, expect, it } from "@jest/globals";
import type { SandboxRepository } from "../../src/sandbox/model.js";
import type { SandboxForge } from "../../src/sandbox/sandbox.js";
import { crossings, inbound, outbound } from "../world/combinations.js";
import { endWorld, linkedPackage, type World } from "../world/world.js";

afterEach(endWorld);

const reconcile = "10 minutes";

/** In seconds. */
const hour = 3600;

/** Another name or another owner; with one forge's webhook for it, and without the other's. */
function rename(forge: SandboxForge, repository: SandboxRepository, path: string): void {
  forge.store.renameRepository(repository, path, forge.account("maintainer").user);
}

function renameSource({ example: { sourceForge, sourceGit } }: World, path: string): void {
  rename(sourceForge, sourceGit, path);
}

function renameDist({ example: { distForge, distGit } }: World, path: string): void {
  rename(distForge, distGit, path);
}

describe.each(crossings)("a package that is renamed, source-git on $from, dist-git on $to", (sides) => {
  it("keeps its pairs under the new names", async () => {
    const world = await linkedPackage("tally", sides);
    const { sourceGit, distGit, example, settle } = world;
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    renameSource(world, example.sourceGit.path.replace("tally", "talley"));
    renameDist(world, example.distGit.path.replace("tally", "talley"));
    await settle();

    const pushed = await sourceGit.push(mergeRequest, { NEWS: "1.5.0\n" });
    await settle();

    expect(distGit.mergeRequests()).toMatchObject([{ state: "open" }]);
    expect((await distGit.changeOf(distGit.mergeRequests()[0])).files).toContain("0003-Change-NEWS.patch");
    expect(sourceGit.statuses(pushed)["sluice"]?.description).toBe(
      `mirrored as ${example.distGit.path}${sides.to === "github" ? "#" : "!"}1`,
    );
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining(`[${example.distGit.path}`)]);
  });
});

describe.each(outbound)("a repository that leaves its link", (sides) => {
  it("by a name of which only one side was renamed, says so on both, until the other is", async () => {
    const world = await linkedPackage("tally", { ...sides, reconcile });
    const { sourceGit, distGit, example, settle, waitOut } = world;
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    renameSource(world, example.sourceGit.path.replace("tally", "talley"));
    const pushed = await sourceGit.push(mergeRequest, { NEWS: "1.5.0\n" });
    await settle();

    const told = `dist-git is still called \`${sides.to}.example/rpms/tally\``;
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining(told)]);
    expect(distGit.comments(distGit.mergeRequests()[0])).toEqual([expect.stringContaining(told)]);
    expect(sourceGit.statuses(pushed)["sluice"]?.state).toBe("failure");

    renameDist(world, "rpms/talley");
    await settle();
    await waitOut();
    expect(distGit.mergeRequests()).toMatchObject([{ state: "open" }]);
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("**Mirrored**")]);
  });

  it("by a transfer to another owner stops its pairs with a word on both sides, until sluice.yml knows the new name", async () => {
    const world = await linkedPackage("tally", { ...sides, reconcile });
    const { sourceGit, distGit, settle, waitOut, stopSluice, startSluice } = world;
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    renameSource(world, "elsewhere/tally");
    const pushed = await sourceGit.push(mergeRequest, { NEWS: "1.5.0\n" });
    await settle();

    const told = `is called \`${sides.from}.example/elsewhere/tally\` by now`;
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining(told)]);
    expect(distGit.comments(distGit.mergeRequests()[0])).toEqual([expect.stringContaining(told)]);
    expect(sourceGit.statuses(pushed)["sluice"]?.state).toBe("failure");

    await stopSluice();
    await startSluice();
    await waitOut();
    expect(distGit.mergeRequests()).toMatchObject([{ state: "open" }]);
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("**Mirrored**")]);
    expect(distGit.comments(distGit.mergeRequests()[0])).toEqual([expect.stringContaining("**In step.**")]);
  });

  it("in dist-git by a transfer is not taken for another dist-git", async () => {
    const world = await linkedPackage("tally", { ...sides, reconcile });
    const { sourceGit, distGit, settle, waitOut, stopSluice, startSluice } = world;
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    renameDist(world, "elsewhere/tally");
    await settle();
    await sourceGit.push(mergeRequest, { NEWS: "1.5.0\n" });
    await settle();

    const told = `is called \`${sides.to}.example/elsewhere/tally\` by now`;
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining(told)]);
    expect(distGit.mergeRequests()).toMatchObject([{ state: "open" }]);

    await stopSluice();
    await startSluice();
    await waitOut();
    expect(distGit.mergeRequests()).toMatchObject([{ state: "open" }]);
    expect((await distGit.changeOf(distGit.mergeRequests()[0])).files).toContain("0003-Change-NEWS.patch");
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("**Mirrored**")]);
  });

  it("is found by a sweep where no webhook tells, and keeps its pairs", async () => {
    const world = await linkedPackage("tally", { ...sides, reconcile });
    const { sourceGit, distGit, settle, waitOut, stopSluice, startSluice, example } = world;
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    await stopSluice();
    const configured = example.sourceGit.path;
    await startSluice();
    renameSource(world, "elsewhere/tally");
    world.clock.pass(2 * hour);
    await settle();
    await waitOut();

    expect(sourceGit.comments(mergeRequest)).toEqual([
      expect.stringContaining(`\`${sides.from}.example/${configured}\` is called`),
    ]);
    expect(distGit.mergeRequests()).toMatchObject([{ state: "open" }]);
  });
});

describe.each(inbound)("a new repository under the old name", (sides) => {
  it("has nothing to do with the pairs of the one that was called so", async () => {
    const world = await linkedPackage("tally", sides);
    const { sourceGit, distGit, settle, example } = world;
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    const { sourceForge: forge, sourceGit: first } = example;
    const { path } = first;
    rename(forge, first, "elsewhere/tally");
    const owner = forge.account("maintainer").user;
    const second = await forge.store.createRepository({ path, owner, private: false });
    await settle();
    await sourceGit.push(mergeRequest, { NEWS: "1.5.0\n" });
    await settle();

    expect(forge.store.mergeRequests(second)).toEqual([]);
    expect(distGit.mergeRequests()).toMatchObject([{ state: "open" }]);
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("**Stopped.**")]);
  });
});

describe.each(outbound)("a repository that is deleted, source-git on $from, dist-git on $to", (sides) => {
  it("in dist-git is told of in source-git, and keeps no work waiting", async () => {
    const world = await linkedPackage("tally", { ...sides, reconcile });
    const { sourceGit, settle, waitOut, example, clock } = world;
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    const { distForge, distGit } = example;
    distForge.store.deleteRepository(distGit, distForge.account("maintainer").user);
    clock.pass(2 * hour);
    await settle();
    await waitOut();

    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("is not there")]);
  });
});
