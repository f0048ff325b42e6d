import { afterEach, describe, expect, it } from "@jest/globals";
import { inspectSpec } from "../../src/conversion/rpm/inspect.js";
import { gitText } from "../../src/git/run.js";
import { readme, removeRepositories, spec, type Files, type TestPackage } from "./package.js";
import { bringHome, sourceTree, startedPackage } from "./round-trip.js";
import { lineChange } from "./starting.js";

afterEach(removeRepositories);

/** The spec with patches 0 to 2, and a `%prep` of its own. */
function specOf(prep: string, count = 3): string {
  const tags = ["a", "b", "c"].slice(0, count).map((name, index) => `Patch${index}: ${name}.patch\n`);
  return spec.replace(/^Source0:.*\n/m, (line) => `${line}${tags.join("")}`).replace("%autosetup -p1", prep);
}

/** Where each of the three patches is applied; `not certain` where only a shell could tell. */
function folders(prep: string): string {
  const { patches, unsupported } = inspectSpec(Buffer.from(specOf(prep)), "hello.spec");
  const lines = patches.map(({ number, folder }) => `${number} ${folder || "."}`);
  const doubts = unsupported.filter(({ reason }) => reason.includes("not certain")).map(() => "not certain");
  return [...lines.toSorted(), ...doubts].join(", ");
}

describe("the folder in which %prep applies a patch", () => {
  it.each([
    ["%setup -q\n%patch 0 -p1 -d lib/sub/\n%patch 1 -p1\n%patch 2", "0 lib/sub, 1 ., 2 ."],
    ["%setup -q\npushd lib\n%patch 0\npushd sub\n%patch 1\npopd\npopd\n%patch 2", "0 lib, 1 lib/sub, 2 ."],
    ["%setup -q\ncd lib\n%patch 0\ncd ..\n%patch 1\ncd lib/sub\n%patch 2", "0 lib, 1 ., 2 lib/sub"],
    ["%setup -q\ncd lib\n%patch 0\ncd -\n%patch 1\n%patch 2", "0 lib, 1 ., 2 ."],
    ["%autosetup -N -n hello-%{version}/lib\n%autopatch -p2", "0 lib, 1 lib, 2 lib"],
    ["%setup -q\n(cd lib && patch -p1 < %{PATCH0})\n%patch 1\n%patch 2", "0 lib, 1 ., 2 ."],
    ["%setup -q\n(\ncd lib\n%patch 0\n)\n%patch 1\n%patch 2", "0 lib, 1 ., 2 ."],
    ['%setup -q\npushd "lib" > /dev/null # in there\n%patch 0\npopd\n%patch 1\n%patch 2', "0 lib, 1 ., 2 ."],
    [
      "%setup -q\npatch -p1 -d lib < %{PATCH0}\ngit apply --directory=lib %{PATCH1}\n%patch 2",
      "0 lib, 1 lib, 2 .",
    ],
    ["%setup -q\nfor d in x y; do pushd $d; make; popd; done\n%patch 0\n%patch 1\n%patch 2", "0 ., 1 ., 2 ."],
    [
      "%setup -q\ncd $LIB\n%patch 0\ncd ..\n%patch 1\n%setup -q -D -T\n%patch 2",
      "0 ., 1 ., 2 ., not certain, not certain",
    ],
    ["%setup -q\ncd ../other\n%patch 0\n%setup -D\n%patch 1\n%patch 2", "0 ., 1 ., 2 ., not certain"],
    [
      "%setup -q\n%if 0%{?rhel}\ncd lib\n%endif\n%patch 0\n%setup -D\n%patch 1\n%patch 2",
      "0 ., 1 ., 2 ., not certain",
    ],
    // The archive alone knows what the folder inside is called.
    ["%setup -q -c\n%patch 0\npushd hello\n%patch 1\npopd\n%patch 2", "0 ., 1 ., 2 ., not certain"],
    ["%setup -q\nrm -rf doc/cd\necho cd x\n%patch 0\n%patch 1\n%patch 2", "0 ., 1 ., 2 ."],
  ])("%j: %s", (prep, where) => {
    expect(folders(prep)).toBe(where);
  });
});

const upstream: Files = { README: readme({}), "lib/sub/README": readme({}), "lib/Makefile": "all:\n" };
const inFolder = "%setup -q\n%patch 0 -p1\npushd lib/sub\n%patch 1 -p1\npopd";
const two: Files = {
  "hello.spec": specOf(inFolder, 2),
  "a.patch": lineChange(2, "TWO"),
  "b.patch": `Of old\n${lineChange(3, "THREE")}`,
};

/** Fails unless git makes source-git's tree of dist-git's patches, each applied where the spec says, and nothing is to do. */
async function expectSum(hello: TestPackage): Promise<void> {
  const { store } = hello.source;
  const present = await hello.dist.files();
  const { patches } = inspectSpec(Buffer.from(present["hello.spec"] ?? "", "latin1"), "hello.spec");
  const environment = { GIT_INDEX_FILE: `${store.directory}/test-index` };
  await store.git(["read-tree", "v1.0"], { environment });
  for (const { file, strip, folder = "" } of patches) {
    const input = Buffer.from(present[file] ?? "", "latin1");
    const place = folder === "" ? [] : [`--directory=${folder}`];
    await store.git(["apply", "--cached", `-p${strip}`, ...place], { environment, input });
  }
  const tree = await gitText(["write-tree"], { directory: store.directory, environment });
  expect(tree).toBe(await sourceTree(hello));
  expect((await hello.convert()).changed).toBe(false);
  expect(await hello.dist.files()).toEqual(present);
}

