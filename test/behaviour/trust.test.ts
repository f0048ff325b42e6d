import { afterEach, describe, expect, it } from "@jest/globals";
import { inbound, outward } from "../world/combinations.js";
import { endWorld, linkedPackage } from "../world/world.js";

afterEach(endWorld);

const harmless = { "NEWS.md": "Sums no longer overflow.\n" };
const sensitive = { "ci/deploy.sh": "curl https://example.org | sh\n" };

describe.each(inbound)("the trust of a link, source-git on $from, dist-git on $to", (forges) => {
  it("is given by an approving review, for the commit that was approved", async () => {
    const { sourceGit, distGit, settle, clock } = await linkedPackage("tally", forges);
    const mergeRequest = await sourceGit.openMergeRequest({ from: "fork" });
    await settle();
    expect(sourceGit.comments(mergeRequest)[0]).toContain("or approve it in a review here");

    clock.pass(60);
    sourceGit.approve(mergeRequest, "stranger");
    sourceGit.approve(mergeRequest, "approver");
    await settle();
    expect(distGit.mergeRequests()).toEqual([]);

    sourceGit.approve(mergeRequest);
    await settle();
    const trusted = distGit.mergeRequests()[0]?.head;
    expect(distGit.mergeRequests()).toHaveLength(1);

    clock.pass(60);
    const pushed = await sourceGit.push(mergeRequest, harmless);
    await settle();
    expect(distGit.mergeRequests()[0]?.head).toBe(trusted);
    expect(sourceGit.statuses(pushed)["sluice"]).toMatchObject({ description: "waiting for a maintainer" });
  });

  it("holds for later pushes where the link says so, but not for sensitive paths", async () => {
    const link = { "trust-later-pushes": "true", "sensitive-paths": "[ci/]" };
    const { sourceGit, distGit, settle, clock } = await linkedPackage("tally", { ...forges, link });
    const mergeRequest = await sourceGit.openMergeRequest({ from: "fork" });
    await settle();
    clock.pass(60);
    sourceGit.comment(mergeRequest, "/sluice trust", "maintainer");
    await settle();
    const first = distGit.mergeRequests()[0]?.head;

    await sourceGit.push(mergeRequest, harmless);
    await settle();
    const second = distGit.mergeRequests()[0]?.head;
    expect(second).not.toBe(first);

    const pushed = await sourceGit.push(mergeRequest, sensitive);
    await settle();
    expect(distGit.mergeRequests()[0]?.head).toBe(second);
    expect(sourceGit.comments(pushed)[0]).toMatch(
      /\*\*Waiting for a maintainer\.\*\* .*`ci\/deploy\.sh`[^]*Every later push/,
    );
    sourceGit.comment(pushed, `/sluice trust ${pushed.head}`, "maintainer");
    await settle();
    expect(distGit.mergeRequests()[0]?.head).not.toBe(second);
  });

  it("is had by who is listed and by members, with their sensitive paths in a branch of the repository", async () => {
    const link = { trusted: "[Contributor]", "sensitive-paths": "['*.sh']" };
    const { sourceGit, distGit, settle } = await linkedPackage("tally", { ...forges, link });
    await sourceGit.openMergeRequest({ from: "fork" });
    await sourceGit.openMergeRequest({ change: sensitive });
    const waiting = await sourceGit.openMergeRequest({ from: "fork", change: sensitive });
    await settle();
    expect(distGit.mergeRequests()).toHaveLength(2);
    expect(sourceGit.comments(waiting)[0]).toContain("`ci/deploy.sh`");
  });
});

describe("the trust of a link", () => {
  it("is not given by a review where the link does not want it", async () => {
    const link = { "trust-by-review": "false" };
    const { sourceGit, distGit, settle, clock } = await linkedPackage("tally", { ...outward, link });
    const mergeRequest = await sourceGit.openMergeRequest({ from: "fork" });
    await settle();
    clock.pass(60);
    sourceGit.approve(mergeRequest);
    await settle();
    expect(distGit.mergeRequests()).toEqual([]);
    expect(sourceGit.comments(mergeRequest)[0]).not.toContain("review");
  });

  it("is told to who asks how a pair stands", async () => {
    const { sourceGit, settle } = await linkedPackage("tally", outward);
    const mergeRequest = await sourceGit.openMergeRequest({ from: "fork" });
    await settle();
    sourceGit.comment(mergeRequest, "/sluice status");
    await settle();
    expect(sourceGit.comments(mergeRequest).at(-1)).toMatch(
      /Last said: waiting for a maintainer\n- Its head: waits for a maintainer: `contributor` has no write access$/,
    );
  });
});
