import { afterEach, describe, expect, it } from "@jest/globals";
import { type Combination, inbound, outward } from "../world/combinations.js";
import { endWorld, linkedPackage } from "../world/world.js";

afterEach(endWorld);

describe.each(inbound)("the one comment, source-git on $from, dist-git on $to", (forges) => {
  it("has the results in a table, what failed first, and is edited in place as they come", async () => {
    const { sourceGit, distGit, settle, waitOut } = await linkedPackage("tally", forges);
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("no results yet")]);

    await distGit.setStatus({ context: "lint", state: "success", description: "no remarks" });
    await distGit.setStatus({
      context: "a|b`c",
      state: "failure",
      description: "see [here](http://x.example) @all",
    });
    await waitOut();

    const comments = sourceGit.comments(mergeRequest);
    expect(comments).toHaveLength(1);
    const rows = comments[0]?.split("\n").filter((line) => /^\| \S/.test(line) && !line.startsWith("| |"));
    expect(rows).toEqual([
      expect.stringMatching(
        /^\| ✗ \| `a\\\|b'c` \| \*\*failed\*\*: see \\\[here\\\]\(http:\u200b\/\/x\.example\) @\u200ball \|$/,
      ),
      "| ✓ | `lint` | passed: no remarks |",
    ]);
    expect(comments[0]).toContain("1 failed, 1 passed");
  });

  it("stops at what people pushed to the dist-git branch, and says so on both sides with a way out", async () => {
    const { sourceGit, distGit, settle, mergeRequest, mirror } = await pushedToInDistGit(forges);
    expect(sourceGit.statuses(mergeRequest)["sluice"]).toMatchObject({
      description: expect.stringMatching(/^stopped: somebody else pushed \w{12} to sluice\/tally-1/),
    });
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("`/sluice recreate`")]);
    expect(distGit.comments(mirror)).toEqual([expect.stringMatching(/^\*\*Stopped\.\*\*.*src\/tally/)]);

    const updated = await sourceGit.push(mergeRequest, { NEWS: "1.5.0\n" });
    await settle();
    expect(sourceGit.statuses(updated)["sluice"]?.state).toBe("failure");
    expect((await distGit.changeOf(distGit.mergeRequests()[0])).files).toContain("hotfix.txt");

    sourceGit.comment(mergeRequest, "/sluice recreate", "maintainer");
    await settle();
    const [first, second] = distGit.mergeRequests();
    expect(first).toMatchObject({ state: "closed", sourceBranch: "sluice/tally-1" });
    expect(second).toMatchObject({ state: "open", sourceBranch: "sluice/tally-1.2" });
    expect((await distGit.changeOf(second)).files).not.toContain("hotfix.txt");
    expect(await distGit.hasBranch("sluice/tally-1")).toBe(true);
    expect(sourceGit.statuses(updated)["sluice"]?.state).toBe("success");
  });
});

describe("a pair", () => {
  it("goes on by itself once people took their commits off the branch", async () => {
    const { sourceGit, distGit, settle, mergeRequest, mirror } = await pushedToInDistGit(outward);

    await distGit.resetBranch(mirror?.sourceBranch ?? "", mirror?.head ?? "");
    await settle();

    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("**Mirrored**")]);
    expect(distGit.comments(mirror)).toEqual([expect.stringContaining("**In step.**")]);
  });

  it("says so once what people pushed to was merged in dist-git", async () => {
    const { sourceGit, distGit, settle, mergeRequest, mirror } = await pushedToInDistGit(outward);

    await distGit.merge(mirror);
    await settle();

    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringMatching(/^\*\*Merged in dist-git/)]);
    expect(sourceGit.statuses(mergeRequest)["sluice"]).toMatchObject({
      state: "success",
      description: expect.stringContaining("merged in dist-git"),
    });
  });

  it("whose branch was deleted while it was closed gets branch and merge request back", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", outward);
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    await sourceGit.close(mergeRequest);
    await settle();
    await distGit.deleteBranch("sluice/tally-1");
    await settle();

    await sourceGit.reopen(mergeRequest);
    await settle();

    expect(distGit.mergeRequests()).toMatchObject([{ state: "open" }]);
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("**Mirrored**")]);
  });

  it("whose merge request the forge does not open again gets a new one, and says so", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", outward);
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    await sourceGit.close(mergeRequest);
    await settle();
    for (let attempt = 0; attempt < 2; attempt++) {
      distGit.refuseNextEdit();
    }

    await sourceGit.reopen(mergeRequest);
    await settle();

    expect(distGit.mergeRequests()).toMatchObject([{ state: "closed" }, { state: "open" }]);
    expect(sourceGit.comments(mergeRequest)).toEqual([
      expect.stringMatching(/could not be opened again.*so this is a new one/),
    ]);
  });

  it("whose dist-git is gone tells so, with what can be done, and waits for nobody", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", outward);
    distGit.vanish();

    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();

    expect(sourceGit.statuses(mergeRequest)["sluice"]?.state).toBe("failure");
    expect(sourceGit.comments(mergeRequest)).toEqual([
      expect.stringMatching(/is not there, or Sluice may not see it[^]*How to go on/),
    ]);
  });

  it("whose source-git is gone says so in dist-git", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", outward);
    await sourceGit.openMergeRequest();
    await settle();
    const [mirror] = distGit.mergeRequests();
    sourceGit.vanish();

    distGit.comment(mirror, "/sluice resync");
    await settle();

    expect(distGit.comments(mirror)).toContainEqual(expect.stringContaining("**Source is gone.**"));
  });

  it("whose comment somebody deleted gets it again with the next news", async () => {
    const { sourceGit, settle } = await linkedPackage("tally", outward);
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    sourceGit.deleteComments(mergeRequest);

    await sourceGit.push(mergeRequest, { NEWS: "1.5.0\n" });
    await settle();

    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("**Mirrored**")]);
  });
});

/** A mirrored merge request, and a commit that people put on its branch in dist-git. */
async function pushedToInDistGit(forges: Combination) {
  const world = await linkedPackage("tally", forges);
  const { sourceGit, distGit, settle } = world;
  const mergeRequest = await sourceGit.openMergeRequest();
  await settle();
  const [mirror] = distGit.mergeRequests();
  await distGit.push(mirror?.sourceBranch ?? "", "hotfix.txt");
  await settle();
  return { ...world, mergeRequest, mirror };
}
