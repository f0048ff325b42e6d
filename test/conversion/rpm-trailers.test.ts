import { afterEach, describe, expect, it } from "@jest/globals";
import { configuration, newPackage, readme, removeRepositories, spec } from "./package.js";

afterEach(removeRepositories);

const one = { README: readme({ 1: "ONE" }) };
const two = { README: readme({ 1: "ONE", 3: "THREE" }) };
const three = { README: readme({ 1: "ONE", 3: "THREE", 9: "NINE" }) };

describe("Patch-name", () => {
  it("names the file, and joins adjacent commits into one", async () => {
    const hello = await newPackage();
    const first = await hello.source.commit("One\n\nPatch-name: joined.patch\n", one);
    const second = await hello.source.commit("Two\n\nPatch-name: joined.patch\n", two);
    await hello.source.commit("Three\n", three);
    const { patches } = await hello.convert();
    expect(patches).toMatchObject([
      { file: "joined.patch", commits: [first, second] },
      { file: "0003-Three.patch" },
    ]);
    const joined = await hello.dist.file("joined.patch");
    expect(joined).toContain("+ONE\n");
    expect(joined).toContain("+THREE\n");
    expect((await hello.convert()).changed).toBe(false);
  });

  it.each(["hello.spec", "sources", ".gitattributes", "notes", "link.patch", "tests"])(
    "cannot be that of a file of dist-git that is no patch: %s",
    async (name) => {
      const dist = { notes: "mine\n", "link.patch": { link: "../secret" }, "tests/run.sh": "true\n" };
      const hello = await newPackage({ dist });
      await hello.source.commit(`One\n\nPatch-name: ${name}\n`, one);
      await expect(hello.convert()).rejects.toMatchObject({
        kind: "invalid",
        message: `the Patch-name ${name} is taken: dist-git needs it for a file that is no patch`,
      });
    },
  );

  it.each(["a/b.patch", "../x.patch", "..", ".git", "git~1"])(
    "must be a plain file name, unlike %j",
    async (name) => {
      const hello = await newPackage();
      const commit = await hello.source.commit(`One\n\nPatch-name: ${name}\n`, one);
      await expect(hello.convert()).rejects.toMatchObject({
        kind: "invalid",
        where: `commit ${commit.slice(0, 12)}`,
      });
    },
  );

  it("renames a patch whose effect is unchanged, and its bytes stay", async () => {
    const hello = await newPackage();
    const start = hello.source.tip ?? "";
    await hello.source.commit("One\n", one);
    await hello.convert();
    const before = await hello.dist.file("0001-One.patch");
    await hello.source.commit("One\n\nPatch-name: first.patch\n", one, { parents: [start] });
    await hello.convert();
    expect(await hello.patchFiles()).toEqual(["first.patch"]);
    expect(await hello.dist.file("first.patch")).toBe(before);
    expect(await hello.patchLines()).toEqual(["Patch1:         first.patch"]);
  });
});

describe("Patch-id", () => {
  it("numbers the tag, and the next goes on from there", async () => {
    const hello = await newPackage();
    await hello.source.commit("One\n\nPatch-id: 100\n", one);
    await hello.source.commit("Two\n", two);
    await hello.convert();
    expect(await hello.patchLines()).toEqual([
      "Patch100:       0001-One.patch",
      "Patch101:       0002-Two.patch",
    ]);
  });

  it("is an error when it is no number", async () => {
    const hello = await newPackage();
    await hello.source.commit("One\n\nPatch-id: first\n", one);
    await expect(hello.convert()).rejects.toThrow(/the Patch-id "first" is not a number/);
  });
});

describe("Patch-status", () => {
  it("is put above the tag as comment lines, once", async () => {
    const hello = await newPackage();
    await hello.source.commit(
      "One\n\nPatch-status: |\n    Sent upstream\n    # https://example.org/1\n",
      one,
    );
    await hello.convert();
    expect(await hello.dist.file("hello.spec")).toContain(
      "tar.gz\n# Sent upstream\n# https://example.org/1\nPatch1:         0001-One.patch\n",
    );
    expect((await hello.convert()).changed).toBe(false);
  });

  it("is the commit's message only when that is asked for", async () => {
    const quiet = await newPackage();
    await quiet.source.commit("One\n\nWhy.\n", one);
    await quiet.convert();
    expect(await quiet.dist.file("hello.spec")).not.toContain("# One");
    const talking = await newPackage({ configuration: `${configuration}patch_comments: message\n` });
    await talking.source.commit("One\n\nWhy.\n", one);
    await talking.convert();
    expect(await talking.dist.file("hello.spec")).toContain("# One\n#\n# Why.\nPatch1:");
  });
});

