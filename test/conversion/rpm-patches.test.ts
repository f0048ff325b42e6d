import { afterEach, describe, expect, it } from "@jest/globals";
import { newPackage, readme, removeRepositories, spec, without } from "./package.js";

afterEach(removeRepositories);

const two = { README: readme({ 2: "TWO" }) };
const twoNine = { README: readme({ 2: "TWO", 9: "NINE" }) };

describe("a source-git commit", () => {
  it("becomes a patch file and a line in the spec, and nothing else changes", async () => {
    const hello = await newPackage();
    const before = await hello.dist.files();
    const commit = await hello.source.commit("Say it louder\n\nBecause nobody heard.\n", two);
    const { changed, patches, warnings } = await hello.convert();

    expect(changed).toBe(true);
    expect(warnings).toEqual([]);
    expect(patches).toEqual([{ file: "0001-Say-it-louder.patch", change: "added", commits: [commit] }]);
    const after = await hello.dist.files();
    expect(after["0001-Say-it-louder.patch"]).toMatch(
      new RegExp(
        `^From ${commit} Mon Sep 17 00:00:00 2001\nFrom: Ada Lovelace <ada@example.org>\nDate: .*\nSubject: \\[PATCH\\] Say it louder\n\nBecause nobody heard.\n---\n`,
      ),
    );
    expect(after["hello.spec"]).toBe(
      before["hello.spec"]?.replace(
        "hello-%{version}.tar.gz\n",
        "hello-%{version}.tar.gz\nPatch1:         0001-Say-it-louder.patch\n",
      ),
    );
    expect(without(after, "hello.spec", "0001-Say-it-louder.patch")).toEqual(without(before, "hello.spec"));
  });

  it("may quote the patch of a commit before it", async () => {
    const hello = await newPackage();
    const first = await hello.source.commit("One\n", two);
    const quote = `From ${first} Mon Sep 17 00:00:00 2001\nFrom: Ada Lovelace <ada@example.org>\nSubject: One`;
    await hello.source.commit(`Two\n\n${quote}\n`, twoNine);
    expect((await hello.convert()).patches).toHaveLength(2);
    expect(await hello.dist.file("0002-Two.patch")).toContain(quote);
  });

  it("is converted once: a second run is an empty diff", async () => {
    const hello = await newPackage();
    await hello.source.commit("One\n", two);
    await hello.source.commit("Two\n", twoNine);
    await hello.convert();
    expect((await hello.convert()).changed).toBe(false);
  });
});

