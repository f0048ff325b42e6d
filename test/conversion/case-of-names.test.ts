import { afterEach, describe, expect, it } from "@jest/globals";
import { readme, removeRepositories, spec, type Files } from "./package.js";
import { startedQuilt } from "./quilt-package.js";
import { bringHome, expectInStep, startedPackage } from "./round-trip.js";
import { lineChange } from "./starting.js";

afterEach(removeRepositories);

const tags = "Patch0: fix.patch\nPatch1: Fix.patch\n";
const dist: Files = {
  "hello.spec": spec.replace(/^Source0:.*\n/m, (line) => line + tags),
  "fix.patch": lineChange(2, "TWO"),
  "Fix.patch": lineChange(8, "EIGHT").replaceAll("/README", "/readme"),
  "hello.conf": "small\n",
  "Hello.conf": "large\n",
};
const upstream: Files = { README: readme({}), readme: readme({}) };

describe("names that differ by case alone are different names", () => {
  it("of files and patches, there and back", async () => {
    const hello = await startedPackage({ upstream, dist });
    expect(await hello.source.files()).toMatchObject({
      README: readme({ 2: "TWO" }),
      readme: readme({ 8: "EIGHT" }),
      ".distro/hello.conf": "small\n",
      ".distro/Hello.conf": "large\n",
    });
    await expectInStep(hello);

    await hello.source.commit("Both\n", { ".distro/Hello.conf": null, ".distro/HELLO.conf": "huge\n" });
    await hello.source.commit("Say it\n", { README: readme({ 2: "TWO", 9: "nine!" }) });
    await hello.source.commit("Say It\n", { readme: readme({ 8: "EIGHT", 1: "one!" }) });
    await hello.convert();
    const files = await hello.dist.files();
    const patches = ["0003-Say-it.patch", "0004-Say-It.patch", "Fix.patch", "fix.patch"];
    const others = ["HELLO.conf", "hello.conf", "hello.spec"];
    expect(Object.keys(files).toSorted()).toEqual([...patches, ...others].toSorted());
    await expectInStep(hello);

    await hello.dist.commit("Drop one\n", {
      "hello.spec": (files["hello.spec"] ?? "").replace("Patch1: Fix.patch\n", ""),
      "Fix.patch": null,
      "hello.conf": "smaller\n",
    });
    await bringHome(hello);
    expect(await hello.source.files()).toMatchObject({
      README: readme({ 2: "TWO", 9: "nine!" }),
      readme: readme({ 1: "one!" }),
      ".distro/hello.conf": "smaller\n",
      ".distro/HELLO.conf": "huge\n",
    });
    await expectInStep(hello);
  });

  it("of a series", async () => {
    const hello = await startedQuilt({
      upstream,
      dist: {
        "debian/patches/series": "fix.patch\nFix.patch\n",
        "debian/patches/fix.patch": lineChange(2, "TWO"),
        "debian/patches/Fix.patch": lineChange(8, "EIGHT").replaceAll("/README", "/readme"),
        "debian/hello.install": "small\n",
        "debian/Hello.install": "large\n",
      },
    });
    const before = await hello.dist.files();
    expect((await hello.convert()).changed).toBe(false);
    expect(await hello.source.files()).toMatchObject({
      README: readme({ 2: "TWO" }),
      readme: readme({ 8: "EIGHT" }),
      "debian/Hello.install": "large\n",
    });
    await hello.source.commit("Install\n", { "debian/Hello.install": "larger\n" });
    await hello.convert();
    expect(await hello.dist.files()).toEqual({ ...before, "debian/Hello.install": "larger\n" });
  });
});
