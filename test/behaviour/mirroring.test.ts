import { afterEach, describe, expect, it } from "@jest/globals";
import { endWorld, linkedPackage } from "../world/world.js";
import { combinations, crossings } from "../world/combinations.js";

afterEach(endWorld);

describe.each(combinations)("a merge request in source-git on $from, dist-git on $to", (forges) => {
  it("gets its counterpart in dist-git, converted, by the human, committed by the bot", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", forges);

    const mergeRequest = await sourceGit.openMergeRequest({ description: "Large sums wrapped around." });
    await settle();

    const [mirror, ...others] = distGit.mergeRequests();
    expect(others).toEqual([]);
    expect(mirror).toMatchObject({
      title: "Do not overflow on large sums",
      state: "open",
      targetBranch: "main",
    });
    expect(mirror?.description).toContain("Large sums wrapped around.");
    expect(mirror?.description).toContain(mergeRequest.webUrl);

    const change = await distGit.changeOf(mirror);
    expect(change.commits).toHaveLength(1);
    expect(change.commits[0]).toMatchObject({
      author: { name: "Robin Okafor", email: "robin@contributor.example" },
      committer: { name: expect.stringContaining("Sluice") },
    });
    expect(change.commits[0]?.message).toBe(
      "Do not overflow on large sums\n\nLarge sums wrapped around.\n\n" +
        `From-source-git-commit: ${mergeRequest.head}\n`,
    );
    expect(change.files).toEqual(["0002-Do-not-overflow-on-large-sums.patch", "tally.spec"]);
    expect(change.added["tally.spec"]).toEqual(["Patch2:         0002-Do-not-overflow-on-large-sums.patch"]);
  });
});

describe.each(crossings)("a mirrored merge request, source-git on $from, dist-git on $to", (forges) => {
  it("says where it stands, with one comment that leads there, however often its webhook arrives", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", forges);

    const mergeRequest = await sourceGit.openMergeRequest();
    await sourceGit.redeliverWebhooks();
    await settle();
    await sourceGit.redeliverWebhooks();
    await settle();

    expect(sourceGit.statusHistory(mergeRequest, "sluice")).toEqual([
      "pending: mirroring…",
      expect.stringMatching(/^success: mirrored as rpms\/tally[#!]1$/),
    ]);
    const [mirror, ...others] = distGit.mergeRequests();
    expect(others).toEqual([]);
    expect(sourceGit.comments(mergeRequest)).toEqual([
      expect.stringContaining(mirror?.webUrl ?? "no mirror"),
    ]);
  });

  it("shows dist-git's CI results on the commit that was mirrored, by their names, with their addresses", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", forges);
    distGit.script([
      { name: "build", states: ["pending", "running", "success"] },
      { name: "rpmlint", states: ["failure"] },
    ]);

    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();

    const statuses = sourceGit.statuses(mergeRequest);
    expect(statuses["dist-git/build"]).toMatchObject({ state: "success" });
    expect(statuses["dist-git/rpmlint"]).toMatchObject({ state: "failure" });
    expect(statuses["dist-git/build"]?.targetUrl).toContain(distGit.webUrl);
  });

  it("carries pushes, closing and reopening over to the same counterpart", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", forges);
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();

    const updated = await sourceGit.push(mergeRequest, { NEWS: "1.5.0\n  * Large sums.\n" });
    await settle();

    const [mirror, ...others] = distGit.mergeRequests();
    expect(others).toEqual([]);
    const change = await distGit.changeOf(mirror);
    expect(change.commits).toHaveLength(1);
    expect(change.commits[0]?.message).toContain(`From-source-git-commit: ${updated.head}`);
    expect(change.files).toHaveLength(3);

    await sourceGit.close(mergeRequest);
    await settle();
    expect(distGit.mergeRequests()).toMatchObject([{ state: "closed" }]);

    await sourceGit.reopen(mergeRequest);
    await settle();
    expect(distGit.mergeRequests()).toMatchObject([{ state: "open" }]);
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("Mirrored")]);
  });
});

describe.each(crossings)("a merge request from a fork, source-git on $from, dist-git on $to", (forges) => {
  it("of somebody without write access waits for a maintainer, and says so", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", forges);

    const mergeRequest = await sourceGit.openMergeRequest({ from: "fork" });
    await settle();

    expect(distGit.mergeRequests()).toEqual([]);
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("Waiting for a maintainer")]);
    expect(sourceGit.statuses(mergeRequest)["sluice"]).toMatchObject({
      state: "pending",
      description: "waiting for a maintainer",
    });
  });

  it("is mirrored where the link trusts everyone", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", { ...forges, trust: "everyone" });

    const mergeRequest = await sourceGit.openMergeRequest({ from: "fork" });
    await settle();

    expect(distGit.mergeRequests()).toHaveLength(1);
    expect(sourceGit.statuses(mergeRequest)["sluice"]).toMatchObject({ state: "success" });
  });
});

describe.each(crossings)("a status that somebody set on dist-git's commit, $to", (forges) => {
  it("is shown in source-git", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", forges);
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();

    await distGit.setStatus({ context: "osci", state: "success", description: "all gates open" });
    await settle();

    expect(sourceGit.statuses(mergeRequest)).toMatchObject({
      "dist-git/osci": { state: "success", description: "all gates open" },
    });
  });
});
