import { afterEach, describe, expect, it } from "@jest/globals";
import { outbound } from "../world/combinations.js";
import { endWorld, linkedPackage } from "../world/world.js";

afterEach(endWorld);

describe.each(outbound)("two merge requests of one commit, source-git on $from", (forges) => {
  it("show the results of each by itself, whichever comes last", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", forges);
    for (const side of [sourceGit, distGit]) await side.createBranch("c10s");
    await distGit.write("c10s", { "gating.yaml": "policy: strict\n" });
    await settle();
    distGit.script([{ name: "build", states: ["pending", "failure"] }]);
    const first = await sourceGit.openMergeRequest();
    await settle();
    distGit.script([{ name: "build", states: ["pending", "success"] }]);
    const second = await sourceGit.openAgain(first, "c10s");
    await settle();

    const [mirror, other] = distGit.mergeRequests().filter(({ title }) => !title.startsWith("Bring home"));
    const sigil = forges.from === "gitlab" ? "!" : "#";
    const statesOf = () => {
      // GitLab has one of the pipeline as well.
      const seen = Object.entries(sourceGit.statuses(first)).filter(
        ([context]) => !/\/pipeline$/.test(context),
      );
      return Object.fromEntries(seen.map(([context, { state }]) => [context, state]));
    };
    const both = {
      ...{ sluice: "success", "dist-git": "failure", "dist-git/build": "failure" },
      [`sluice ${sigil}${second.number}`]: "success",
      [`dist-git ${sigil}${second.number}`]: "success",
      [`dist-git ${sigil}${second.number}/build`]: "success",
    };
    expect(statesOf()).toEqual(both);
    expect([mirror?.targetBranch, other?.targetBranch]).toEqual(["main", "c10s"]);

    sourceGit.comment(first, "/sluice resync", "maintainer");
    await settle();
    expect(statesOf()).toEqual(both);

    distGit.script([{ name: "build", states: ["pending", "success"] }]);
    sourceGit.comment(first, "/sluice retry", "maintainer");
    await settle();
    expect(statesOf()).toMatchObject({ "dist-git": "success", "dist-git/build": "success" });

    // A rule that requires `dist-git` lets none of them pass while one fails.
    distGit.script([{ name: "build", states: ["pending", "failure"] }]);
    sourceGit.comment(second, `/sluice retry dist-git ${sigil}${second.number}/build`, "maintainer");
    await settle();
    expect(sourceGit.comments(second).at(-1)).toContain("runs again: `build`");
    expect(statesOf()).toMatchObject({ "dist-git": "failure", "dist-git/build": "success" });
    const own = new RegExp(`^${sigil}${second.number}: [12] failed$`);
    expect(sourceGit.statuses(first)["dist-git"]?.description).toMatch(own);

    await sourceGit.close(second);
    await settle();
    expect(statesOf()).toMatchObject({ "dist-git": "success", sluice: "success" });
  });
});
