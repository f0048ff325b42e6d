import { afterEach, describe, expect, it } from "@jest/globals";
import { newPackage, readme, removeRepositories, without, type TestPackage } from "./package.js";
import { expectInStep } from "./round-trip.js";

afterEach(removeRepositories);

/** source-git with a commit for lines 2 and 9 of the README each. */
async function twoPatches(): Promise<TestPackage> {
  const hello = await newPackage();
  await hello.source.commit("Two\n\nPatch-name: two.patch\n", { README: readme({ 2: "TWO" }) });
  await hello.source.commit("Nine\n", { README: readme({ 2: "TWO", 9: "NINE" }) });
  return hello;
}

const deux = readme({ 2: "DEUX", 9: "NINE" });

describe("a commit with Amends-patch", () => {
  it("is squashed into the patch that it names, whose message counts", async () => {
    const hello = await twoPatches();
    await hello.source.commit("In French\n\nAmends-patch: two.patch\n", { README: deux });
    await hello.convert();
    expect(await hello.patchFiles()).toEqual(["0002-Nine.patch", "two.patch"]);
    const text = (await hello.dist.file("two.patch")) ?? "";
    expect(text).toMatch(/^Subject: \[PATCH\] Two$/m);
    expect(text).toMatch(/^-two\n\+DEUX$/m);
    expect(text).not.toMatch(/TWO|In French/);
    await expectInStep(hello);
  });

  it("changes the one patch alone that dist-git has of it", async () => {
    const hello = await twoPatches();
    await hello.convert();
    const before = await hello.dist.files();
    await hello.source.commit("In French\n\nAmends-patch: two.patch\n", { README: deux });
    await hello.convert();
    const after = await hello.dist.files();
    expect(without(after, "two.patch")).toEqual(without(before, "two.patch"));
    await expectInStep(hello);
  });

  it("finds a patch without Patch-name by the name that dist-git has", async () => {
    const hello = await twoPatches();
    const text = readme({ 2: "TWO", 9: "NEUF" });
    await hello.source.commit("More\n", { README: readme({ 2: "TWO", 6: "SIX", 9: "NINE" }) });
    await hello.source.commit("In French\n\nAmends-patch: 0002-Nine.patch\n", {
      README: text.replace("six", "SIX"),
    });
    await hello.convert();
    expect(await hello.patchFiles()).toEqual(["0002-Nine.patch", "0003-More.patch", "two.patch"]);
    expect(await hello.dist.file("0002-Nine.patch")).toMatch(/^\+NEUF$/m);
  });

  it("that takes its patch back leaves no file, no tag and no number", async () => {
    const hello = await twoPatches();
    await hello.source.commit("Not so\n\nAmends-patch: two.patch\n", { README: readme({ 9: "NINE" }) });
    await hello.convert();
    expect(await hello.patchFiles()).toEqual(["0001-Nine.patch"]);
    expect(await hello.patchLines()).toEqual(["Patch1:         0001-Nine.patch"]);
  });

  it("gives its patch another number by Patch-id", async () => {
    const hello = await twoPatches();
    await hello.source.commit("Number\n\nAmends-patch: two.patch\nPatch-id: 7\n");
    await hello.convert();
    expect(await hello.patchLines()).toEqual([
      "Patch7:         two.patch",
      "Patch8:         0002-Nine.patch",
    ]);
  });

  it("is a patch of its own, with a warning, where it conflicts on its way", async () => {
    const hello = await twoPatches();
    await hello.source.commit("Again\n", { README: readme({ 2: "TWO!", 9: "NINE" }) });
    const commit = await hello.source.commit("In French\n\nAmends-patch: two.patch\n", {
      README: readme({ 2: "DEUX!", 9: "NINE" }),
    });
    const { warnings } = await hello.convert();
    expect(warnings).toEqual([
      `commit ${commit.slice(0, 12)} amends two.patch, but conflicts with commits between; it is a patch of its own at the end`,
    ]);
    expect(await hello.patchFiles()).toContain("0004-In-French.patch");
    await expectInStep(hello);
  });

  it("names the same patch twice only when it lies next to it: non-adjacent equal Patch-name stays an error", async () => {
    const hello = await twoPatches();
    await hello.source.commit("Again\n\nPatch-name: two.patch\n", { README: deux });
    await expect(hello.convert()).rejects.toMatchObject({
      kind: "invalid",
      message: expect.stringContaining(
        "name the same patch two.patch, but others lie between them",
      ) as unknown,
    });
  });

  it("does not tell its trailer to dist-git", async () => {
    const hello = await twoPatches();
    await hello.source.commit("In French\n\nAmends-patch: two.patch\n", { README: deux });
    await hello.convert();
    const told = Object.values(await hello.dist.files()).join("");
    expect(told).not.toContain("Amends-patch");
  });
});

describe("a commit with Patch-before", () => {
  it("goes in front of the patch that it names", async () => {
    const hello = await twoPatches();
    await hello.source.commit("Five\n\nPatch-name: five.patch\nPatch-before: two.patch\n", {
      README: readme({ 2: "TWO", 5: "FIVE", 9: "NINE" }),
    });
    await hello.convert();
    expect(await hello.patchLines()).toEqual([
      ...["Patch1:         five.patch", "Patch2:         two.patch", "Patch3:         0003-Nine.patch"],
    ]);
    await expectInStep(hello);
  });
});
