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
});
