import { afterEach, describe, expect, it } from "@jest/globals";
import { crossings } from "../world/combinations.js";
import { endWorld, linkedPackage } from "../world/world.js";

afterEach(endWorld);

describe.each(crossings)("dist-git by way of our fork, source-git on $from, dist-git on $to", (forges) => {
  const viaFork = { via: "fork", identities: "{ dist-git: sluice-bot }" };
  const asBot = { ...forges, identities: ["sluice-bot"] };

  it("is asked from there, as the identity that the link names, and followed", async () => {
    const { sourceGit, distGit, settle, waitOut } = await linkedPackage("tally", { ...asBot, link: viaFork });
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    await waitOut();

    const [mirror, ...others] = distGit.mergeRequests();
    expect(others).toEqual([]);
    expect(mirror).toMatchObject({ state: "open", author: { login: "sluice-bot" } });
    expect(distGit.homeOf(mirror)).toMatch(/^sluice-bot\//);
    expect(await distGit.hasBranch(mirror?.sourceBranch ?? "")).toBe(false);
    const before = mirror?.head;

    await sourceGit.push(mergeRequest, { NEWS: "1.5.0\n  * Large sums.\n" });
    await settle();
    await waitOut();
    expect(distGit.mergeRequests()).toHaveLength(1);
    expect(distGit.mergeRequests()[0]?.head).not.toBe(before);
    expect(sourceGit.comments(mergeRequest)).toEqual([expect.stringContaining("Mirrored")]);
  });
});
