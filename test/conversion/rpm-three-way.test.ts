import { afterEach, describe, expect, it } from "@jest/globals";
import { newPackage, readme, removeRepositories, spec } from "./package.js";

afterEach(removeRepositories);

const one = { README: readme({ 1: "ONE" }) };
const two = { README: readme({ 1: "ONE", 3: "THREE" }) };

/** A package that is in step with two patches. */
async function inStep() {
  const hello = await newPackage({
    distro: { "gating.yaml": "one\ntwo\nthree\nfour\nfive\n", "a.conf": "a\n" },
  });
  const start = hello.source.tip ?? "";
  await hello.source.commit("One\n", one);
  await hello.source.commit("Two\n", two);
  await hello.convert();
  return { hello, start };
}

describe("what dist-git alone changed since the two were in step", () => {
  it("stays: files, spec lines, release and changelog", async () => {
    const { hello } = await inStep();
    const released = (await hello.dist.file("hello.spec"))
      ?.replace("Release:        1", "Release:        2")
      .replace("%changelog\n", "%changelog\n* Wed Nov 15 2023 Releng <r@example.org> - 1.0-2\n- Rebuild\n\n");
    await hello.dist.commit("Rebuild\n", {
      "hello.spec": released ?? "",
      "gating.yaml": "changed\n",
      "new.conf": "n\n",
    });
    const before = await hello.dist.files();
    await hello.source.commit("Three\n", { Makefile: "all:\n" });
    await hello.convert();
    await hello.source.commit("Four\n", { Makefile: "all: x\n" });
    await hello.convert();

    const after = await hello.dist.files();
    expect(after["gating.yaml"]).toBe("changed\n");
    expect(after["new.conf"]).toBe("n\n");
    expect(after["hello.spec"]).toBe(
      before["hello.spec"]?.replace(
        "0002-Two.patch\n",
        "0002-Two.patch\nPatch3:         0003-Three.patch\nPatch4:         0004-Four.patch\n",
      ),
    );
  });

  it("is merged line by line with what source-git changed", async () => {
    const { hello } = await inStep();
    await hello.dist.commit("Gate\n", { "gating.yaml": "ONE\ntwo\nthree\nfour\nfive\n" });
    await hello.source.commit("Gate\n", { ".distro/gating.yaml": "one\ntwo\nthree\nfour\nFIVE\n" });
    await hello.convert();
    expect(await hello.dist.file("gating.yaml")).toBe("ONE\ntwo\nthree\nfour\nFIVE\n");
  });

  it("is a conflict with file and commit when both changed the same", async () => {
    const { hello } = await inStep();
    const commit = await hello.dist.commit("Gate\n", { "gating.yaml": "dist\n" });
    const ours = await hello.source.commit("Gate\n", { ".distro/gating.yaml": "source\n" });
    await expect(hello.convert()).rejects.toMatchObject({
      kind: "conflict",
      message: `gating.yaml (line 1) was changed in dist-git by commit ${commit.slice(0, 12)} and in source-git by commit ${ours.slice(0, 12)}`,
      where: "gating.yaml",
    });
  });

  it("is a conflict in the spec, too", async () => {
    const { hello } = await inStep();
    const text = (await hello.dist.file("hello.spec")) ?? "";
    const theirs = await hello.dist.commit("Licence\n", {
      "hello.spec": text.replace("MIT", "GPL-2.0-only"),
    });
    const ours = await hello.source.commit("Licence\n", {
      ".distro/hello.spec": spec.replace("MIT", "BSD-2-Clause"),
    });
    await expect(hello.convert()).rejects.toMatchObject({
      kind: "conflict",
      message: `hello.spec (line 5) was changed in dist-git by commit ${theirs.slice(0, 12)} and in source-git by commit ${ours.slice(0, 12)}`,
      where: "hello.spec",
    });
  });

  it("may be a patch of its own, which stays with its tag, and is told", async () => {
    const { hello } = await inStep();
    const text = (await hello.dist.file("hello.spec")) ?? "";
    await hello.dist.commit("Own\n", {
      "own.patch": "--- a/Makefile\n+++ b/Makefile\n@@ -1 +1 @@\n-all: hello\n+all: world\n",
      "hello.spec": text.replace("0002-Two.patch\n", "0002-Two.patch\nPatch3:         own.patch\n"),
    });
    await hello.source.commit("Three\n", { "three.c": "int three;\n" });
    const { warnings } = await hello.convert();
    expect(warnings).toEqual(["own.patch is dist-git's own and stays"]);
    await hello.source.commit("Four\n", { "four.c": "int four;\n" });
    await hello.convert();
    expect(await hello.patchLines()).toEqual([
      "Patch1:         0001-One.patch",
      "Patch2:         0002-Two.patch",
      "Patch3:         own.patch",
      "Patch4:         0003-Three.patch",
      "Patch5:         0004-Four.patch",
    ]);
    expect(await hello.dist.file("own.patch")).toContain("+all: world\n");
  });

  it("may be a change to a patch or its removal, which stays, and is told", async () => {
    const { hello } = await inStep();
    const text = (await hello.dist.file("hello.spec")) ?? "";
    const changed = ((await hello.dist.file("0001-One.patch")) ?? "").replace("+ONE\n", "+EINS\n");
    await hello.dist.commit("Own way\n", {
      "0001-One.patch": changed,
      "0002-Two.patch": null,
      "hello.spec": text.replace("Patch2:         0002-Two.patch\n", ""),
    });
    await hello.source.commit("Three\n", { Makefile: "all:\n" });
    const { warnings } = await hello.convert();
    expect(warnings).toEqual([
      "0001-One.patch was changed in dist-git alone and stays so",
      "0002-Two.patch was removed in dist-git alone and stays away",
    ]);
    expect(await hello.dist.file("0001-One.patch")).toBe(changed);
    expect(await hello.patchFiles()).toEqual(["0001-One.patch", "0003-Three.patch"]);
    await hello.source.commit("Four\n", { Makefile: "all: x\n" });
    await hello.convert();
    expect(await hello.patchFiles()).toEqual(["0001-One.patch", "0003-Three.patch", "0004-Four.patch"]);
  });

  it("is a conflict when source-git amended the same patch", async () => {
    const { hello, start } = await inStep();
    const changed = ((await hello.dist.file("0001-One.patch")) ?? "").replace("+ONE\n", "+EINS\n");
    const commit = await hello.dist.commit("Own way\n", { "0001-One.patch": changed });
    await hello.source.commit("One\n", { README: readme({ 1: "UNO" }) }, { parents: [start] });
    await expect(hello.convert()).rejects.toMatchObject({
      kind: "conflict",
      message: `0001-One.patch was changed in dist-git by commit ${commit.slice(0, 12)} while its commits changed in source-git`,
    });
  });

  it("does not keep what source-git removed: files and patches go", async () => {
    const { hello, start } = await inStep();
    await hello.source.commit(
      "Two\n",
      { ".distro/a.conf": null, README: readme({ 3: "THREE" }) },
      { parents: [start] },
    );
    await hello.convert();
    expect(await hello.dist.file("a.conf")).toBeUndefined();
    expect(await hello.patchLines()).toEqual(["Patch2:         0002-Two.patch"]);
  });
});

