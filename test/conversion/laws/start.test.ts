import { afterEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { removeRepositories } from "../package.js";
import { sourceTree } from "../round-trip.js";
import { startByHand, startByItself } from "./beginnings.js";
import { packagePlan } from "./generate.js";
import { expectEmptyChange, expectSum } from "./sum.js";
import { writeTree } from "./trees.js";
import { runs } from "./bounds.js";

afterEach(removeRepositories);

describe("a generated package", () => {
  it("becomes a source-git that holds base plus patches, and converts to an empty change", async () => {
    await fc.assert(
      fc.asyncProperty(packagePlan, async (plan) => {
        const begun = await startByItself(plan);
        const { hello, made } = begun;
        expect(await sourceTree(hello)).toBe(await writeTree(hello.source, made.patched));
        await expectEmptyChange(begun);
        await expectSum(begun);
        await removeRepositories();
      }),
      runs(25),
    );
  });

  it("converts to an empty change from a source-git that somebody made by hand", async () => {
    await fc.assert(
      fc.asyncProperty(packagePlan, async (plan) => {
        const begun = await startByHand(plan);
        await expectEmptyChange(begun);
        await expectSum(begun);
        await removeRepositories();
      }),
      runs(10),
    );
  });
});
