import { afterEach, describe, expect, it } from "@jest/globals";
import { removeRepositories, readme, without, type Files } from "./package.js";
import { dep3, newQuilt, packaging, readmePatch, startedQuilt, upstream } from "./quilt-package.js";

afterEach(removeRepositories);

async function log(hello: Awaited<ReturnType<typeof newQuilt>>): Promise<string[]> {
  const range = `${hello.base}..${hello.source.tip ?? ""}`;
  const { stdout } = await hello.source.store.git([
    "log",
    "-z",
    "--reverse",
    "--format=%an <%ae> %ad%n%B",
    "--date=raw",
    range,
  ]);
  return stdout
    .toString()
    .split("\0")
    .filter(Boolean)
    .map((text) => text.replace(/From-dist-git-commit: [0-9a-f]+/, "From-dist-git-commit: …"));
}

describe("the beginning of a source-git history", () => {
  it("is upstream, then debian/, then a commit for each patch with what its header says", async () => {
    const mail =
      "From: Ada Lovelace <ada@example.org>\nDate: Tue, 14 Nov 2023 23:13:20 +0100\nSubject: [PATCH] Fix one\n\nIt was two.\n---\n README | 2 +-\n\n";
    const hello = await startedQuilt({
      patches: {
        "louder.patch": readmePatch(2, "TWO", dep3),
        "fix-one.patch": readmePatch(8, "EIGHT", mail),
        "02_plain.diff": readmePatch(10, "TEN"),
      },
    });
    expect(await log(hello)).toEqual(
      [
        "Maintainer <m@example.org> 1690000000 +0200\nAdd Debian's packaging\n\nFrom-dist-git-commit: …\n",
        "Grace Hopper <grace@example.org> 1682899200 +0000\nSay it louder\n\nNobody hears it.\n\nBug-Debian: https://bugs.debian.org/1\nForwarded: no\nPatch-name: louder.patch\nFrom-dist-git-commit: …\n",
        "Ada Lovelace <ada@example.org> 1700000000 +0100\nFix one\n\nIt was two.\n\nPatch-name: fix-one.patch\nFrom-dist-git-commit: …\n",
        "Maintainer <m@example.org> 1690000000 +0200\nplain\n\nPatch-name: 02_plain.diff\nFrom-dist-git-commit: …\n",
      ].map((text) => text.trimEnd() + "\n"),
    );
    expect(await hello.source.files()).toEqual({
      ...without(textsOf(upstream), "README"),
      ...textsOf(packaging),
      README: readme({ 2: "TWO", 8: "EIGHT", 10: "TEN" }),
      ".distro/source-git.yaml": "downstream_package_name: hello\nlayout: quilt\nupstream_ref: v1.0\n",
    });
  });

  it("names the patches in order, with their commits", async () => {
    const hello = await newQuilt({
      patches: { "b.patch": readmePatch(2, "B"), "a.patch": readmePatch(8, "A") },
    });
    const { patches, head } = await hello.start();
    expect(patches.map(({ file }) => file)).toEqual(["b.patch", "a.patch"]);
    expect(patches.at(-1)?.commit).toBe(head);
  });

  it("has dist-git's debian/ in place of one that upstream ships", async () => {
    const released = { ...upstream, "debian/rules": "upstream's\n", "debian/upstream-only": "x\n" };
    const hello = await newQuilt({ upstream: released, shape: "alone" });
    await hello.start();
    expect(Object.keys(await hello.source.files())).not.toContain("debian/upstream-only");
  });

  it("tells of a patch that dpkg-source would not apply, for it needs fuzz", async () => {
    const old = readmePatch(5, "FIVE").replace(" two\n", " zwei\n");
    const { warnings } = await (await newQuilt({ patches: { "old.patch": old } })).start();
    expect(warnings).toEqual([
      "old.patch applies with fuzz 1 only, which dpkg-source does not accept: refresh it",
    ]);
  });
});

describe("what cannot be begun is told with its place:", () => {
  const cases: Record<string, { options: Parameters<typeof newQuilt>[0]; error: Record<string, unknown> }> = {
    "a patch that does not apply": {
      options: { patches: { "bad.patch": readmePatch(5, "FIVE").replaceAll(/^ .*$/gm, " other") } },
      error: {
        kind: "conflict",
        message: "bad.patch does not apply: README does not have what hunk 1 (line 3 of the patch) looks for",
        where: "debian/patches/bad.patch",
      },
    },
    "a patch that is listed but missing": {
      options: { series: "# first\ngone.patch\n" },
      error: {
        kind: "invalid",
        message: "gone.patch is listed, but there is no such file",
        where: "debian/patches/series:2",
      },
    },
    "a patch that is listed twice": {
      options: { patches: { "a.patch": readmePatch(2, "A") }, series: "a.patch\n\na.patch\n" },
      error: { kind: "invalid", message: "a.patch is listed twice", where: "debian/patches/series:3" },
    },
    "a patch outside of the folder": {
      options: { series: "../rules\n" },
      error: { kind: "invalid", message: "the path ../rules leaves the patch folder" },
    },
    "a patch that is applied backwards": {
      options: { patches: { "a.patch": readmePatch(2, "A") }, series: "a.patch -R\n" },
      error: {
        kind: "invalid",
        message: "the option -R is not understood",
        where: "debian/patches/series:1",
      },
    },
    "upstream's files with the patches applied": {
      options: {
        patches: { "a.patch": readmePatch(2, "A") },
        dist: { README: readme({ 2: "A" }) },
      },
      error: { kind: "unsupported", message: "dist-git holds upstream's files with the patches applied" },
    },
    "a patch of the packaging itself": {
      options: {
        patches: {
          "a.patch":
            "--- a/debian/control\n+++ b/debian/control\n@@ -1 +1 @@\n-Source: hello\n+Source: bye\n",
        },
        dist: { "debian/control": "Source: hello\n" },
      },
      error: {
        kind: "unsupported",
        message: "a.patch changes debian/control, which is no file of upstream's",
      },
    },
    "a native package with patches": {
      options: {
        patches: { "a.patch": readmePatch(2, "A") },
        dist: { "debian/source/format": "3.0 (native)\n" },
      },
      error: { kind: "unsupported", message: "the package is native, and yet it has patches" },
    },
    "a branch without debian/": {
      options: { dist: Object.fromEntries(Object.keys(packaging).map((path) => [path, null])) },
      error: { kind: "missing", message: "dist-git has no debian/" },
    },
  };
  it.each(Object.entries(cases))("%s", async (_, { options, error }) => {
    const hello = await newQuilt(options);
    await expect(hello.start()).rejects.toMatchObject(error);
  });

  it("a patch for files of the tarball that upstream's tag does not have, with the way out", async () => {
    const patch = "--- a/configure\n+++ b/configure\n@@ -1 +1 @@\n-old\n+new\n";
    const hello = await newQuilt({ patches: { "c.patch": patch }, dist: { configure: "old\n" } });
    await expect(hello.start()).rejects.toMatchObject({
      message: "c.patch does not apply: configure does not exist",
      remedy: expect.stringContaining("It applies to dist-git's own upstream files") as unknown,
    });
  });
});

function textsOf(files: Files): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([path, content]) => {
      if (typeof content === "string") return [path, content];
      return [path, content !== null && "program" in content ? content.program : ""];
    }),
  );
}
