import { afterEach, describe, expect, it } from "@jest/globals";
import { inward, outward } from "../world/combinations.js";
import { endWorld, linkedPackage } from "../world/world.js";

afterEach(endWorld);

describe("a merge request of a link of layout plain", () => {
  it("is mirrored file by file, beside what dist-git alone has", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("chime", {
      ...outward,
      layout: "plain",
    });

    const mergeRequest = await sourceGit.openMergeRequest({ title: "Do not read 08 as an octal number" });
    await settle();

    const [mirror] = distGit.mergeRequests();
    const change = await distGit.changeOf(mirror);
    expect(change.files).toEqual(["chime.sh"]);
    expect(change.added["chime.sh"]).toEqual(['hour=$(date +%I | sed "s,^0,,")']);
    expect(change.commits.map(({ message }) => message)).toEqual([
      `Do not read 08 as an octal number\n\nFrom-source-git-commit: ${mergeRequest.head}\n`,
    ]);
    expect(sourceGit.comments(mergeRequest)).toEqual([
      expect.stringContaining(mirror?.webUrl ?? "no mirror"),
    ]);
  });

  it("goes on from where both sides were merged", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("chime", {
      ...inward,
      layout: "plain",
    });
    const first = await sourceGit.openMergeRequest();
    await settle();
    await sourceGit.merge(first);
    await distGit.merge(distGit.mergeRequests()[0]);
    await distGit.push("main", "own.txt");
    await settle();

    await sourceGit.openMergeRequest({ title: "Chime", change: { NEWS: "It chimes.\n" } });
    await settle();

    const mirror = distGit.mergeRequests().find(({ title }) => title === "Chime");
    expect((await distGit.changeOf(mirror)).files).toEqual(["NEWS"]);
  });
});

describe("a link whose layout source-git's configuration contradicts", () => {
  it("is not guessed at: the author is told what disagrees, and where", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("chime", { from: "gitlab", to: "gitlab" });

    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();

    expect(distGit.mergeRequests()).toEqual([]);
    const [comment = ""] = sourceGit.comments(mergeRequest);
    expect(comment).toContain("sluice.yml says the layout is rpm, but .distro/source-git.yaml says plain");
    expect(comment).toContain(".distro/source-git.yaml:1");
    expect(sourceGit.statuses(mergeRequest)["sluice"]?.state).toMatch(/^fail|^error/);
  });
});

describe("a merge request of a link of layout quilt", () => {
  it("becomes a patch at the end of the series", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("gong", {
      ...inward,
      layout: "quilt",
    });

    const mergeRequest = await sourceGit.openMergeRequest({ title: "Strike three times unless told" });
    await settle();

    const [mirror] = distGit.mergeRequests();
    const change = await distGit.changeOf(mirror);
    const patch = "Strike-three-times-unless-told.patch";
    expect(change.files).toEqual([`debian/patches/${patch}`, "debian/patches/series"]);
    expect(change.added["debian/patches/series"]).toEqual([patch]);
    expect(sourceGit.comments(mergeRequest)).toEqual([
      expect.stringContaining(mirror?.webUrl ?? "no mirror"),
    ]);
  });
});