describe("Patch-present-in-specfile", () => {
  it("writes the file and leaves the spec alone", async () => {
    const hello = await newPackage();
    await hello.source.commit("One\n\nPatch-present-in-specfile: true\n", one);
    await hello.convert();
    expect(await hello.patchFiles()).toEqual(["0001-One.patch"]);
    expect(await hello.dist.file("hello.spec")).toBe(spec);
    expect((await hello.convert()).changed).toBe(false);
  });
});

describe("Ignore-patch", () => {
  it("gives nothing, and the patches behind it still apply", async () => {
    const hello = await newPackage();
    await hello.source.commit("One\n\nIgnore-patch: true\n", one);
    await hello.source.commit("Nine\n", { README: readme({ 1: "ONE", 9: "NINE" }) });
    await hello.convert();
    expect(await hello.patchFiles()).toEqual(["0001-Nine.patch"]);
    expect(await hello.dist.file("0001-Nine.patch")).not.toContain("ONE");
  });

  it("is a conflict when a later commit needs the change", async () => {
    const hello = await newPackage();
    await hello.source.commit("One\n\nIgnore-patch: true\n", one);
    const commit = await hello.source.commit("Eins\n", { README: readme({ 1: "EINS" }) });
    await expect(hello.convert()).rejects.toMatchObject({
      kind: "conflict",
      message: `commit ${commit.slice(0, 12)} needs a change that Ignore-patch leaves out`,
      where: "README",
    });
  });
});

describe("No-prefix", () => {
  it("leaves out a/ and b/, and says that -p1 does not fit", async () => {
    const hello = await newPackage();
    await hello.source.commit("One\n\nNo-prefix: true\n", one);
    const { warnings } = await hello.convert();
    expect(await hello.dist.file("0001-One.patch")).toContain("--- README\n+++ README\n");
    expect(warnings).toEqual(["0001-One.patch wants -p0, but %prep of hello.spec applies patches with -p1"]);
    expect((await hello.convert()).changed).toBe(false);
  });
});

describe("older metadata in the message body", () => {
  it("is read when no commit of the range has a trailer", async () => {
    const hello = await newPackage();
    await hello.source.commit("One\n\npatch_name: older.patch\npatch_id: 7\ndescription: |\n  Why\n", one);
    await hello.source.commit("Two\n\nignore: true\n", { Makefile: "all:\n" });
    await hello.convert();
    expect(await hello.dist.file("hello.spec")).toContain("# Why\nPatch7:         older.patch\n");
    expect(await hello.patchFiles()).toEqual(["older.patch"]);
  });

  it("is prose when a commit of the range has a trailer", async () => {
    const hello = await newPackage();
    await hello.source.commit("One\n\npatch_name: older.patch\n", one);
    await hello.source.commit("Two\n\nPatch-name: newer.patch\n", two);
    await hello.convert();
    expect(await hello.patchFiles()).toEqual(["0001-One.patch", "newer.patch"]);
  });

  it("joins the commits before one that says squash_commits, and those behind the last", async () => {
    const hello = await newPackage();
    const first = await hello.source.commit("One\n", one);
    const second = await hello.source.commit("Two\n\npatch_name: all.patch\nsquash_commits: true\n", two);
    const third = await hello.source.commit("Three\n\npatch_name: last.patch\nsquash_commits: true\n", three);
    const fourth = await hello.source.commit("Four\n", { Makefile: "all:\n" });
    const { patches } = await hello.convert();
    expect(patches).toMatchObject([
      { file: "all.patch", commits: [first, second] },
      { file: "last.patch", commits: [third, fourth] },
    ]);
    expect((await hello.convert()).changed).toBe(false);
  });

  it("stands for a file of dist-git when the commit is empty", async () => {
    const hello = await newPackage({ dist: { "unused.patch": "not applied\n" } });
    await hello.source.commit("Unused\n\npatch_name: unused.patch\npresent_in_specfile: true\n");
    const { changed, patches } = await hello.convert();
    expect(patches).toMatchObject([{ file: "unused.patch", change: "kept" }]);
    expect(changed).toBe(false);
  });
});
