import { afterEach, describe, expect, it } from "@jest/globals";
import { inbound } from "../world/combinations.js";
import { endWorld, linkedPackage, type World } from "../world/world.js";

afterEach(endWorld);

/** Of the hour for which a CI is waited for, in seconds. */
const half = 1800;

describe.each(inbound)("the end of a pair, source-git on $from, dist-git on $to", (forges) => {
  it("leaves dist-git's side to its maintainers, unless the link says otherwise", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", forges);
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();

    await sourceGit.merge(mergeRequest);
    await settle();
    expect(distGit.mergeRequests()).toMatchObject([{ state: "open" }]);
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("left for dist-git")]);

    const [mirror] = distGit.mergeRequests();
    expect(await distGit.hasBranch(mirror?.sourceBranch ?? "")).toBe(true);
    await distGit.merge(mirror);
    await settle();
    expect(await distGit.hasBranch(mirror?.sourceBranch ?? "")).toBe(false);
    const said = [expect.stringContaining("**Merged on both sides:**")];
    expect(sourceGit.comments(mergeRequest)).toEqual(said);
    expect(distGit.comments(mirror)).toEqual(said);
    expect(sourceGit.statuses(mergeRequest)["sluice"]?.description).toContain("merged on both sides");
  });

  it("merges dist-git's side with source-git's, and clears its branch away", async () => {
    const link = { "after-source-merge": "merge" };
    const { sourceGit, distGit, settle } = await linkedPackage("tally", { ...forges, link });
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();

    await sourceGit.merge(mergeRequest);
    await settle();

    const [mirror] = distGit.mergeRequests();
    expect(mirror).toMatchObject({ state: "merged" });
    expect(await distGit.hasBranch(mirror?.sourceBranch ?? "")).toBe(false);
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("**Merged on both sides:**")]);
    expect(sourceGit.statuses(mergeRequest)["sluice"]?.description).toContain("merged on both sides");
  });

  it("merges dist-git's side once its CI is green, however late, and not before it began", async () => {
    const link = { "after-source-merge": "merge-when-green" };
    const { sourceGit, distGit, settle } = await linkedPackage("tally", { ...forges, link });
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    await sourceGit.merge(mergeRequest);
    await settle();
    expect(distGit.mergeRequests()).toMatchObject([{ state: "open" }]);
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("as soon as its CI is green")]);

    await distGit.setStatus({ context: "build", state: "failure", description: "no" });
    await settle();
    expect(distGit.mergeRequests()).toMatchObject([{ state: "open" }]);
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("has failed")]);

    await distGit.setStatus({ context: "build", state: "success", description: "yes" });
    await settle();
    expect(distGit.mergeRequests()).toMatchObject([{ state: "merged" }]);
  });

  it("merges dist-git's side where there is no CI only after as long as the link says", async () => {
    const link = { "after-source-merge": "merge-when-green", "merge-without-ci": "1 hour" };
    const { sourceGit, distGit, clock, settle, waitOut } = await linkedPackage("tally", { ...forges, link });
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    await sourceGit.merge(mergeRequest);
    await settle();
    clock.pass(half);
    await settle();
    expect(distGit.mergeRequests()).toMatchObject([{ state: "open" }]);
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("it is merged without at")]);

    await waitOut();
    expect(distGit.mergeRequests()).toMatchObject([{ state: "merged" }]);
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("**Merged on both sides:**")]);
  });

  it("merges nothing while the pair is paused", async () => {
    const link = { "after-source-merge": "merge" };
    const { sourceGit, distGit, settle } = await linkedPackage("tally", { ...forges, link });
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    sourceGit.comment(mergeRequest, "/sluice pause", "maintainer");
    await settle();
    await sourceGit.merge(mergeRequest);
    await settle();
    expect(distGit.mergeRequests()).toMatchObject([{ state: "open" }]);

    sourceGit.comment(mergeRequest, "/sluice resume", "maintainer");
    await settle();

    expect(distGit.mergeRequests()).toMatchObject([{ state: "merged" }]);
  });

  it.each(["pushed", "opened"])(
    "leaves nothing behind that was %s, but not recorded when the process died",
    async (last) => {
      const { sourceGit, distGit, example, settle, waitOut } = await linkedPackage("tally", forges);
      distGit.faults.failNextRequest({ method: "POST", path: /\/(pulls|merge_requests)$/, status: 502 });
      const mergeRequest = await sourceGit.openMergeRequest();
      await settle();
      const branch = `sluice/tally-${mergeRequest.number}`;
      expect(await distGit.hasBranch(branch)).toBe(true);
      if (last === "opened") await openBySluice(example, branch);
      expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("**Waiting for a forge**")]);

      await sourceGit.close(mergeRequest);
      await waitOut();

      expect(distGit.mergeRequests().map(({ state }) => state)).toEqual(last === "opened" ? ["closed"] : []);
      expect(await distGit.hasBranch(branch)).toBe(last === "opened");
    },
  );

  it("explains why dist-git's side could not be merged", async () => {
    const link = { "after-source-merge": "merge" };
    const { sourceGit, distGit, settle } = await linkedPackage("tally", { ...forges, link });
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    await distGit.edit(distGit.mergeRequests()[0], { draft: true });
    await settle();

    await sourceGit.merge(mergeRequest);
    await settle();

    expect(distGit.mergeRequests()).toMatchObject([{ state: "open" }]);
    expect(sourceGit.comments(mergeRequest)).toEqual([
      expect.stringMatching(/could not be merged: .+ left for dist-git's maintainers/s),
    ]);
  });

  it.each([
    ["merge", "merged"],
    ["close", "closed"],
    ["comment", "open"],
  ] as const)("%ss source-git's side after dist-git's was merged", async (policy, state) => {
    const link = { "after-dist-merge": policy };
    const { sourceGit, distGit, settle } = await linkedPackage("tally", { ...forges, link });
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();

    await distGit.merge(distGit.mergeRequests()[0]);
    await settle();

    expect(sourceGit.state(mergeRequest)).toBe(state);
    expect(sourceGit.comments(mergeRequest)).toEqual([
      expect.stringMatching(/^\*\*Merged (in dist-git|on both)/),
    ]);
  });

  it("closes source-git's side once, and leaves what people open again", async () => {
    const link = { "after-dist-merge": "close" };
    const { sourceGit, distGit, settle, waitOut } = await linkedPackage("tally", { ...forges, link });
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    await distGit.merge(distGit.mergeRequests()[0]);
    await settle();
    await sourceGit.reopen(mergeRequest);
    await waitOut();

    expect(sourceGit.state(mergeRequest)).toBe("open");
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("It was opened again since")]);
  });
});

/** As the forge has it when it made a merge request and its answer never arrived. */
async function openBySluice({ distForge, distGit: repository }: World["example"], sourceBranch: string) {
  await distForge.store.openMergeRequest({
    ...{ repository, sourceRepository: repository, sourceBranch, targetBranch: "main" },
    ...{ title: "Do not overflow", description: "", draft: false },
    author: distForge.account("sluice-bot").user,
  });
}
