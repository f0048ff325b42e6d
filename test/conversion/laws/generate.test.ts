import { afterEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { applyPatch } from "../../../src/conversion/patches/apply-patch.js";
import { PatchedTree } from "../../../src/conversion/patches/patched-tree.js";
import { newRepository, removeRepositories } from "../package.js";
import { applyByGit } from "../round-trip.js";
import { layOut, makePackage, packagePlan } from "./generate.js";
import { writeTree } from "./trees.js";
import { runs } from "./bounds.js";

afterEach(removeRepositories);

describe("a generated package", () => {
  it("has patches that git applies in their order, and that give the tree they were made from", async () => {
    await fc.assert(
      fc.asyncProperty(packagePlan, async (plan) => {
        const { hello, made } = await layOut(plan);
        const diffs = made.patches.flatMap(({ parts, strip }) =>
          parts.map((bytes) => ({ bytes, strips: [strip] })),
        );
        expect(await applyByGit(hello, diffs)).toBe(await writeTree(hello.source, made.patched));
        await removeRepositories();
      }),
      runs(15),
    );
  });

  it("has patches of which each gives just its tree, without fuzz, when Sluice applies it", async () => {
    const repository = await newRepository();
    await fc.assert(
      fc.asyncProperty(packagePlan, async (plan) => {
        const tree = new PatchedTree(repository.store, await writeTree(repository, plan.upstream));
        for (const { bytes, strip, tree: expected } of makePackage(plan).patches) {
          const applied = await applyPatch(tree, { content: Buffer.from(bytes, "latin1"), strip });
          expect(applied).toMatchObject({ outcome: "applied", fuzz: 0 });
          expect(await tree.write()).toBe(await writeTree(repository, expected));
        }
      }),
      runs(300),
    );
  });
});
