import { afterEach, describe, expect, it } from "@jest/globals";
import { inbound } from "../world/combinations.js";
import { endWorld, linkedPackage } from "../world/world.js";

afterEach(endWorld);

describe.each(inbound)("a source-git's own .sluice.yml, source-git on $from, dist-git on $to", (forges) => {
  it("holds from the default branch alone; one that is proposed is checked", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", forges);
    const proposal = await sourceGit.openMergeRequest({
      title: "Narrow",
      change: { ".sluice.yml": "branchs: [release]\n" },
    });
    await settle();

    expect(sourceGit.statuses(proposal)["sluice/config"]).toMatchObject({
      description: expect.stringContaining(".sluice.yml:1:1: branchs: unknown key.") as unknown,
    });

    await sourceGit.write("main", { ".sluice.yml": "branches: [release]\n" }, "Mirror releases only");
    const another = await sourceGit.openMergeRequest();
    await settle();

    expect(sourceGit.statuses(another)["sluice"]?.description).toContain("main");
    expect(distGit.mergeRequests().filter(({ title }) => title === "Do not overflow on large sums")).toEqual(
      [],
    );
  });

  it("is checked wherever a merge request changes it, mirrored or not, and nowhere else", async () => {
    const { sourceGit, settle } = await linkedPackage("tally", { ...forges, branches: "{ release: main }" });
    await sourceGit.createBranch("release");
    const unlinked = await sourceGit.openMergeRequest({ change: { ".sluice.yml": "branchs: [main]\n" } });
    const strangers = await sourceGit.openMergeRequest({
      ...{ from: "fork", targetBranch: "release", change: { ".sluice.yml": "branchs: [release]\n" } },
    });
    const proposals = [unlinked, strangers];
    await settle();
    expect(proposals.flatMap((each) => sourceGit.comments(each))).toEqual([
      expect.stringContaining("**Waiting for a maintainer.**"),
    ]);
    for (const proposal of proposals)
      expect(sourceGit.statuses(proposal)["sluice/config"]?.state).toBe("failure");

    // By now the release has what its merge requests are not to be blamed for.
    await sourceGit.merge(strangers);
    await settle();
    await sourceGit.push(strangers, { NEWS: "1.5.0\n" });
    const innocent = await sourceGit.openAgain(strangers, "release");
    await settle();
    expect(sourceGit.comments(innocent)).toEqual([expect.stringContaining("**Waiting for a maintainer.**")]);
    expect(sourceGit.statuses(innocent)["sluice/config"]).toBeUndefined();
  });
});
