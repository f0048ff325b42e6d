import { afterEach, describe, expect, it } from "@jest/globals";
import { outward, twoForges } from "../world/combinations.js";
import { endWorld, linkedPackage } from "../world/world.js";

afterEach(endWorld);

describe("what was told as waiting is told anew when the waiting is over", () => {
  it("a pair whose texts were to follow during an outage, and one that was to be made anew", async () => {
    const { sourceGit, distGit, settle, waitOut } = await linkedPackage("tally", twoForges);
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();

    distGit.faults.goDown();
    await sourceGit.edit(mergeRequest, { title: "Refuse large sums" });
    await settle();
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("**Waiting for a forge**")]);
    distGit.faults.comeBack();
    await waitOut();

    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("**Mirrored**")]);
    expect(sourceGit.statuses(mergeRequest)["sluice"]).toMatchObject({
      state: "success",
      description: expect.stringMatching(/^mirrored as /),
    });

    distGit.faults.goDown();
    sourceGit.comment(mergeRequest, "/sluice recreate", "maintainer");
    await sourceGit.edit(mergeRequest, { title: "Refuse very large sums" });
    await settle();
    distGit.faults.comeBack();
    await waitOut();

    expect(distGit.mergeRequests()).toMatchObject([{ state: "closed" }, { state: "open" }]);
    expect(sourceGit.comments(mergeRequest)[0]).toContain("**Mirrored** as [rpms/tally#2]");
    expect(sourceGit.statuses(mergeRequest)["sluice"]?.state).toBe("success");
  });

  it("a pause is told at once, and so is its end", async () => {
    const { sourceGit, settle } = await linkedPackage("tally", outward);
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();

    sourceGit.comment(mergeRequest, "/sluice pause", "maintainer");
    await settle();
    expect(sourceGit.comments(mergeRequest)[0]).toContain("**Paused** by `maintainer`");
    expect(sourceGit.statuses(mergeRequest)["sluice"]?.state).toBe("pending");

    sourceGit.comment(mergeRequest, "/sluice resume", "maintainer");
    await settle();
    expect(sourceGit.comments(mergeRequest)[0]).toContain("**Mirrored**");
    expect(sourceGit.statuses(mergeRequest)["sluice"]?.state).toBe("success");
  });

  it("a merge request that is closed before it had a counterpart waits for nothing any more", async () => {
    const { sourceGit, distGit, settle, waitOut } = await linkedPackage("tally", twoForges);
    distGit.faults.goDown();
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("**Waiting for a forge**")]);

    await sourceGit.close(mergeRequest);
    await settle();
    distGit.faults.comeBack();
    await waitOut();

    expect(distGit.mergeRequests()).toEqual([]);
    expect(sourceGit.comments(mergeRequest)).toEqual([
      expect.stringContaining("**Closed** before it was mirrored"),
    ]);
    expect(sourceGit.statuses(mergeRequest)["sluice"]).toMatchObject({
      state: "success",
      description: "closed before it was mirrored",
    });
    expect(sourceGit.statuses(mergeRequest)["dist-git"]?.description).toBe("not carried over to dist-git");
  });
});

describe("orders", () => {
  it("that are heard of in another order than they were given end in what was ordered last", async () => {
    const comments = await commentsAfter("/sluice resume", "maintainer");

    expect(comments[0]).toContain("**Mirrored**");
    expect(comments.at(-1)).toBe("`/sluice pause`: what was ordered after it holds.");
  });

  it("hold although somebody who may not had ordered the opposite after them", async () => {
    const comments = await commentsAfter("/sluice resume", "contributor");

    expect(comments[0]).toContain("**Paused");
  });
});

/** What is said where this was ordered after `/sluice pause`, and was heard of before it. */
async function commentsAfter(order: string, author: "maintainer" | "contributor") {
  const { sourceGit, settle, stopSluice, startSluice } = await linkedPackage("tally", outward);
  const mergeRequest = await sourceGit.openMergeRequest();
  await settle();
  await stopSluice();
  sourceGit.comment(mergeRequest, "/sluice pause", "maintainer");
  sourceGit.comment(mergeRequest, order, author);
  await settle();
  await startSluice();
  await sourceGit.redeliverWebhooks("newest first");
  await settle();
  return sourceGit.comments(mergeRequest);
}
