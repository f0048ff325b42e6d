import { afterEach, describe, expect, it } from "@jest/globals";
import { readme, removeRepositories } from "./package.js";
import { dep3, readmePatch, startedQuilt, type QuiltPackage } from "./quilt-package.js";

afterEach(removeRepositories);

const patches = { "louder.patch": readmePatch(2, "TWO", dep3), "ten.patch": readmePatch(10, "TEN") };
const seriesPath = "debian/patches/series";
const makefilePatch =
  "--- a/Makefile\n+++ b/Makefile\n@@ -1,4 +1,4 @@\n-all: hello\n+all: hi\n \n hello: hello.c\n \tcc -o hello hello.c\n";

/** Subject, author and trailers of the commits that came home. */
async function words(hello: QuiltPackage, since: string): Promise<string[]> {
  const range = `${since}..${hello.source.tip ?? ""}`;
  const format = "--format=%an: %s%n%(trailers:key=Patch-name,key=Amends-patch,key=Patch-before)";
  const { stdout } = await hello.source.store.git(["log", "-z", "--reverse", format, range]);
  return stdout
    .toString()
    .split("\0")
    .map((text) => text.trim().replaceAll(/\n+/g, " | "))
    .filter(Boolean);
}

/** Brings home, and fails unless dist-git then says what source-git does. */
async function home(hello: QuiltPackage): Promise<string[]> {
  const since = hello.source.tip ?? "";
  await hello.bringHome();
  expect(await hello.changes()).toEqual({});
  expect((await hello.bringHome()).commits).toEqual([]);
  return words(hello, since);
}

describe("what dist-git alone changed comes home:", () => {
  it("packaging, with the author and the message of each commit", async () => {
    const hello = await startedQuilt({ patches });
    await hello.dist.commit("Release\n", {
      "debian/changelog": "hello (1.0-3) x; urgency=low\n",
      "debian/new": "n\n",
    });
    await hello.dist.commit("Rebuild\n");
    expect(await home(hello)).toEqual(["Ada Lovelace: Release", "Ada Lovelace: Rebuild"]);
    expect(await hello.source.files()).toMatchObject({ "debian/new": "n\n" });
  });

  it("a new patch as a commit in the words of its header", async () => {
    const hello = await startedQuilt({ patches });
    await hello.dist.commit("Add a patch\n", {
      "debian/patches/topic/make.patch": `From: Grace Hopper <grace@example.org>\nSubject: Say hi\n\n${makefilePatch}`,
      [seriesPath]: "# ours\nlouder.patch\nten.patch\ntopic/make.patch\n",
    });
    expect(await home(hello)).toEqual(["Grace Hopper: Say hi | Patch-name: topic/make.patch"]);
    expect((await hello.source.files())["Makefile"]).toContain("all: hi");
  });

  it("a new patch in the middle of the series, at its place", async () => {
    const hello = await startedQuilt({ patches });
    await hello.dist.commit("Add a patch\n", {
      "debian/patches/six.patch": readmePatch(6, "SIX"),
      [seriesPath]: "louder.patch\nsix.patch\nten.patch\n",
    });
    expect(await home(hello)).toEqual([
      "Ada Lovelace: six | Patch-name: six.patch | Patch-before: ten.patch",
    ]);
    expect((await hello.source.files())["README"]).toBe(readme({ 2: "TWO", 6: "SIX", 10: "TEN" }));
  });

  it("a patch that is gone", async () => {
    const hello = await startedQuilt({ patches });
    await hello.dist.commit("Drop\n", { "debian/patches/louder.patch": null, [seriesPath]: "ten.patch\n" });
    expect(await home(hello)).toEqual(["Ada Lovelace: Drop | Amends-patch: louder.patch"]);
    expect((await hello.source.files())["README"]).toBe(readme({ 10: "TEN" }));
  });

  it("a patch that was disabled: its file comes home as a file", async () => {
    const hello = await startedQuilt({ patches });
    await hello.dist.commit("Disable\n", { [seriesPath]: "#louder.patch\nten.patch\n" });
    await home(hello);
    expect((await hello.source.files())["debian/patches/louder.patch"]).toBe(patches["louder.patch"]);
    expect((await hello.source.files())["README"]).toBe(readme({ 10: "TEN" }));
  });

  it("a patch that was changed, and later changed and removed again", async () => {
    const hello = await startedQuilt({ patches });
    await hello.dist.commit("Louder\n", {
      "debian/patches/louder.patch": patches["louder.patch"].replace("+TWO", "+LOUD"),
    });
    expect(await home(hello)).toEqual(["Ada Lovelace: Louder | Amends-patch: louder.patch"]);
    await hello.source.commit("More\n\nPatch-name: more.patch\n", { Makefile: "all:\n" });
    expect(Object.keys(await hello.changes())).toEqual(["debian/patches/more.patch", seriesPath]);
    await hello.dist.commit("Quiet\n", {
      "debian/patches/louder.patch": null,
      [seriesPath]: "ten.patch\nmore.patch\n",
    });
    await home(hello);
    expect((await hello.source.files())["README"]).toBe(readme({ 10: "TEN" }));
  });

  it("a header that only dist-git changed, which source-git does not take back", async () => {
    const hello = await startedQuilt({ patches });
    await hello.dist.commit("Forwarded\n", {
      "debian/patches/louder.patch": patches["louder.patch"].replace("Forwarded: no", "Forwarded: yes"),
    });
    expect(await home(hello)).toEqual(["Ada Lovelace: Forwarded"]);
    await hello.source.commit("More\n\nPatch-name: more.patch\n", { Makefile: "all:\n" });
    expect(Object.keys(await hello.changes())).toEqual(["debian/patches/more.patch", seriesPath]);
  });

  it("a series in two commits, of which the first lists what the second adds", async () => {
    const hello = await startedQuilt({ patches });
    await hello.dist.commit("List\n", { [seriesPath]: "louder.patch\nten.patch\nmake.patch\n" });
    await hello.dist.commit("Add\n", { "debian/patches/make.patch": makefilePatch });
    await home(hello);
    expect((await hello.source.files())["Makefile"]).toContain("all: hi");
  });

  it("comments and options of the series alone, which change nothing here", async () => {
    const hello = await startedQuilt({ patches });
    await hello.dist.commit("Comment\n", { [seriesPath]: "# why\nlouder.patch -p1\n\nten.patch # why\n" });
    expect(await home(hello)).toEqual(["Ada Lovelace: Comment"]);
  });

  it("while source-git went on: nothing of either is lost", async () => {
    const hello = await startedQuilt({ patches });
    await hello.dist.commit("Packaging\n", {
      "debian/rules": "x\n",
      "debian/patches/make.patch": makefilePatch,
      [seriesPath]: "louder.patch\nten.patch\nmake.patch\n",
    });
    await hello.source.commit("More\n\nPatch-name: more.patch\n", { "hello.c": "int main;\n" });
    await hello.bringHome();
    const changes = await hello.changes();
    expect(Object.keys(changes)).toEqual(["debian/patches/more.patch", seriesPath]);
    expect(await hello.dist.file("debian/rules")).toBe("x\n");
  });
});

