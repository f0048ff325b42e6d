import { afterEach, describe, expect, it } from "@jest/globals";
import { git } from "../../src/git/run.js";
import { twoForges } from "../world/combinations.js";
import type { Opened } from "../world/source-git.js";
import { endWorld, linkedPackage, type World } from "../world/world.js";

afterEach(endWorld);

/** Ten pushes, of which Sluice has heard of all before it gets to see the first. */
async function storm(
  world: World,
  mergeRequest: Opened,
  how: "commits" | "force",
): Promise<readonly Opened[]> {
  const { sourceGit, sandbox, example } = world;
  const release = sourceGit.faults.hold(/git-upload-pack/);
  const heads: Opened[] = [];
  for (let push = 1; push <= 10; push++) {
    if (how === "force" && push > 1)
      await git(["reset", "--quiet", "--hard", "HEAD~1"], { directory: example.local.sourceGit });
    heads.push(await sourceGit.push(mergeRequest, { NEWS: `1.5.${push}\n` }));
  }
  await sandbox.settled();
  release();
  return heads;
}

describe("a storm of pushes", () => {
  it.each(["commits", "force"] as const)("of %s ends in one update, of the last head", async (how) => {
    const world = await linkedPackage("tally", twoForges);
    const { sourceGit, distGit, settle, waitOut, sandbox } = world;
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    let pushes = 0;
    sandbox.forge(`${twoForges.to}.example`).afterPush(() => pushes++);

    const heads = await storm(world, mergeRequest, how);
    await settle();

    expect(pushes).toBe(1);
    const [last, ...overtaken] = [...heads].reverse();
    const [mirror, ...others] = distGit.mergeRequests();
    expect(others).toEqual([]);
    const { commits } = await distGit.changeOf(mirror);
    expect(commits.map(({ message }) => message)).toEqual([
      expect.stringContaining(`From-source-git-commit: ${last?.head}`),
    ]);
    expect(sourceGit.comments(mergeRequest)).toEqual([
      expect.stringContaining(last?.head.slice(0, 12) ?? ""),
    ]);
    const said = (opened: Opened) => [
      ...sourceGit.statusHistory(opened, "sluice"),
      ...sourceGit.statusHistory(opened, "dist-git"),
    ];
    expect(last && said(last)).toEqual([
      expect.stringContaining("success: mirrored as"),
      "pending: dist-git's CI has not passed yet",
    ]);
    // At most the first was looked at, and nobody is left waiting for it.
    for (const { head } of overtaken) expect(sourceGit.statuses({ head })["sluice"]).toBeUndefined();
    const begun = overtaken.filter((each) => said(each).length > 0);
    expect(begun.length).toBeLessThanOrEqual(1);
    for (const each of begun) expect(said(each).at(-1)).toMatch(/^skipped.*another push took its place/);

    await waitOut();
    expect(sourceGit.comments(mergeRequest)).toHaveLength(1);
    expect(pushes).toBe(1);
  });
});
