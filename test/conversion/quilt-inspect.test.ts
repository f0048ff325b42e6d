import { afterEach, describe, expect, it } from "@jest/globals";
import { inspectQuilt } from "../../src/conversion/quilt/inspect.js";
import { removeRepositories } from "./package.js";
import { newQuilt, readmePatch, startedQuilt, type QuiltOptions } from "./quilt-package.js";

afterEach(removeRepositories);

async function inspect(options: QuiltOptions) {
  const { dist } = await newQuilt(options);
  return inspectQuilt(dist.store, dist.tip ?? "");
}

describe("inspecting a Debian package", () => {
  it("tells package, upstream's version, and each patch with its place and strip level", async () => {
    const patches = { "topic/a.patch": readmePatch(2, "A"), "b.diff": readmePatch(8, "B") };
    expect(await inspect({ patches, series: "# first\nb.diff -p0\n\ntopic/a.patch # why\n" })).toEqual({
      layout: "quilt",
      package: "hello",
      version: "1.0",
      sources: [],
      patches: [
        { number: 1, file: "b.diff", strip: 0, appliedBy: "series" },
        { number: 2, file: "topic/a.patch", strip: 1, appliedBy: "series" },
      ],
      unsupported: [],
    });
  });

  it("tells what it cannot follow, with lines of the series, in their order", async () => {
    const series = "gone.patch\nb.diff -R\nb.diff\nb.diff\n";
    const { patches, unsupported } = await inspect({ patches: { "b.diff": readmePatch(8, "B") }, series });
    expect(patches.map(({ file }) => file)).toEqual(["gone.patch", "b.diff"]);
    expect(unsupported).toEqual([
      { line: 1, reason: "gone.patch is listed, but there is no such file" },
      { line: 2, reason: "the option -R is not understood" },
      { line: 4, reason: "b.diff is listed twice" },
    ]);
  });

  it("names series of other systems, and which one is taken", async () => {
    const hello = await startedQuilt({
      patches: { "one.patch": readmePatch(1, "ONE") },
      dist: { "debian/patches/debian.series": "one.patch\n", "debian/patches/ubuntu.series": "" },
    });
    const reasons = ["series", "ubuntu.series"].map(
      (name) =>
        `debian/patches/${name} is not looked at: debian/patches/debian.series is taken, as on Debian`,
    );
    const inspection = await inspectQuilt(hello.dist.store, hello.dist.tip ?? "");
    expect(inspection.unsupported.map(({ reason }) => reason)).toEqual(reasons);
    expect((await hello.convert()).warnings).toEqual(reasons);
  });

  it("names other patch systems and formats", async () => {
    const dist = { "debian/source/format": "3.0 (git)\n", "debian/patches/00list": "a\n" };
    expect((await inspect({ dist })).unsupported).toEqual([
      { line: 1, reason: "debian/patches/00list is dpatch's, which is not supported" },
      { line: 1, reason: "the source format 3.0 (git) is not supported" },
    ]);
  });

  it.each([
    ["1:2.0~rc1+ds-3.1", "3.0 (quilt)", "2.0~rc1+ds"],
    ["2.0-beta-1", "1.0", "2.0-beta"],
    ["5.8", "3.0 (native)", "5.8"],
    ["5.8-1", "3.0 (native)", "5.8-1"],
  ])("reads %s of format %s as version %s", async (text, format, version) => {
    const dist = {
      "debian/changelog": `hello (${text}) unstable; urgency=low\n`,
      "debian/source/format": `${format}\n`,
    };
    expect((await inspect({ dist })).version).toBe(version);
  });

  it("takes the name of a package without changelog from debian/control", async () => {
    expect(await inspect({ dist: { "debian/changelog": null } })).toMatchObject({
      package: "hello",
      version: undefined,
    });
  });
});
