import { afterEach, describe, expect, it } from "@jest/globals";
import { twoForges } from "../world/combinations.js";
import { endWorld, linkedPackage } from "../world/world.js";

afterEach(endWorld);

describe("a head that is converted anew", () => {
  it("waits for the CI of what would be merged now, and says so on what is replaced", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", twoForges);
    distGit.script([{ name: "build", states: ["pending", "success"] }]);
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    await distGit.write("main", { "gating.yaml": "policy: strict\n" });
    await settle();
    distGit.script([{ name: "rebuild", states: ["pending", "success"] }]);
    const before = sourceGit.statusHistory(mergeRequest, "dist-git").length;

    sourceGit.comment(mergeRequest, "/sluice resync", "maintainer");
    await settle();

    const since = sourceGit.statusHistory(mergeRequest, "dist-git").slice(before);
    expect(since.map((said) => said.split(":")[0])).toEqual(["pending", "success"]);
    const seen = sourceGit.statuses(mergeRequest);
    expect(seen["dist-git/rebuild"]?.state).toBe("success");
    expect(seen["dist-git/build"]?.description).toContain("not part of this CI any more");
    expect(sourceGit.comments(mergeRequest)[0]).toContain("`rebuild`");
    expect(sourceGit.comments(mergeRequest)[0]).not.toContain("`build`");

    sourceGit.comment(mergeRequest, "/sluice recreate", "maintainer");
    await settle();
    const [old, next] = distGit.mergeRequests();
    expect([old?.state, next?.state]).toEqual(["closed", "open"]);
    expect(distGit.comments(old)).toEqual([
      expect.stringContaining(`**Replaced** by [rpms/tally#${next?.number}](${next?.webUrl})`),
    ]);
    expect(distGit.comments(next)).toEqual([]);
    expect(sourceGit.statuses(mergeRequest)["dist-git"]?.state).toBe("success");
  });
});
