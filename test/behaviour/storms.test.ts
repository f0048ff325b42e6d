import { afterEach, describe, expect, it } from "@jest/globals";
import { endWorld, linkedPackage } from "../world/world.js";

afterEach(endWorld);

describe("a storm of pushes", () => {
  it("ends in one counterpart of the last head, one comment, and few pushes to dist-git", async () => {
    const { sourceGit, distGit, settle, waitOut, sandbox } = await linkedPackage("tally", {
      from: "gitlab",
      to: "github",
    });
    let mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    let pushes = 0;
    sandbox.forge("github.example").afterPush(() => pushes++);

    for (let push = 1; push <= 10; push++) {
      mergeRequest = await sourceGit.push(mergeRequest, { NEWS: `1.5.${push}\n` });
    }
    await waitOut();

    const [mirror, ...others] = distGit.mergeRequests();
    expect(others).toEqual([]);
    const { commits } = await distGit.changeOf(mirror);
    expect(commits).toHaveLength(1);
    expect(commits[0]?.message).toContain(`From-source-git-commit: ${mergeRequest.head}`);
    expect(sourceGit.comments(mergeRequest)).toEqual([
      expect.stringContaining(mergeRequest.head.slice(0, 12)),
    ]);
    expect(sourceGit.statuses(mergeRequest)["sluice"]?.state).toBe("success");
    expect(pushes).toBeLessThanOrEqual(4);
  });
});
