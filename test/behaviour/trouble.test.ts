import { afterEach, describe, expect, it } from "@jest/globals";
import { git } from "../../src/git/run.js";
import { outward, twoForges } from "../world/combinations.js";
import { endWorld, linkedPackage } from "../world/world.js";

afterEach(endWorld);

describe("what the contributor can mend is told, with the way out", () => {
  it("a target branch that dist-git lacks", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", outward);
    await sourceGit.createBranch("c10s");

    const mergeRequest = await sourceGit.openMergeRequest({ targetBranch: "c10s" });
    await settle();

    expect(sourceGit.statuses(mergeRequest)["sluice"]).toMatchObject({
      state: "failure",
      description: "not mirrored: dist-git has no branch c10s",
    });
    const [comment, ...others] = sourceGit.comments(mergeRequest);
    expect(others).toEqual([]);
    expect(comment).toContain("**Not mirrored:** dist-git has no branch c10s.");
    expect(comment).toContain(`How to go on: Create branch c10s in ${outward.to}.example/rpms/tally`);
    expect(distGit.mergeRequests()).toEqual([]);
  });

  it("a change that conflicts with its target branch, by file; and the next push goes on", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", outward);
    const mergeRequest = await sourceGit.openMergeRequest({ change: { NEWS: "1.5.0\n" } });
    await settle();
    await sourceGit.pushTo("main", { NEWS: "2.0.0\n" });

    const conflicting = await sourceGit.push(mergeRequest, { NEWS: "1.5.1\n" });
    await settle();
    expect(sourceGit.statuses(conflicting)["sluice"]?.state).toBe("failure");
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("NEWS")]);

    // What dist-git does not take of its texts hides nothing of that.
    distGit.refuseNextEdit();
    await sourceGit.edit(mergeRequest, { title: "Mind the news of 1.5.1" });
    await settle();
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("NEWS")]);

    // What people say of it follows all the same.
    await sourceGit.edit(mergeRequest, {
      title: "Draft: Mind the news",
      description: "Not yet.",
      draft: true,
    });
    await settle();
    const [behind] = distGit.mergeRequests();
    expect(behind).toMatchObject({ title: expect.stringMatching(/Mind the news$/), draft: true });
    expect(behind?.description).toContain("Not yet.");

    const solved = await sourceGit.push(mergeRequest, { NEWS: "2.0.0\n", "docs.txt": "more\n" });
    await settle();
    expect(sourceGit.statuses(solved)["sluice"]?.state).toBe("success");
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("**Mirrored**")]);
    expect(distGit.mergeRequests()).toHaveLength(1);
  });

  it("a spec that cannot be understood, by file and line", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", outward);

    const mergeRequest = await sourceGit.openMergeRequest({
      change: { ".distro/source-git.yaml": "upstream_ref: [v1.4.0\n" },
    });
    await settle();

    expect(sourceGit.statuses(mergeRequest)["sluice"]?.state).toBe("failure");
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining(".distro/source-git.yaml")]);
    expect(distGit.mergeRequests()).toEqual([]);
  });

  it("a push that dist-git's hooks refuse, in their own words", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", twoForges);
    distGit.faults.rejectNextPush("Only release engineers push here");

    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();

    expect(sourceGit.statuses(mergeRequest)["sluice"]?.state).toBe("failure");
    expect(sourceGit.comments(mergeRequest)).toEqual([
      expect.stringContaining("Only release engineers push here"),
    ]);
  });

  it("a branch that is not linked gets a status, and no comment", async () => {
    const { sourceGit, settle } = await linkedPackage("tally", { ...outward, branches: "{ main: main }" });
    await sourceGit.createBranch("wild");

    const mergeRequest = await sourceGit.openMergeRequest({ targetBranch: "wild" });
    await settle();

    expect(sourceGit.statuses(mergeRequest)["sluice"]?.description).toBe(
      "not mirrored: branch wild is not linked",
    );
    expect(sourceGit.comments(mergeRequest)).toEqual([]);
  });

  it("a change that dist-git would not hold", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", outward);

    const mergeRequest = await sourceGit.openMergeRequest({ change: { ".distro/.gitignore": "!*\n!.*\n" } });
    await settle();

    expect(sourceGit.statuses(mergeRequest)["sluice"]?.state).toBe("success");
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("**Nothing to mirror.**")]);
    expect(distGit.mergeRequests()).toEqual([]);
  });
});

