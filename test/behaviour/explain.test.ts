import { afterEach, describe, expect, it } from "@jest/globals";
import { openLookout, openOperations, startService } from "../../src/app.js";
import { type Ran, sluice } from "../cli/run.js";
import { inward, outward } from "../world/combinations.js";
import { endWorld, linkedPackage, type World } from "../world/world.js";

afterEach(endWorld);

describe("`sluice explain`", () => {
  it("says what is waited for and what a conversion would change, and changes nothing", async () => {
    const link = { "sensitive-paths": "[ci/]" };
    const world = await linkedPackage("tally", { ...outward, link });
    const { sourceGit, distGit, settle } = world;
    const mergeRequest = await sourceGit.openMergeRequest({ from: "fork" });
    await settle();
    const said = sourceGit.comments(mergeRequest);

    const { code, stdout } = await explain(world, mergeRequest.webUrl);
    await settle();

    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^next +Waits: a maintainer has to look at its head; `\/sluice trust` goes on\.\n/,
    );
    expect(stdout).toMatch(
      new RegExp(
        `^link +${outward.from}\\.example/src/tally -> ${outward.to}\\.example/rpms/tally \\(rpm\\)\n +branch main -> main$`,
        "m",
      ),
    );
    expect(stdout).toMatch(
      /^trust +waits for a maintainer: `contributor` has no write access\n.*contributor has read access$/m,
    );
    expect(stdout).toMatch(
      /^conversion +\d patches kept, 1 new or changed\n +added patch .*\.patch\n +changed tally\.spec$/m,
    );
    expect(stdout).toMatch(/^policies +after-source-merge: keep.*\n +sensitive-paths: ci\/$/m);
    expect(distGit.mergeRequests()).toEqual([]);
    expect(sourceGit.comments(mergeRequest)).toEqual(said);
  });

  it("works from either side, for programs, too", async () => {
    const world = await linkedPackage("tally", inward);
    const { sourceGit, distGit, settle } = world;
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();

    const { stdout } = await explain(world, distGit.mergeRequests()[0]?.webUrl ?? "", "--json");

    expect(JSON.parse(stdout)).toMatchObject({
      asked: "dist-git",
      next: { step: "nothing", because: "mirrored" },
      sourceGit: { url: mergeRequest.webUrl, head: mergeRequest.head },
      pair: { state: "open", mirroredHead: mergeRequest.head },
      trust: { trusted: true, because: { kind: "branch" } },
      conversion: { outcome: "converted", preview: { changed: true } },
      jobs: [],
    });
  });

  it("says what is in the way of a conversion, and of an answer", async () => {
    const world = await linkedPackage("tally", { ...outward, branches: "{ main: none }" });
    const { sourceGit, settle } = world;
    const mergeRequest = await sourceGit.openMergeRequest();
    await settle();
    sourceGit.comments(mergeRequest);

    const refused = await explain(world, mergeRequest.webUrl);
    expect(refused.stdout).toMatch(/^next +It cannot be converted; its author is told/);
    expect(refused.stdout).toMatch(/^conversion +refused: dist-git has no branch none$/m);
    expect(refused.stdout).toMatch(/^last said +not mirrored: dist-git has no branch none$/m);

    const unknown = await explain(world, "https://elsewhere.example/a/b/pull/7");
    expect([unknown.code, unknown.stdout]).toEqual([2, ""]);
    const missing = await explain(world, mergeRequest.webUrl.replace(/\d+$/, "4711"));
    expect([missing.code, missing.stderr]).toEqual([
      1,
      expect.stringContaining("there is no such merge request"),
    ]);
  });
});

async function explain(world: World, ...args: string[]): Promise<Ran> {
  const { file, environment } = await world.commandLine();
  const loadService = () => Promise.resolve({ startService, openLookout, openOperations });
  return sluice(["explain", "--config", file, ...args], { env: environment, loadService });
}
