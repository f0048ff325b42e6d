import { afterEach, describe, expect, it } from "@jest/globals";
import { newPackage, readme, removeRepositories, spec, type PackageOptions } from "./package.js";
import { newQuilt, packaging, readmePatch } from "./quilt-package.js";
import { bringHome } from "./round-trip.js";

afterEach(removeRepositories);

const one = { README: readme({ 1: "ONE" }) };
const gone = { "gating.yaml": "rules: []\n" };
const named = spec
  .replace("\nBuildRequires", "# Ours\nPatch7:         extra.patch\n\nBuildRequires")
  .replace("%autosetup -p1\n", "%setup -q\n%patch7 -p1 -b .extra\n");
const lost = `From-source-git-commit: ${"1".repeat(40)}`;

const strangers = async (options: PackageOptions = {}) =>
  newPackage({
    spec: spec.replace("%autosetup -p1\n", "%setup -q\n"),
    distSpec: named,
    dist: { "extra.patch": readmePatch(9, "NINE"), ...options.dist },
    ...(options.distro === undefined ? {} : { distro: options.distro }),
  });

const stays = (file: string) =>
  expect.stringMatching(
    new RegExp(
      `^${file} stays, for dist-git alone has it and the two were never in step: bring it home .*, or delete it`,
    ),
  );

describe("where the two were never in step, of what dist-git alone has", () => {
  it("a patch stays in its place, with its lines in the spec", async () => {
    const hello = await strangers();
    await hello.source.commit("One\n", one);
    const { warnings } = await hello.convert();
    expect(warnings).toContainEqual(stays("extra.patch"));
    expect(await hello.dist.file("extra.patch")).toBe(readmePatch(9, "NINE"));
    const text = await hello.dist.file("hello.spec");
    expect(text).toContain("# Ours\nPatch7:         extra.patch\n");
    expect(text).toContain("%patch7 -p1 -b .extra\n");
    expect(await hello.patchFiles()).toEqual(["0001-One.patch", "extra.patch"]);
    expect((await hello.convert()).changed).toBe(false);
  });

  it("a patch comes home by naming the commits that made it, and is then source-git's", async () => {
    const hello = await newPackage({ distSpec: spec.replace("make\n", "make all\n") });
    const before = hello.dist.tip ?? "";
    const files = { "hello.spec": spec.replace("tar.gz\n", "tar.gz\nPatch7: extra.patch\n") };
    await hello.dist.commit("Nine\n", { ...files, "extra.patch": readmePatch(9, "NINE") });
    await bringHome(hello, before);
    expect(await hello.source.file("README")).toBe(readme({ 9: "NINE" }));
    expect((await hello.convert()).warnings).toEqual([]);
    expect(await hello.patchFiles()).toEqual(["extra.patch"]);
  });

  it("a file stays, though files_to_sync says delete; what is protected is not even told", async () => {
    const hello = await newPackage({ dist: gone });
    await hello.source.commit("One\n", one);
    expect((await hello.convert()).warnings).toEqual([stays("gating.yaml")]);
    expect(await hello.dist.file("gating.yaml")).toBe(gone["gating.yaml"]);
    expect(await hello.dist.file("sources")).toContain("SHA512");
    expect((await hello.convert()).warnings).toEqual([]);
  });

  it("a file goes that source-git had and deleted", async () => {
    const hello = await newPackage({ dist: gone, distro: gone });
    await hello.source.commit("No gating\n", { ".distro/gating.yaml": null });
    await hello.convert();
    expect(await hello.dist.file("gating.yaml")).toBeUndefined();
  });

  it("what a conversion wrote goes, though the commit that it names is lost", async () => {
    const hello = await strangers();
    const files = { ...gone, "extra.patch": readmePatch(9, "Nine") };
    await hello.dist.commit(`Update\n\n${lost}\n`, files);
    await hello.convert();
    expect(Object.keys(await hello.dist.files())).toEqual([".gitignore", "hello.spec", "sources"]);
    expect(await hello.patchLines()).toEqual([]);
  });

  it.each(["a tree", "a revision of none"])(
    "a trailer that names %s is as one of a lost commit",
    async (what) => {
      const hello = await newPackage();
      const { tree } = await hello.source.store.readCommit(hello.source.tip ?? "");
      const name = what === "a tree" ? tree : `${hello.source.tip ?? ""}^{tree}`;
      await hello.dist.commit(`Update\n\nFrom-source-git-commit: ${name}\n`, gone);
      await hello.convert();
      expect(await hello.dist.file("gating.yaml")).toBeUndefined();
    },
  );

  it("what dist-git changed after that conversion stays", async () => {
    const hello = await newPackage();
    await hello.dist.commit(`Update\n\n${lost}\n`, gone);
    await hello.dist.commit("Gate\n", { "gating.yaml": "rules: [one]\n" });
    await hello.convert();
    expect(await hello.dist.file("gating.yaml")).toBe("rules: [one]\n");
  });

  it("a patch goes that a commit of source-git names, and asks to ignore", async () => {
    const hello = await strangers();
    await hello.source.commit("Nine\n\nPatch-name: extra.patch\nIgnore-patch: true\n", {
      README: readme({ 9: "NINE" }),
    });
    await hello.convert();
    expect(await hello.patchFiles()).toEqual([]);
  });
});

describe("where a Debian package was never in step, of what dist-git alone has", () => {
  it("a listed patch keeps its line, and a file of debian/ stays", async () => {
    const hello = await newQuilt({
      patches: { "extra.patch": readmePatch(9, "NINE") },
      series: "# Ours\nextra.patch -p1\n",
      dist: { "debian/watch": "version=4\n" },
    });
    await hello.source.commit("Begin\n", {
      ...packaging,
      ".distro/source-git.yaml": "layout: quilt\nupstream_ref: v1.0\n",
    });
    await hello.source.commit("One\n", one);
    const { warnings } = await hello.convert();
    expect(warnings).toEqual([stays("extra.patch"), stays("debian/watch")]);
    expect(await hello.dist.file("debian/watch")).toBe("version=4\n");
    expect(await hello.dist.file("debian/patches/series")).toMatch(/^# Ours\nextra.patch -p1\n/);
    expect(await hello.dist.file("debian/patches/extra.patch")).toBe(readmePatch(9, "NINE"));

    await hello.dist.commit("Describe\n", { "debian/README.Debian": "new\n" });
    await hello.bringHome();
    await hello.convert();
    expect(await hello.dist.file("debian/watch")).toBe("version=4\n");
  });

  it("other patches stay when one comes home by naming the commits that made it", async () => {
    const hello = await newQuilt({ patches: { "extra.patch": readmePatch(9, "NINE") } });
    await hello.source.commit("Begin\n", {
      ...packaging,
      ".distro/source-git.yaml": "layout: quilt\nupstream_ref: v1.0\n",
    });
    const before = hello.dist.tip ?? "";
    await hello.dist.commit("Two\n", {
      "debian/patches/series": "extra.patch\ntwo.patch\n",
      "debian/patches/two.patch": readmePatch(2, "TWO"),
    });
    await hello.bringHome(before);
    await hello.source.commit("One\n", { README: readme({ 1: "ONE", 2: "TWO" }) });
    await hello.convert();
    const series = await hello.dist.file("debian/patches/series");
    expect(series).toBe("extra.patch\ntwo.patch\nOne.patch\n");
  });
});
