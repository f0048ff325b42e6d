import { afterEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { removeRepositories } from "../package.js";
import { bringHome, sourceTree } from "../round-trip.js";
import { startByItself, type Begun } from "./beginnings.js";
import { distDeeds, performInDist, type DistDeed } from "./dist-side.js";
import { makePackage, packagePlan, type PackagePlan } from "./generate.js";
import { expectEmptyChange, expectSum } from "./sum.js";
import { writeTree } from "./trees.js";
import { runs } from "./bounds.js";

afterEach(removeRepositories);

/** source-git has all of dist-git, dist-git is what it was, and a second time does nothing. */
async function expectHome({ hello }: Begun, plan: PackagePlan): Promise<void> {
  const made = makePackage(plan);
  expect(await sourceTree(hello)).toBe(await writeTree(hello.source, made.patched));
  await expectEmptyChange({ hello, made });
  await expectSum({ hello, made });
  const head = hello.source.tip;
  const again = await bringHome(hello);
  expect(again).toMatchObject({ head, commits: [] });
}

describe("a generated package, after commits in dist-git,", () => {
  it("comes home, converts to an empty change, and comes home once", async () => {
    const kinds = ["new patch", "changed patch", "removed patch", "rebuild", "spec", "files"] as const;
    await fc.assert(
      fc.asyncProperty(packagePlan, distDeeds(...kinds), async (plan, deeds) => {
        const begun = await startByItself(plan);
        const now = await performInDist(begun, { plan, deeds, anywhere: false });
        await bringHome(begun.hello);
        await expectHome(begun, now);
        await removeRepositories();
      }),
      runs(15),
    );
  });

  it("comes home whichever patch was changed or removed, where patches leave one another alone", async () => {
    const kinds = ["changed patch", "removed patch", "new patch"] as const;
    await fc.assert(
      fc.asyncProperty(packagePlan, distDeeds(...kinds), async (any, deeds) => {
        const plan = apart(any);
        const begun = await startByItself(plan);
        const now = await performInDist(begun, { plan, deeds: deeds.map(oneFileMore), anywhere: true });
        await bringHome(begun.hello);
        await expectHome(begun, now);
        await removeRepositories();
      }),
      runs(10),
    );
  });
});

/** Without edits of its own, each patch makes one file that nothing else has. */
function apart(plan: PackagePlan): PackagePlan {
  return { ...plan, patches: plan.patches.map((patch) => ({ ...patch, parts: [[]] })) };
}

/** The patch of the deed makes two. */
function oneFileMore(deed: DistDeed): DistDeed {
  return { ...deed, patch: { ...deed.patch, parts: [[], []] } };
}