describe("the last synchronised point", () => {
  it("may be told by source-git: a From-dist-git-commit trailer", async () => {
    const hello = await newPackage({ dist: { "a.conf": "dist\n" }, distro: { "a.conf": "source\n" } });
    await hello.source.commit(`Initialise\n\nFrom-dist-git-commit: ${hello.dist.tip ?? ""}\n`);
    await hello.source.commit("One\n", one);
    await hello.convert();
    expect(await hello.dist.file("a.conf")).toBe("dist\n");
    expect(await hello.patchFiles()).toEqual(["0001-One.patch"]);
  });

  it("is not moved by a trailer whose commit does not exist, nor by one in merged history", async () => {
    const { hello } = await inStep();
    const main = hello.dist.tip ?? "";
    const side = await hello.dist.commit(`Foreign\n\nFrom-source-git-commit: ${hello.source.tip ?? ""}\n`, {
      "gating.yaml": "x\n",
    });
    await hello.dist.commit(
      `Merge\n\nFrom-source-git-commit: ${"1".repeat(40)}\n`,
      { "gating.yaml": "x\n" },
      { parents: [main, side] },
    );
    await hello.source.commit("Three\n", { Makefile: "all:\n" });
    await hello.convert();
    expect(await hello.dist.file("gating.yaml")).toBe("x\n");
  });

  it("is found in the merge of a mirrored merge request: what dist-git did meanwhile stays", async () => {
    const { hello } = await inStep();
    hello.dist.tip = await hello.dist.commit("Old trailers are gone\n", await hello.dist.files(), {
      parents: [],
    });
    const target = hello.dist.tip;
    await hello.source.commit("Three\n", { Makefile: "all:\n" });
    await hello.convert();
    const mirrored = hello.dist.tip;
    const files = await hello.dist.files();
    await hello.dist.commit("Meanwhile\n", { "gating.yaml": "dist\n" }, { parents: [target] });
    const meanwhile = hello.dist.tip;
    await hello.dist.commit(
      "Merge\n",
      { ...files, "gating.yaml": "dist\n" },
      { parents: [meanwhile, mirrored] },
    );
    await hello.source.commit("Four\n", { Makefile: "all: x\n" });
    await hello.convert();
    expect(await hello.dist.file("gating.yaml")).toBe("dist\n");
    expect(await hello.patchFiles()).toHaveLength(4);
  });
});
