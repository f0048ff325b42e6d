import { afterEach, describe, expect, it } from "@jest/globals";
import { readme, removeRepositories } from "./package.js";
import { dep3, newQuilt, readmePatch, startedQuilt } from "./quilt-package.js";

afterEach(removeRepositories);

const two = { "louder.patch": readmePatch(2, "TWO", dep3), "ten.patch": readmePatch(10, "TEN") };

describe("a commit more", () => {
  it("is a patch as gbp pq writes it, after the one before it; nothing else changes", async () => {
    const hello = await startedQuilt({ patches: two });
    await hello.source.commit("Say hello to everybody\n\nNot only to the world.\n\nForwarded: no\n", {
      "hello.c": '#include <stdio.h>\n\nint main(void)\n{\n\tputs("hello, all");\n\treturn 0;\n}\n',
    });
    expect(await hello.changes()).toEqual({
      "debian/patches/Say-hello-to-everybody.patch": `From: Ada Lovelace <ada@example.org>
Date: Tue, 14 Nov 2023 23:13:20 +0100
Subject: Say hello to everybody

Not only to the world.

Forwarded: no
---
 hello.c | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/hello.c b/hello.c
index be27e74..adfac38 100644
--- a/hello.c
+++ b/hello.c
@@ -2,6 +2,6 @@
 
 int main(void)
 {
-	puts("hello");
+	puts("hello, all");
 	return 0;
 }
`,
      "debian/patches/series": "louder.patch\nten.patch\nSay-hello-to-everybody.patch\n",
    });
    expect((await hello.convert()).changed).toBe(false);
  });

  it("makes the folder and the series where the package has none", async () => {
    const hello = await startedQuilt({ shape: "alone" });
    await hello.source.commit("Fix\n", { README: readme({ 1: "ONE" }) });
    const changes = await hello.changes();
    expect(Object.keys(changes)).toEqual(["debian/patches/0001-Fix.patch", "debian/patches/series"]);
    expect(changes["debian/patches/series"]).toBe("0001-Fix.patch\n");
  });

  it("takes its name from Patch-name, a folder included, and tells nobody of it", async () => {
    const hello = await startedQuilt({ patches: two });
    await hello.source.commit("Fix\n\nWhy.\n\nPatch-name: topic/fix.patch\n", { Makefile: "all:\n" });
    const changes = await hello.changes();
    expect(changes["debian/patches/topic/fix.patch"]).toContain("Subject: Fix\n\nWhy.\n---\n");
    expect(changes["debian/patches/series"]).toBe("louder.patch\nten.patch\ntopic/fix.patch\n");
  });

  it("stands before the patch that Patch-before names, and says where it cannot", async () => {
    const hello = await startedQuilt({ patches: two });
    await hello.source.commit("Fix\n\nPatch-name: fix.patch\nPatch-before: ten.patch\n", {
      Makefile: "all:\n",
    });
    expect((await hello.changes())["debian/patches/series"]).toBe("louder.patch\nfix.patch\nten.patch\n");
    expect(hello.last?.warnings).toEqual([]);
    await hello.source.commit("Again\n\nPatch-before: louder.patch\n", {
      README: readme({ 2: "Two", 10: "TEN" }),
    });
    await hello.convert();
    expect(hello.last?.warnings).toEqual([expect.stringContaining("louder.patch")]);
  });

  it("is numbered where dist-git's own patches are", async () => {
    const hello = await startedQuilt({ patches: { "0001-one.patch": readmePatch(2, "TWO") } });
    await hello.source.commit("Fix\n", { Makefile: "all:\n" });
    expect(Object.keys(await hello.changes())).toContain("debian/patches/0002-Fix.patch");
  });

  it("gets a free name when an unlisted file has its own", async () => {
    const hello = await startedQuilt({ patches: two, dist: { "debian/patches/Fix.patch": "old\n" } });
    await hello.source.commit("Fix\n", { Makefile: "all:\n" });
    expect(Object.keys(await hello.changes())).toEqual([
      "debian/patches/Fix-2.patch",
      "debian/patches/series",
    ]);
  });

  it("of packaging alone is no patch; a mixed one gives both", async () => {
    const hello = await startedQuilt({ patches: two });
    await hello.source.commit("Package\n", { "debian/rules": "new\n", ".distro/notes": "x\n" });
    expect(await hello.changes()).toEqual({ "debian/rules": "new\n" });
    await hello.source.commit("Mixed\n", { "debian/rules": "newer\n", Makefile: "all:\n" });
    const changes = await hello.changes();
    expect(Object.keys(changes)).toEqual([
      "debian/patches/Mixed.patch",
      "debian/patches/series",
      "debian/rules",
    ]);
    expect(changes["debian/patches/Mixed.patch"]).not.toContain("debian/rules");
  });

  it("with the name of another, adjacent one joins its patch; a file is changed in it once", async () => {
    const hello = await startedQuilt({ patches: two });
    await hello.source.commit("Fix\n\nPatch-name: fix.patch\n", { Makefile: "all:\n" });
    await hello.source.commit("Fix it\n\nPatch-name: fix.patch\n", { Makefile: "all: x\n" });
    const text = (await hello.changes())["debian/patches/fix.patch"] ?? "";
    expect(text.match(/^diff --git/gm)).toHaveLength(1);
    expect(text).toContain("Subject: Fix\n\n---\n Makefile | 5 +----\n");
  });

  it("says what the message says, though it holds a line of --- and a diff", async () => {
    const hello = await startedQuilt();
    await hello.source.commit("Fix\n\n---\n a | 2 +-\n\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n", {
      Makefile: "all:\n",
    });
    const text = (await hello.changes())["debian/patches/0001-Fix.patch"];
    expect(text).toContain("Subject: Fix\n\n---\n a | 2 +-\n\n> --- a/x\n> +++ b/x\n> @@ -1 +1 @@\n");
    expect((await hello.convert()).changed).toBe(false);
  });

  it("of a renamed file says removal and addition, for patch knows no renames", async () => {
    const hello = await startedQuilt();
    await hello.source.commit("Rename\n", { README: null, "README.md": readme({}) });
    const text = (await hello.changes())["debian/patches/0001-Rename.patch"];
    expect(text).toContain("deleted file mode 100644");
    expect(text).not.toContain("rename from");
  });
});