describe("people in dist-git have the last word there", () => {
  it.each(["close", "merge"] as const)(
    "a counterpart that they %s is not pushed to any more",
    async (end) => {
      const { sourceGit, distGit, settle } = await linkedPackage("tally", outward);
      const mergeRequest = await sourceGit.openMergeRequest();
      await settle();

      await distGit[end](distGit.mergeRequests()[0]);
      await settle();
      const word = end === "close" ? "closed" : "merged";
      expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining(`was ${word}`)]);

      const pushed = await sourceGit.push(mergeRequest, { NEWS: "1.5.0\n" });
      await settle();
      expect(distGit.mergeRequests()).toMatchObject([{ state: word }]);
      expect(sourceGit.statuses(pushed)["dist-git"]?.description).toBe("not carried over to dist-git");
    },
  );

  it("reopening it takes the pair up again", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", outward);
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    await distGit.close(distGit.mergeRequests()[0]);
    await settle();
    const updated = await sourceGit.push(mergeRequest, { NEWS: "1.5.0\n" });
    await settle();

    await distGit.reopen(distGit.mergeRequests()[0]);
    await settle();

    const change = await distGit.changeOf(distGit.mergeRequests()[0]);
    expect(change.commits[0]?.message).toContain(`From-source-git-commit: ${updated.head}`);
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("**Mirrored**")]);
  });
});

describe("what only time can mend is waited out", () => {
  it("dist-git's forge is down when the merge request is opened", async () => {
    const { sourceGit, distGit, settle, waitOut } = await linkedPackage("tally", twoForges);
    distGit.faults.goDown();

    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    expect(sourceGit.statuses(mergeRequest)["sluice"]?.state).toBe("pending");
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("**Waiting for a forge**")]);

    distGit.faults.comeBack();
    await waitOut();
    expect(distGit.mergeRequests()).toHaveLength(1);
    expect(sourceGit.statuses(mergeRequest)["sluice"]?.state).toBe("success");
  });

  it.each(["from", "to"] as const)("the budget of the forge that it goes %s is spent", async (which) => {
    const { sourceGit, distGit, waitOut } = await linkedPackage("tally", outward);
    const side = which === "from" ? sourceGit : distGit;

    side.faults.rateLimitFor(60);
    const mergeRequest = await sourceGit.openMergeRequest();
    await waitOut();

    expect(distGit.mergeRequests()).toHaveLength(1);
    expect(sourceGit.comments(mergeRequest)).toHaveLength(1);
    expect(sourceGit.statuses(mergeRequest)["sluice"]?.state).toBe("success");
  });

  it("GitLab tells of a merge request before its head can be fetched", async () => {
    const world = await linkedPackage("tally", twoForges);
    const { sourceGit, settle, waitOut, stopSluice, startSluice } = world;
    await stopSluice();
    const mergeRequest = await sourceGit.openMergeRequest();
    const options = { directory: world.example.sourceGit.gitDirectory };
    const ref = "refs/merge-requests/1/head";
    await git(["update-ref", "-d", ref], options);
    await startSluice();
    await sourceGit.redeliverWebhooks();
    await settle();
    expect(sourceGit.statuses(mergeRequest)["sluice"]?.state).toBe("pending");
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("**Waiting for a forge**")]);

    await git(["update-ref", ref, mergeRequest.head], options);
    await waitOut();
    expect(sourceGit.statuses(mergeRequest)["sluice"]?.state).toBe("success");
  });

  it("the merge request's webhook is lost, and the next one heals it", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", outward);
    sourceGit.faults.loseNextWebhook();
    sourceGit.faults.loseNextWebhook();
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();

    await sourceGit.push(mergeRequest, { NEWS: "1.5.0\n" });
    await settle();

    expect(distGit.mergeRequests()).toHaveLength(1);
  });

  it("Sluice is stopped when the merge request is opened, and was told by nobody else", async () => {
    const { sourceGit, distGit, settle, stopSluice, startSluice } = await linkedPackage("tally", outward);
    await stopSluice();
    await sourceGit.openMergeRequest();
    await settle();
    await startSluice();

    await sourceGit.redeliverWebhooks();
    await settle();

    expect(distGit.mergeRequests()).toHaveLength(1);
  });
});

describe("what only the operator can mend", () => {
  it("is said on the merge request without details, and the job is kept", async () => {
    const { sourceGit, distGit, settle, parked } = await linkedPackage("tally", outward);
    distGit.revokeSluice();

    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();

    expect(sourceGit.statuses(mergeRequest)["sluice"]).toMatchObject({
      state: expect.stringMatching(/^(failure|error)$/),
      description: "not mirrored: Sluice's operator has to help",
    });
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("Nothing is asked of you")]);
    expect(await parked()).toEqual([expect.stringContaining(`${outward.to}.example`)]);
  });
});