describe("a patch file that dist-git has", () => {
  const header =
    "From 0000 Mon Sep 17 00:00:00 2001\nFrom: Someone <s@example.org>\nSubject: [PATCH 3/7] Old\n\n---\n";
  const oldDiff =
    "diff --git a/README b/README\nindex 1234567..89abcde 100644\n--- a/README\n+++ b/README\n@@ -1,5 +1,5 @@ old\n one\n-two\n+TWO\n three\n four\n five\n-- \n1.8.3\n\n";

  async function packageWithPatch(file: string, content: string) {
    const distSpec = spec.replace("tar.gz\n", `tar.gz\nPatch1:         ${file}\n`);
    return newPackage({ spec, distSpec, dist: { [file]: content } });
  }

  it("keeps its bytes and its name when its effect is unchanged, whatever they are", async () => {
    const hello = await packageWithPatch("0017-Patch-This..patch", header + oldDiff);
    const before = await hello.dist.files();
    await hello.source.commit("Quite another subject\n", two);
    const { patches, changed } = await hello.convert();
    expect(patches).toMatchObject([{ file: "0017-Patch-This..patch", change: "kept" }]);
    expect(await hello.dist.files()).toEqual(before);
    expect(changed).toBe(false);
  });

  it.each([
    [
      "a diff -ru with time stamps",
      oldDiff
        .replace(/^diff.*\nindex.*\n/, "diff -ru hello-1.0.orig/README hello-1.0/README\n")
        .replace("--- a/README", "--- hello-1.0.orig/README\t2020-01-01 00:00:00.000000000 +0000")
        .replace("+++ b/README", "+++ hello-1.0/README\t2020-01-01 00:00:01.000000000 +0000"),
    ],
    [
      "one of five lines of context",
      oldDiff.replace("@@ -1,5 +1,5 @@", "@@ -1,7 +1,7 @@").replace(" five\n", " five\n six\n seven\n"),
    ],
  ])("keeps its bytes when it is %s", async (_, diff) => {
    const hello = await packageWithPatch("hello-fix.patch", diff);
    await hello.source.commit("Fix\n", two);
    expect((await hello.convert()).changed).toBe(false);
  });

  it("keeps its name when another one before it vanishes", async () => {
    const hello = await newPackage();
    const start = hello.source.tip ?? "";
    await hello.source.commit("One\n", two);
    await hello.source.commit("Two\n", twoNine);
    await hello.convert();
    const second = await hello.dist.file("0002-Two.patch");

    await hello.source.commit("Two\n", { README: readme({ 9: "NINE" }) }, { parents: [start] });
    const { patches } = await hello.convert();
    expect(patches).toMatchObject([{ file: "0002-Two.patch", change: "kept" }]);
    expect(await hello.patchFiles()).toEqual(["0002-Two.patch"]);
    expect(await hello.dist.file("0002-Two.patch")).toBe(second);
    expect(await hello.patchLines()).toEqual(["Patch2:         0002-Two.patch"]);
  });

  it("keeps its name and is written anew when its commit was amended", async () => {
    const hello = await newPackage();
    const start = hello.source.tip ?? "";
    await hello.source.commit("One\n", two);
    await hello.convert();
    await hello.source.commit("One\n", { README: readme({ 2: "Deux" }) }, { parents: [start] });
    const { patches } = await hello.convert();
    expect(patches).toMatchObject([{ file: "0001-One.patch", change: "changed" }]);
    expect(await hello.dist.file("0001-One.patch")).toContain("+Deux\n");
    expect(await hello.patchLines()).toEqual(["Patch1:         0001-One.patch"]);
  });

  it("is replaced when only white space of its effect changed", async () => {
    const hello = await newPackage();
    const start = hello.source.tip ?? "";
    await hello.source.commit("One\n", { README: readme({ 2: "TWO" }) });
    await hello.convert();
    await hello.source.commit("One\n", { README: readme({ 2: "T W O" }) }, { parents: [start] });
    await hello.convert();
    expect(await hello.dist.file("0001-One.patch")).toContain("+T W O\n");
  });

  it("is replaced when its lines are the same but land elsewhere", async () => {
    const lines = (at: number) =>
      Array.from({ length: 60 }, (_, index) => (index === at ? "x\nadded\n" : "x\n")).join("");
    const hello = await newPackage({ upstream: { "same.txt": lines(-1) } });
    const start = hello.source.tip ?? "";
    await hello.source.commit("Add\n", { "same.txt": `${lines(-1)}added\n` });
    await hello.convert();
    await hello.source.commit("Add\n", { "same.txt": lines(30) }, { parents: [start] });
    const { patches } = await hello.convert();
    expect(patches).toMatchObject([{ file: "0001-Add.patch", change: "changed" }]);
  });

  it("keeps its bytes when it is several mails that one commit does at once", async () => {
    const step = (from: string, to: string) => oldDiff.replace("-two\n+TWO", `-${from}\n+${to}`);
    const hello = await packageWithPatch(
      "0001-Both.patch",
      `${header}${step("two", "2")}${header}${step("2", "TWO")}`,
    );
    await hello.source.commit("Both\n", two);
    expect((await hello.convert()).changed).toBe(false);
  });

  it("is told from its twin of equal effect by name", async () => {
    const hello = await newPackage();
    await hello.source.commit("Do\n", two);
    await hello.source.commit("Undo\n", { README: readme({}) });
    await hello.source.commit("Do again\n", two);
    await hello.convert();
    expect(await hello.patchFiles()).toEqual(["0001-Do.patch", "0002-Undo.patch", "0003-Do-again.patch"]);
    expect((await hello.convert()).changed).toBe(false);
  });

  it("goes with its tag and its own comment when its commit is gone", async () => {
    const patched = "# Keep me\n\n# Bug 1\n# more\nPatch1: one.patch\n# Bug 2\nPatch2: two.patch\n";
    const distSpec = spec.replace("tar.gz\n", `tar.gz\n${patched}`);
    const hello = await newPackage({ spec: distSpec, dist: { "one.patch": oldDiff, "two.patch": "gone\n" } });
    // Kept by an earlier conversion, whose commit is not there any more.
    const lost = `From-source-git-commit: ${"1".repeat(40)}`;
    await hello.dist.commit(`Update\n\n${lost}\n`, { "two.patch": "gone by now\n" });
    await hello.source.commit("One\n", two);
    await hello.convert();
    expect(await hello.patchFiles()).toEqual(["one.patch"]);
    expect(await hello.dist.file("hello.spec")).toBe(
      spec.replace("tar.gz\n", "tar.gz\n# Keep me\n\n# Bug 1\n# more\nPatch1: one.patch\n"),
    );
  });
});
