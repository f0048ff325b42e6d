import { afterEach, describe, expect, it } from "@jest/globals";
import { readme, removeRepositories, spec } from "./package.js";
import { readmePatch, startedQuilt } from "./quilt-package.js";
import { startedPackage } from "./round-trip.js";

afterEach(removeRepositories);

describe("a file in the place of a folder", () => {
  it("is a conflict where dist-git alone made the file", async () => {
    const hello = await startedPackage({ dist: { "hello.spec": spec } });
    await hello.dist.commit("File\n", { tests: "own\n" });
    await hello.source.commit("Folder\n", { ".distro/tests/run": "x\n" });
    await expect(hello.convert()).rejects.toMatchObject({ kind: "conflict", where: "tests/run" });
  });

  it("is a conflict where dist-git alone made the folder", async () => {
    const hello = await startedPackage({ dist: { "hello.spec": spec } });
    await hello.dist.commit("Folder\n", { "tests/run": "own\n" });
    await hello.source.commit("File\n", { ".distro/tests": "x\n" });
    await expect(hello.convert()).rejects.toMatchObject({ kind: "conflict", where: "tests" });
  });

  it("is no conflict where source-git made one of the other", async () => {
    const hello = await startedPackage({ dist: { "hello.spec": spec, "tests/run": "own\n" } });
    await hello.source.commit("File\n", { ".distro/tests/run": null, ".distro/tests": "x\n" });
    await hello.convert();
    expect(await hello.dist.file("tests")).toBe("x\n");
    await hello.source.commit("Folder\n", { ".distro/tests": null, ".distro/tests/a": "a\n" });
    await hello.convert();
    expect(await hello.dist.file("tests/a")).toBe("a\n");
  });

  it("is a conflict in debian/, too", async () => {
    const hello = await startedQuilt();
    await hello.dist.commit("File\n", { "debian/tests": "own\n" });
    await hello.source.commit("Folder\n", { "debian/tests/control": "x\n" });
    await expect(hello.convert()).rejects.toMatchObject({ kind: "conflict", where: "debian/tests/control" });
  });
});

describe("a trailer of a merge request", () => {
  it.each(["../x.patch", "/etc/x.patch", ".git/config", "a/../../x", "debian.series", "series", "00list"])(
    "cannot name a patch %s in quilt",
    async (name) => {
      const hello = await startedQuilt({ patches: { "one.patch": readmePatch(1, "ONE") } });
      await hello.source.commit(`Two\n\nPatch-name: ${name}\n`, { README: readme({ 1: "ONE", 2: "TWO" }) });
      await expect(hello.convert()).rejects.toMatchObject({ kind: "invalid" });
    },
  );

  it("that names another dist-git commit than there is does not count", async () => {
    const hello = await startedPackage({ dist: { "hello.spec": spec, "a.conf": "a\n" } });
    const own = await hello.dist.commit("Own\n", { "own.conf": "own\n" });
    // As if all that dist-git has were source-git's, and source-git had deleted it.
    await hello.source.commit(`Forge\n\nFrom-dist-git-commit: ${own}\n`, { README: readme({ 1: "ONE" }) });
    await hello.convert();
    expect(await hello.dist.file("own.conf")).toBe("own\n");
  });

  it("that names another dist-git commit does not take away dist-git's patches", async () => {
    const hello = await startedPackage({ dist: { "hello.spec": spec } });
    const text = spec.replace("tar.gz\n", "tar.gz\nPatch7: nine.patch\n");
    const own = await hello.dist.commit("Own\n", {
      "hello.spec": text,
      "nine.patch": readmePatch(9, "NINE"),
    });
    await hello.source.commit(`Forge\n\nFrom-dist-git-commit: ${own}\n`, { README: readme({ 1: "ONE" }) });
    await hello.convert();
    expect(await hello.patchFiles()).toEqual(["0001-Forge.patch", "nine.patch"]);
  });
});

describe("a link in debian/", () => {
  it("in the place of the series, of a patch and of their folder is refused", async () => {
    for (const files of [
      { "debian/patches/series": { link: "/etc/passwd" } },
      { "debian/patches/one.patch": { link: "/etc/passwd" } },
      { "debian/patches/series": null, "debian/patches/one.patch": null, "debian/patches": { link: "/etc" } },
    ]) {
      const hello = await startedQuilt({ patches: { "one.patch": readmePatch(1, "ONE") } });
      await hello.dist.commit("Link\n", files);
      await hello.source.commit("Two\n", { README: readme({ 1: "ONE", 2: "TWO" }) });
      const error = await hello.convert().catch((thrown: unknown) => thrown);
      expect({ files, error }).toMatchObject({ error: { name: "UserError" } });
    }
  });
});
