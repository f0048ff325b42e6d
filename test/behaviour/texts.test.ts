import { afterEach, describe, expect, it } from "@jest/globals";
import { outbound, twoForges } from "../world/combinations.js";
import { endWorld, linkedPackage } from "../world/world.js";

afterEach(endWorld);

describe.each(outbound)("the texts of a pair, source-git on $from, dist-git on $to", (forges) => {
  it("follow source-git's title, description and draft", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", forges);
    const mergeRequest = await sourceGit.openMergeRequest({ description: "First words.", draft: true });
    await settle();
    expect(distGit.mergeRequests()[0]).toMatchObject({ draft: true });

    await sourceGit.edit(mergeRequest, { title: "Count without overflow", description: "Better words." });
    await settle();
    const [renamed] = distGit.mergeRequests();
    expect(renamed?.title).toMatch(/Count without overflow$/);
    expect(renamed?.description).toContain("Better words.");
    expect(renamed?.description).not.toContain("First words.");
    expect(renamed?.draft).toBe(true);

    await sourceGit.edit(mergeRequest, { draft: false });
    await settle();
    expect(distGit.mergeRequests()[0]).toMatchObject({ draft: false, title: "Count without overflow" });
  });

  it("leave alone what people in dist-git changed, and what they wrote around Sluice's part", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", forges);
    const mergeRequest = await sourceGit.openMergeRequest({ description: "First words." });
    await settle();

    const [mirror] = distGit.mergeRequests();
    const description = `Reviewed with Ines.\n\n${mirror?.description ?? ""}\n\nSee the wiki.`;
    await distGit.edit(mirror, { title: "tally: our own title", description, draft: true });
    await settle();
    await sourceGit.edit(mergeRequest, { title: "Another title", description: "Better words." });
    await settle();

    const [after] = distGit.mergeRequests();
    expect(after?.title).toMatch(/tally: our own title$/);
    expect(after?.draft).toBe(true);
    expect(after?.description).toMatch(/^Reviewed with Ines\.[^]*Better words\.[^]*See the wiki\.$/);
    expect(after?.description).not.toContain("First words.");
  });

  it("are dist-git's alone once people took the marks of Sluice's part away", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", forges);
    const mergeRequest = await sourceGit.openMergeRequest({ description: "First words." });
    await settle();

    await distGit.edit(distGit.mergeRequests()[0], { description: "All ours." });
    await sourceGit.edit(mergeRequest, { description: "Better words." });
    await settle();

    expect(distGit.mergeRequests()[0]).toMatchObject({ description: "All ours." });
  });

  it("name their author as the file of users does, and else without a mention", async () => {
    const users = "- { gitlab.example: maintainer, github.example: ines-of-dist }\n";
    const wanted = { users, trust: "everyone", link: { mentions: "true" } } as const;
    const { sourceGit, distGit, settle } = await linkedPackage("tally", { ...twoForges, ...wanted });
    await sourceGit.openMergeRequest();
    await settle();
    await sourceGit.openMergeRequest({ from: "fork", change: { NEWS: "1.5.0\n" } });
    await settle();
    const [known, unknown] = distGit.mergeRequests().map(({ description }) => description);
    expect(known).toContain("opened there by @ines-of-dist");
    expect(unknown).toContain("opened there by `contributor`");
  });

  it("are followed by the labels that the link names, but for those that people set in dist-git", async () => {
    const link = { labels: "['backport::']" };
    const { sourceGit, distGit, settle } = await linkedPackage("tally", { ...forges, link });
    const mergeRequest = await sourceGit.openMergeRequest();
    await sourceGit.edit(mergeRequest, { labels: ["backport::c9s", "triage"] });
    await settle();
    expect(distGit.mergeRequests()[0]?.labels).toEqual(["backport::c9s"]);

    await distGit.edit(distGit.mergeRequests()[0], { labels: ["backport::c9s", "backport::theirs"] });
    await sourceGit.edit(mergeRequest, { labels: ["backport::c10s"] });
    await settle();
    expect(distGit.mergeRequests()[0]?.labels).toEqual(["backport::theirs", "backport::c10s"]);
  });
});
