import { afterEach, describe, expect, it } from "@jest/globals";
import { configuration, newPackage, readme, removeRepositories } from "../package.js";
import { comesFromDist } from "../round-trip.js";
import { readmePatch, withTags } from "./shapes.js";

afterEach(removeRepositories);

const one = { README: readme({ 2: "TWO" }) };
const two = { README: readme({ 2: "TWO", 9: "NINE" }) };
const three = { README: readme({ 2: "TWO", 5: "FIVE", 9: "NINE" }) };

/** dist-git with `first.patch` under one tag, and what `second.patch` under another makes of it. */
function secondTag(first: string, second: string) {
  return {
    before: { "hello.spec": withTags(`Source0: a.tar.gz\n${first}`), "first.patch": readmePatch(2, "TWO") },
    change: {
      "hello.spec": withTags(`Source0: a.tar.gz\n${first}${second}`),
      "second.patch": readmePatch(9, "NINE"),
    },
    patched: two,
  };
}

describe("non-adjacent equal Patch-name", () => {
  it("is an error that names the commits", async () => {
    const hello = await newPackage();
    const first = await hello.source.commit("One\n\nPatch-name: same.patch\n", one);
    await hello.source.commit("Two\n", two);
    const third = await hello.source.commit("Three\n\nPatch-name: same.patch\n", three);
    await expect(hello.convert()).rejects.toMatchObject({
      kind: "invalid",
      message: `commits ${first.slice(0, 12)} and ${third.slice(0, 12)} name the same patch same.patch, but others lie between them`,
    });
  });
});

describe.each([
  ["id gaps", "Patch3: first.patch\n", "Patch17: second.patch\n", "Patch4: second.patch\n"],
  ["start at 0", "Patch0: first.patch\n", "Patch1: second.patch\n", "Patch1: second.patch\n"],
  ["start at 1", "Patch1: first.patch\n", "Patch2: second.patch\n", "Patch2: second.patch\n"],
  ["start at 100", "Patch100: first.patch\n", "Patch101: second.patch\n", "Patch101: second.patch\n"],
  ["digits 4", "Patch0001: first.patch\n", "Patch0002: second.patch\n", "Patch0002: second.patch\n"],
  ["unnumbered `Patch:`", "Patch: first.patch\n", "Patch: second.patch\n", "Patch: second.patch\n"],
])("%s", (...[, first, second, fresh]) => {
  it("source to dist: a new tag goes on in the same way", async () => {
    const text = withTags(`Source0: a.tar.gz\n${first}`);
    const hello = await newPackage({ spec: text });
    await hello.source.commit("First\n\nPatch-name: first.patch\n", one);
    await hello.source.commit("Second\n\nPatch-name: second.patch\n", two);
    await hello.convert();
    expect(await hello.dist.file("hello.spec")).toBe(text.replace(first, first + fresh));
  });

  comesFromDist(secondTag(first, second));
});

describe("digits 0/1/4", () => {
  it.each([
    [0, "Patch1:         0001-One.patch"],
    [1, "Patch1:         0001-One.patch"],
    [4, "Patch0001:      0001-One.patch"],
  ])("patch_generation_patch_id_digits %d counts where no tag shows a habit", async (digits, line) => {
    const hello = await newPackage({
      configuration: `${configuration}patch_generation_patch_id_digits: ${digits}\n`,
    });
    await hello.source.commit("One\n", one);
    await hello.convert();
    expect(await hello.patchLines()).toEqual([line]);
  });
});

describe("id below the last", () => {
  it("source to dist: a Patch-id that does not exceed those before it is an error", async () => {
    const hello = await newPackage();
    await hello.source.commit("One\n\nPatch-id: 5\n", one);
    const commit = await hello.source.commit("Two\n\nPatch-id: 5\n", two);
    await expect(hello.convert()).rejects.toMatchObject({
      kind: "invalid",
      message: "Patch-id 5 does not exceed 5, the number of the patch before it",
      where: `commit ${commit.slice(0, 12)}`,
    });
  });

  comesFromDist(secondTag("Patch7: first.patch\n", "Patch3: second.patch\n"));
});

describe("duplicate ids", () => {
  it("are refused with file and line: rpm refuses them, too", async () => {
    const tags = "Patch1: first.patch\nPatch1: second.patch\n";
    const hello = await newPackage({ spec: withTags(`Source0: a.tar.gz\n${tags}`) });
    await expect(hello.convert()).rejects.toMatchObject({
      kind: "invalid",
      message: "Patch1 is there twice, in lines 8 and 9",
      where: "hello.spec:9",
    });
  });
});

describe("colon in a trailer value", () => {
  it("Patch-name may hold one, and be quoted as YAML is", async () => {
    const hello = await newPackage();
    const before = hello.source.tip ?? "";
    await hello.source.commit('One\n\nPatch-name: "fix: one.patch"\n', one);
    await expect(hello.convert()).rejects.toThrow(/"fix: one.patch" has white space/);
    await hello.source.commit("Two\n\nPatch-name: fix:two.patch\n", one, { parents: [before] });
    await hello.convert();
    expect(await hello.patchFiles()).toEqual(["fix:two.patch"]);
  });

  it("Patch-status may hold one", async () => {
    const hello = await newPackage();
    await hello.source.commit("One\n\nPatch-status: Bug: see https://example.org/1: open\n", one);
    await hello.convert();
    expect(await hello.dist.file("hello.spec")).toContain("# Bug: see https://example.org/1: open\nPatch1:");
  });
});

describe("an existing file of the new patch's name", () => {
  it("keeps its place; the patch takes another name", async () => {
    const hello = await newPackage({ distro: { "0001-Fix.patch": "a file of its own\n" } });
    await hello.source.commit("Fix\n", two);
    await hello.convert();
    expect(await hello.dist.file("0001-Fix.patch")).toBe("a file of its own\n");
    expect(await hello.patchLines()).toEqual(["Patch1:         0001-Fix-2.patch"]);
    expect((await hello.convert()).changed).toBe(false);
  });
});