describe("trailers of git-buildpackage", () => {
  it("name the patch and its topic, wherever they stand in the message", async () => {
    const hello = await startedQuilt({ patches: two });
    await hello.source.commit("Fix\n\nWhy.\nGbp-Pq: Topic fixes\nGbp-Pq: Name fix.diff\n", {
      Makefile: "all:\n",
    });
    await hello.source.commit("Other\n\nGbp-Pq: Topic fixes\n", { Makefile: "all: x\n" });
    const changes = await hello.changes();
    expect(changes["debian/patches/fixes/fix.diff"]).toContain("Subject: Fix\n\nWhy.\n---\n");
    expect(changes["debian/patches/series"]).toBe(
      "louder.patch\nten.patch\nfixes/fix.diff\nfixes/Other.patch\n",
    );
  });

  it.each(["Gbp: Ignore", "Gbp-Pq: Ignore", "Ignore-patch: true"])(
    "%s leaves the commit out",
    async (line) => {
      const hello = await startedQuilt({ patches: two });
      await hello.source.commit(`Fix\n\n${line}\n`, { Makefile: "all:\n" });
      expect(await hello.changes()).toEqual({});
    },
  );

  it("that name no place in the folder are refused with the commit", async () => {
    const hello = await startedQuilt({ patches: two });
    const commit = await hello.source.commit("Fix\n\nGbp-Pq: Name ../fix.diff\n", { Makefile: "all:\n" });
    await expect(hello.convert()).rejects.toMatchObject({
      kind: "invalid",
      message: 'the patch name "../fix.diff" is not a path that a series can hold',
      where: `commit ${commit.slice(0, 12)}`,
    });
  });
});

describe("a package that has no place for a patch", () => {
  it("says so: a native one, and one with a single patch that dpkg-source makes", async () => {
    const native = await startedQuilt({ dist: { "debian/source/format": "3.0 (native)\n" } });
    await native.source.commit("Fix\n", { Makefile: "all:\n" });
    await expect(native.convert()).rejects.toMatchObject({
      kind: "unsupported",
      where: "debian/source/format",
    });

    const single = await startedQuilt({ dist: { "debian/source/options": "single-debian-patch\n" } });
    await single.source.commit("Fix\n", { Makefile: "all:\n" });
    await expect(single.convert()).rejects.toMatchObject({
      kind: "unsupported",
      where: "debian/source/options",
    });
  });

  it("of format 1.0 gets it, with a word about who has to apply it", async () => {
    const hello = await startedQuilt({ dist: { "debian/source/format": "1.0\n" } });
    await hello.source.commit("Fix\n", { Makefile: "all:\n" });
    expect((await hello.convert()).warnings).toEqual([
      "0001-Fix.patch is the first patch of a package of format 1.0: debian/rules has to apply it",
    ]);
  });
});

describe("upstream's files in dist-git", () => {
  it("stay as they are, also when they are not those of the tag", async () => {
    const hello = await startedQuilt({
      dist: { configure: "generated\n", Makefile: "all: hello\n# tarball\n" },
    });
    await hello.source.commit("Fix\n", { README: readme({ 1: "ONE" }) });
    expect(Object.keys(await hello.changes())).toEqual([
      "debian/patches/0001-Fix.patch",
      "debian/patches/series",
    ]);
  });

  it("may be such that a patch does not apply to them, which is told", async () => {
    const hello = await startedQuilt({ dist: { Makefile: "something else\n" } });
    await hello.source.commit("Fix\n", { Makefile: "all:\n" });
    await expect(hello.convert()).rejects.toMatchObject({
      kind: "conflict",
      message:
        "0001-Fix.patch does not apply: Makefile does not have what hunk 1 (line 13 of the patch) looks for; dist-git's own upstream files are not those of upstream_ref",
      where: "debian/patches/0001-Fix.patch",
    });
  });

  it("that came with the patches applied are told from a branch that was begun by another tool", async () => {
    const hello = await startedQuilt({ patches: two });
    await hello.dist.commit("Apply\n", { README: readme({ 2: "TWO", 10: "TEN" }) });
    await hello.source.commit("Fix\n", { README: readme({ 2: "TWO", 5: "FIVE", 10: "TEN" }) });
    await expect(hello.convert()).rejects.toMatchObject({
      kind: "unsupported",
      message: "dist-git holds upstream's files with the patches applied",
    });
  });
});

it("an init of a repository that has neither patches nor series changes nothing in dist-git", async () => {
  const hello = await newQuilt();
  expect((await hello.start()).patches).toEqual([]);
  expect(await hello.changes()).toEqual({});
});