describe("a patch that is applied in a folder", () => {
  it("changes that folder's files in source-git, and converts to itself", async () => {
    const hello = await startedPackage({ upstream, dist: two });
    const files = await hello.source.files();
    expect(files["README"]).toBe(readme({ 2: "TWO" }));
    expect(files["lib/sub/README"]).toBe(readme({ 3: "THREE" }));
    await expectSum(hello);
  });

  it("keeps its folder and its words when its commit changes", async () => {
    const hello = await startedPackage({ upstream, dist: two });
    await hello.source.commit("More\n\nAmends-patch: b.patch\n", {
      "lib/sub/README": readme({ 3: "THREE", 9: "NINE" }),
    });
    await hello.convert();
    const patch = await hello.dist.file("b.patch");
    expect(patch).toMatch(/^Of old\n--- a\/README\n\+\+\+ b\/README\n/);
    expect(patch).toContain("+NINE");
    expect(await hello.dist.file("hello.spec")).toBe(two["hello.spec"]);
    await expectSum(hello);
  });

  it("cannot hold what lies outside: that is refused with its commit", async () => {
    const hello = await startedPackage({ upstream, dist: two });
    const commit = await hello.source.commit("More\n\nAmends-patch: b.patch\n", {
      "lib/Makefile": "all: it\n",
    });
    await expect(hello.convert()).rejects.toMatchObject({
      kind: "unsupported",
      message: "%prep applies b.patch in the folder lib/sub, and its commits change files outside of it",
      where: expect.stringContaining(commit.slice(0, 12)),
    });
  });

  it("is followed by one of the whole tree, which a commit of its own becomes", async () => {
    const hello = await startedPackage({ upstream, dist: two });
    await hello.source.commit("Both\n", {
      "lib/sub/README": readme({ 3: "THREE", 9: "NINE" }),
      README: readme({ 2: "TWO", 8: "EIGHT" }),
    });
    await hello.convert();
    expect(await hello.dist.file("hello.spec")).toContain(
      "pushd lib/sub\n%patch 1 -p1\n%patch 2 -p1 -d ../..\npopd\n",
    );
    await expectSum(hello);
  });

  it("goes with its commit", async () => {
    const hello = await startedPackage({ upstream, dist: two });
    await hello.source.commit("Gone\n\nAmends-patch: b.patch\n", { "lib/sub/README": readme({}) });
    await hello.convert();
    expect(await hello.dist.files()).not.toHaveProperty(["b.patch"]);
    expect(await hello.dist.file("hello.spec")).toContain("pushd lib/sub\npopd\n");
    await expectSum(hello);
  });

  it("comes home, new, changed and moved to another folder", async () => {
    const hello = await startedPackage({ upstream, dist: two });
    await hello.dist.commit("Add c\n", {
      "hello.spec": specOf(`${inFolder}\n%patch 2 -p1 -d lib`),
      "c.patch": "--- a/Makefile\n+++ b/Makefile\n@@ -1 +1 @@\n-all:\n+all: it\n",
    });
    await hello.dist.commit("Change b\n", { "b.patch": lineChange(3, "three!") });
    await bringHome(hello);
    expect(await hello.source.files()).toMatchObject({
      "lib/Makefile": "all: it\n",
      "lib/sub/README": readme({ 3: "three!" }),
    });
    await expectSum(hello);
    await hello.dist.commit("Change README instead\n", {
      "hello.spec": specOf(`%setup -q\n%patch 0 -p1\n%patch 1 -p1\n%patch 2 -p1 -d lib`),
      "b.patch": lineChange(7, "SEVEN"),
    });
    await bringHome(hello);
    expect(await hello.source.files()).toMatchObject({
      README: readme({ 2: "TWO", 7: "SEVEN" }),
      "lib/sub/README": readme({}),
    });
    await expectSum(hello);
  });

  it("new files, renames and deletions of the folder are told from there", async () => {
    const dist: Files = {
      "hello.spec": specOf("%autosetup -N -n hello-%{version}/lib\n%autopatch -p1", 1),
      "a.patch": "--- a/Makefile\n+++ b/Makefile\n@@ -1 +1 @@\n-all:\n+all: it\n",
    };
    const hello = await startedPackage({ upstream, dist });
    await hello.source.commit("New\n", {
      "lib/b/lib/b/new": "x\n",
      "lib/sub/README": null,
      "lib/sub/TEXT": readme({ 1: "ONE" }),
    });
    await hello.convert();
    expect(await hello.dist.file("0002-New.patch")).toContain(
      "diff --git a/b/lib/b/new b/b/lib/b/new\nnew file mode 100644\n",
    );
    await expectSum(hello);
    await hello.source.commit("At the top\n", { README: readme({ 5: "FIVE" }) });
    await expect(hello.convert()).rejects.toThrow(
      "in the folder lib, and its commits change files outside of it",
    );
  });

  it("in one that upstream does not have is applied at the top, with a warning", async () => {
    const dist = { ...two, "hello.spec": specOf(inFolder.replace("lib/sub", "hello-1.0"), 2) };
    const hello = await startedPackage({ upstream, dist });
    expect(await hello.source.file("README")).toBe(readme({ 2: "TWO", 3: "THREE" }));
    expect((await hello.convert()).changed).toBe(false);
  });
});