describe("what cannot come home is told:", () => {
  it("a patch that does not apply to the base", async () => {
    const hello = await startedQuilt({ patches });
    const commit = await hello.dist.commit("Bad\n", {
      "debian/patches/bad.patch": makefilePatch.replaceAll("hello", "other"),
      [seriesPath]: "louder.patch\nten.patch\nbad.patch\n",
    });
    await expect(hello.bringHome()).rejects.toMatchObject({
      kind: "conflict",
      message: `bad.patch of dist-git's commit ${commit.slice(0, 12)} does not apply to source-git's base: Makefile does not have what hunk 1 (line 3 of the patch) looks for`,
    });
  });

  it("packaging that both sides changed in the same lines", async () => {
    const hello = await startedQuilt({ patches });
    const commit = await hello.dist.commit("Control\n", { "debian/control": "Source: bonjour\n" });
    await hello.source.commit("Control\n", { "debian/control": "Source: salut\n" });
    await expect(hello.bringHome()).rejects.toMatchObject({
      kind: "conflict",
      message: `debian/control was changed by dist-git's commit ${commit.slice(0, 12)} and in source-git`,
      where: "debian/control",
    });
  });

  it("files beside debian/, which stay in dist-git", async () => {
    const hello = await startedQuilt({ patches });
    const commit = await hello.dist.commit("Import\n", { NEWS: "x\n" });
    expect((await hello.bringHome()).warnings).toEqual([
      `dist-git's commit ${commit.slice(0, 12)} changes files beside debian/, which stays there: source-git has upstream's from upstream_ref`,
    ]);
    expect(await hello.source.files()).not.toHaveProperty("NEWS");
  });
});

describe("a merged upstream branch, as gbp import-orig makes one,", () => {
  it("is no part of the packaging: only the merge comes home", async () => {
    const hello = await startedQuilt({ patches });
    const tip = hello.dist.tip ?? "";
    const first = await hello.dist.commit("Upstream one\n", { NEWS: "1\n" }, { parents: [] });
    const second = await hello.dist.commit("Upstream two\n", { NEWS: "2\n" }, { parents: [first] });
    await hello.dist.commit("Import 1.1\n", { NEWS: "2\n", "debian/new": "n\n" }, { parents: [tip, second] });
    const since = hello.source.tip ?? "";
    await hello.bringHome();
    expect(await words(hello, since)).toEqual(["Ada Lovelace: Import 1.1"]);
    expect((await hello.bringHome()).commits).toEqual([]);
  });
});
