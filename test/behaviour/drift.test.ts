import { afterEach, describe, expect, it } from "@jest/globals";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { inward, outward, twoForges } from "../world/combinations.js";
import { endWorld, linkedPackage } from "../world/world.js";

afterEach(endWorld);

const ownPatch = `From: Ines Novak <ines@distro.example>
Subject: [PATCH] Say who packages it

--- a/NEWS
+++ b/NEWS
@@ -1,2 +1,3 @@
+Packaged by the distribution.
 1.4.0
   * Lines that begin with # are comments.
`;

describe("the merge request that brings dist-git's changes home", () => {
  it("tells mirrored merge requests of the drift, and those that it made stale are converted anew", async () => {
    const { sourceGit, distGit, settle, commandLine } = await linkedPackage("tally", outward);
    const change = await sourceGit.openMergeRequest();
    await settle();
    // Copies of repositories go when there are too many.
    const { environment } = await commandLine();
    await rm(join(environment["DATA_DIRECTORY"] ?? "", "git"), { recursive: true });

    const spec = (await distGit.read("main", "tally.spec")) ?? "";
    const withPatch = spec.replace(/^Patch1:.*$/m, "$&\nPatch2:         0002-Say-who.patch");
    await distGit.write("main", { "0002-Say-who.patch": ownPatch, "tally.spec": withPatch });
    await settle();

    const [home] = sourceGit.mergeRequests().slice(1);
    expect(await sourceGit.read(home?.sourceBranch ?? "", "NEWS")).toContain("Packaged by the distribution.");
    const [mirror] = distGit.mergeRequests();
    expect(await distGit.read(mirror?.sourceBranch ?? "", "tally.spec")).toMatch(
      /Patch2: +0002-Say-who\.patch\nPatch3: +0002-Do-not-overflow/,
    );
    const [comment] = sourceGit.comments(change);
    expect(comment).toContain(`[this merge request](${home?.webUrl}) brings them home`);
    expect(comment).toContain("this was converted anew on top of it");

    await sourceGit.merge({ number: home?.number ?? 0 });
    await settle();
    expect(sourceGit.comments(change)).toEqual([expect.not.stringContaining("brings them home")]);
  });

  it("is named to a merge request that is refused for what it brings, opened before or after it", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", outward);
    const change = { ".distro/gating.yaml": "policy: relaxed\n" };
    await distGit.write("main", { "gating.yaml": "policy: strict\n" });
    const before = await sourceGit.openMergeRequest({ change });
    await settle();
    const after = await sourceGit.openMergeRequest({ change });
    await settle();

    const home = sourceGit.mergeRequests().find(({ sourceBranch }) => sourceBranch.startsWith("sluice/"));
    for (const refused of [before, after]) {
      expect(sourceGit.statuses(refused)["sluice"]?.state).toBe("failure");
      expect(sourceGit.comments(refused)).toEqual([
        expect.stringContaining(`[this merge request](${home?.webUrl}) brings them home`),
      ]);
    }
  });

  it("has what its conflict kept back mirrored once that is over, and nobody has to ask", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", inward);
    await sourceGit.write("main", { ".distro/gating.yaml": "policy: relaxed\n" });
    await distGit.write("main", { "gating.yaml": "policy: strict\n" });
    await settle();
    const change = await sourceGit.openMergeRequest();
    await settle();
    expect(sourceGit.statuses(change)["sluice"]?.description).toContain("was changed in dist-git");
    expect(sourceGit.comments(change)).toEqual([expect.stringContaining("brings them home")]);

    await sourceGit.write("main", { ".distro/gating.yaml": "policy: strict\n" });
    await settle();

    expect(sourceGit.statuses(change)["sluice"]?.state).toBe("success");
    expect(distGit.mergeRequests()).toMatchObject([{ state: "open" }]);
  });

  it("stays closed where people closed it, until dist-git moves again", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", inward);
    await distGit.write("main", { "gating.yaml": "policy: strict\n" });
    await settle();

    await sourceGit.close({ number: 1 });
    await sourceGit.write("main", { NEWS: "1.4.1\n" });
    await settle();
    expect(sourceGit.mergeRequests()).toMatchObject([{ state: "closed" }]);

    await distGit.write("main", { "gating.yaml": "policy: relaxed\n" });
    await settle();
    expect(sourceGit.mergeRequests()).toMatchObject([{ state: "closed" }, { state: "open" }]);
  });

  it("is closed with a word where source-git has it all by now, or dist-git's branch is gone", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("tally", outward);
    await sourceGit.createBranch("next");
    await distGit.createBranch("next");
    for (const branch of ["main", "next"]) await distGit.write(branch, { "gating.yaml": "policy: strict\n" });
    await settle();
    const [first, second] = sourceGit.mergeRequests();
    expect([first?.state, second?.state]).toEqual(["open", "open"]);

    await distGit.deleteBranch("next");
    await sourceGit.write("main", { ".distro/gating.yaml": "policy: strict\n" });
    await settle();

    const ended = [first, second].map((each) => ({ number: each?.number ?? 0 }));
    expect(sourceGit.mergeRequests()).toMatchObject([{ state: "closed" }, { state: "closed" }]);
    expect(ended.flatMap((each) => sourceGit.comments(each)).sort()).toEqual([
      expect.stringContaining("dist-git has no branch `next` any more"),
      expect.stringContaining("source-git has all of dist-git's branch `main` by now"),
    ]);
    expect(await sourceGit.hasBranch("sluice/from-dist-main")).toBe(false);
  });

  it("is not opened where the link leaves dist-git's changes there", async () => {
    const link = { "dist-changes": "ignore" };
    const { sourceGit, distGit, settle } = await linkedPackage("tally", { ...inward, link });

    await distGit.write("main", { "gating.yaml": "policy: strict\n" });
    await settle();

    expect(sourceGit.mergeRequests()).toEqual([]);
  });

  it("is the operator's matter where source-git's forge refuses the push", async () => {
    const { sourceGit, distGit, settle, parked } = await linkedPackage("tally", twoForges);
    sourceGit.faults.rejectNextPush("branches that begin with sluice/ are protected");

    await distGit.write("main", { "gating.yaml": "policy: strict\n" });
    await settle();

    expect(await parked()).toEqual([
      expect.stringMatching(/cannot be brought home to gitlab\.example\/src\/tally, .*: .* are protected/),
    ]);
    expect(sourceGit.mergeRequests()).toEqual([]);
  });

  it("brings a package of another layout home as well", async () => {
    const { sourceGit, distGit, settle } = await linkedPackage("gong", { ...inward, layout: "quilt" });

    await distGit.write("main", {
      "debian/control": `${await distGit.read("main", "debian/control")}# checked\n`,
    });
    await settle();

    expect(await sourceGit.read("sluice/from-dist-main", "debian/control")).toContain("# checked");
    expect(sourceGit.mergeRequests()).toMatchObject([{ state: "open", targetBranch: "main" }]);
  });
});
