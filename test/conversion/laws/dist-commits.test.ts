import { afterEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { UserError } from "../../../src/domain/errors.js";
import { removeRepositories } from "../package.js";
import { bringHome, sourceTree } from "../round-trip.js";
import { startByItself, type Begun } from "./beginnings.js";
import { distDeeds, performInDist } from "./dist-side.js";
import { makePackage, packagePlan, type PackagePlan } from "./generate.js";
import { expectEmptyChange, expectSum } from "./sum.js";
import { writeTree } from "./trees.js";

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
      { numRuns: 15 },
    );
  }, 120_000);

  it("comes home whichever patch was changed or removed, or says what conflicts and leaves all as it was", async () => {
    await fc.assert(
      fc.asyncProperty(packagePlan, distDeeds("changed patch", "removed patch"), async (plan, deeds) => {
        const begun = await startByItself(plan);
        const { source } = begun.hello;
        const before = source.tip;
        const now = await performInDist(begun, { plan, deeds, anywhere: true });
        const trouble: unknown = await bringHome(begun.hello).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (trouble === undefined) await expectHome(begun, now);
        else {
          expect(trouble).toBeInstanceOf(UserError);
          expect(trouble).toMatchObject({ kind: "conflict", where: expect.stringMatching(/./) as unknown });
          expect(source.tip).toBe(before);
        }
        await removeRepositories();
      }),
      { numRuns: 10 },
    );
  }, 120_000);
});
