import { afterEach, describe, expect, it } from "@jest/globals";
import { gzipSync } from "node:zlib";
import { readme, removeRepositories, spec } from "./package.js";
import { expectInStep } from "./round-trip.js";
import { lineChange, start } from "./starting.js";

afterEach(removeRepositories);

/** The spec with lines behind its source, and others for `%autosetup`. */
function specWith(tags: string, prep = "%autosetup -p1"): string {
  return spec.replace(/^Source0:.*\n/m, (line) => `${line}${tags}`).replace("%autosetup -p1", prep);
}

describe("what does not become a commit stays a file, with a warning", () => {
  it("where nothing applies it", async () => {
    const { hello, started } = await start({
      dist: {
        "hello.spec": specWith("Patch0: a.patch\nPatch1: b.patch\n", "%setup -q\n%patch -P 1 -p1"),
        "a.patch": lineChange(1, "ONE"),
        "b.patch": lineChange(2, "TWO"),
      },
    });
    expect(started.patches.map(({ file }) => file)).toEqual(["b.patch"]);
    expect(started.warnings).toEqual(["a.patch is not applied by %prep and stays a file"]);
    const present = await hello.source.files();
    expect(present["README"]).toBe(readme({ 2: "TWO" }));
    expect(present[".distro/a.patch"]).toBe(lineChange(1, "ONE"));
    expect(present).not.toHaveProperty([".distro/b.patch"]);
    expect((await hello.convert()).changed).toBe(false);
  });

  it("where it does not fit and a condition decides", async () => {
    const { hello, started } = await start({
      dist: {
        "hello.spec": specWith("%if 0%{?rhel}\nPatch0: a.patch\n%endif\nPatch1: b.patch\n"),
        "a.patch": lineChange(1, "ONE").replace("-one", "-another"),
        "b.patch": lineChange(2, "TWO"),
      },
    });
    expect(started.patches.map(({ file }) => file)).toEqual(["b.patch"]);
    expect(started.warnings).toEqual([
      "a.patch is applied under a condition and does not apply to v1.0: it stays a file, and its change is left out",
    ]);
    expect((await hello.convert()).changed).toBe(false);
  });

  it("where a condition's other branch excludes it", async () => {
    const { hello, started } = await start({
      dist: {
        "hello.spec": specWith(
          "%if 0%{?rhel}\nPatch0: a.patch\n%else\nPatch1: b.patch\n%endif\nPatch2: c.patch\n",
        ),
        "a.patch": lineChange(1, "ONE"),
        "b.patch": lineChange(8, "EIGHT"),
        "c.patch": lineChange(1, "first"),
      },
    });
    expect(started.patches.map(({ file }) => file)).toEqual(["b.patch", "c.patch"]);
    expect(started.warnings).toEqual([
      "a.patch is applied under a condition and excludes c.patch: it stays a file, and its change is left out",
      "b.patch is applied under a condition (hello.spec:11) that is not decided; it is taken as if it held",
    ]);
    expect(await hello.source.file("README")).toBe(readme({ 1: "first", 8: "EIGHT" }));
    expect((await hello.convert()).changed).toBe(false);
  });

  it("where it is compressed, or is not in dist-git", async () => {
    const { hello, started } = await start({
      dist: {
        "hello.spec": specWith("Patch0: a.patch.gz\nPatch1: https://example.org/b.patch\n"),
        "a.patch.gz": gzipSync(lineChange(1, "ONE")),
      },
    });
    expect(started.patches).toEqual([]);
    expect(started.warnings).toEqual([
      "a.patch.gz is compressed and stays a file, so its change is left out",
      "b.patch is not in dist-git, so its change is left out",
    ]);
    expect((await hello.convert()).changed).toBe(false);
  });
});

describe("patches are applied as the spec does it", () => {
  it("in the order of %prep, each with its strip level, some in reverse", async () => {
    const deep = lineChange(1, "two").replace("a/README", "x/y/README").replace("b/README", "x/y/README");
    const { hello, started } = await start({
      dist: {
        "hello.spec": specWith(
          "Patch1: a.patch\nPatch2: b.patch\nPatch3: c.patch\n",
          "%setup -q\n%patch3 -p0 -b .c\n%patch1 -p2\n%patch -P 2 -p1 -R",
        ),
        "a.patch": deep.replace("-one", "-ONE"),
        "b.patch": lineChange(8, "eight").replace("-eight", "-VIII"),
        "c.patch": lineChange(1, "ONE").replaceAll(/[ab]\/README/g, "README"),
      },
    });
    expect(started.patches.map(({ file }) => file)).toEqual(["c.patch", "a.patch", "b.patch"]);
    expect(await hello.source.file("README")).toBe(readme({ 1: "two", 8: "VIII" }));
    expect((await hello.convert()).changed).toBe(false);
  });

  it("and one that changes nothing keeps its place, as a commit that stands for its file", async () => {
    const { hello, commits } = await start({
      dist: {
        "hello.spec": specWith("Patch1: a.patch\nPatch2: nothing.patch\nPatch3: b.patch\n"),
        "a.patch": lineChange(1, "ONE"),
        "nothing.patch": "Subject: Nothing any more\n\nUpstream has it.\n",
        "b.patch": lineChange(8, "EIGHT"),
      },
    });
    expect(commits[2]?.message).toBe(
      "Nothing any more\n\nUpstream has it.\n\nPatch-name: nothing.patch\nPatch-present-in-specfile: true\n" +
        `From-dist-git-commit: ${hello.dist.tip ?? ""}\n`,
    );
    await expectInStep(hello);
  });

  it("with fuzz, as patch would, and says so", async () => {
    const fuzzy = "--- a/README\n+++ b/README\n@@ -1,5 +1,5 @@\n once\n two\n-three\n+THREE\n four\n five\n";
    const { hello, started } = await start({
      dist: { "hello.spec": specWith("Patch1: a.patch\n"), "a.patch": fuzzy },
    });
    expect(started.warnings).toEqual(["a.patch applies with fuzz 1 only: refresh it"]);
    expect(await hello.source.file("README")).toBe(readme({ 3: "THREE" }));
    expect((await hello.convert()).changed).toBe(false);
  });

  it("and no other: one that does not fit is named with its hunk and file", async () => {
    const dist = {
      "hello.spec": specWith("Patch1: a.patch\n"),
      "a.patch": lineChange(5, "FIVE").replace("-five", "-fünf"),
    };
    await expect(start({ dist })).rejects.toMatchObject({
      kind: "conflict",
      message:
        "a.patch does not apply to v1.0: README does not have what hunk 1 (line 3 of the patch) looks for",
      where: "a.patch",
    });
  });
});
