import { afterEach, describe, expect, it } from "@jest/globals";
import { removeRepositories, without, type Files } from "./package.js";
import { newPair, type PlainPair } from "./plain-pair.js";

afterEach(removeRepositories);

const text = (...lines: string[]) => `${lines.join("\n")}\n`;
const configured = (...lines: string[]) => ({ ".distro/source-git.yaml": text("layout: plain", ...lines) });

async function linked(configuration: Files = configured(), files: Files = {}): Promise<PlainPair> {
  const pair = await newPair({ "hello.c": "one\n", ...files, ...configuration }, { "hello.c": "one\n" });
  await pair.convert();
  return pair;
}

describe("plain, source to dist", () => {
  it("makes dist-git's tree source-git's, without the configuration", async () => {
    const pair = await linked(configured(), {
      "bin/run": { program: "#!/bin/sh\n" },
      link: { link: "../outside" },
      "logo.png": Buffer.from([0, 255, 10, 13, 0]),
      ".distro/notes": "n\n",
    });
    expect(await pair.dist.files()).toEqual(without(await pair.source.files(), ".distro/source-git.yaml"));
    const entries = await pair.dist.store.readTree(pair.dist.tip ?? "");
    expect(entries.find(({ name }) => name === "link")?.mode).toBe("120000");
    expect((await pair.convert()).changed).toBe(false);
  });

  it("needs no configuration", async () => {
    const pair = await newPair({ "a.txt": "a\n" }, { README: "old\n" });
    await pair.convert();
    expect(await pair.dist.files()).toEqual({ "a.txt": "a\n", README: "old\n" });
  });

  it("carries a submodule as it is (§6)", async () => {
    const pair = await linked();
    const { store } = pair.source;
    const module = { mode: "160000", name: "module", id: "1234567890123456789012345678901234567890" };
    const tree = store.writeTree([...(await store.readTree(pair.source.tip ?? "")), module]);
    const commit = await store.readCommit(pair.source.tip ?? "");
    pair.source.tip = store.writeCommit({ ...commit, tree, parents: [pair.source.tip ?? ""] });
    await pair.convert();
    expect(await pair.dist.store.readTree(pair.dist.tip ?? "")).toContainEqual(module);
  });

  it("follows renames, deletions and modes", async () => {
    const pair = await linked(configured(), { "a.txt": "a\n", "b.txt": "b\n" });
    await pair.source.commit("Change\n", { "a.txt": null, "c.txt": "a\n", "b.txt": { program: "b\n" } });
    await pair.convert();
    expect(await pair.dist.files()).toEqual({ "hello.c": "one\n", "b.txt": "b\n", "c.txt": "a\n" });
    const entries = await pair.dist.store.readTree(pair.dist.tip ?? "");
    expect(entries.find(({ name }) => name === "b.txt")?.mode).toBe("100755");
  });

  it("takes what include and exclude choose", async () => {
    const files = {
      "src/a.c": "a\n",
      "src/test/a": "t\n",
      "doc/a.md": "m\n",
      "top.md": "m\n",
      "x.orig": "x\n",
    };
    const pair = await linked(
      configured("include: [src/, '*.md', hello.c]", "exclude:", "- src/test", "- /top.md"),
      files,
    );
    expect(Object.keys(await pair.dist.files())).toEqual(["doc/a.md", "hello.c", "src/a.c"]);
  });

  it("deletes in dist-git what exclude newly leaves out, and not what dist-git keeps", async () => {
    const pair = await linked(configured("keep: ci/"), { "doc/a.md": "m\n", "ci/source.yml": "s\n" });
    await pair.dist.commit("Add the build\n", { "ci/build.yml": "b\n", "doc/own.md": "own\n" });
    await pair.source.commit("No documents\n", configured("keep: ci/", "exclude: doc/"));
    await pair.convert();
    expect(Object.keys(await pair.dist.files())).toEqual(["ci/build.yml", "doc/own.md", "hello.c"]);
  });

  it("keeps what dist-git alone has from the first conversion on", async () => {
    const pair = await newPair(
      { "hello.c": "one\n", ...configured("keep: [.gitlab-ci.yml, 'packaging/**']") },
      { ".gitlab-ci.yml": "ci\n", "packaging/x/y": "y\n", old: "o\n" },
    );
    expect((await pair.convert()).warnings).toEqual([
      expect.stringMatching(/^old stays, for dist-git alone has it and the two were never in step: bring it/),
    ]);
    expect(Object.keys(await pair.dist.files())).toEqual([
      ".gitlab-ci.yml",
      "hello.c",
      "old",
      "packaging/x/y",
    ]);
    await pair.bringHome();
    expect(await pair.source.file("old")).toBe("o\n");
  });

  it("takes away what source-git once had, where the two were never in step", async () => {
    const pair = await newPair({ a: "a\n", b: "b\n", ...configured() }, { b: "b\n", c: "c\n" });
    await pair.source.commit("Not b\n", { b: null });
    await pair.source.commit("Not the same\n", { a: "A\n" });
    await pair.convert();
    expect(Object.keys(await pair.dist.files())).toEqual(["a", "c"]);
  });

  it("refuses a file in the place of a folder, where the two were never in step", async () => {
    const pair = await newPair({ "lib/a": "a\n", ...configured() }, { lib: "x\n" });
    await expect(pair.convert()).rejects.toMatchObject({
      kind: "conflict",
      message: "dist-git has lib where source-git has a folder of this name, and the two were never in step",
    });
  });

  it("does not revert what dist-git alone changed", async () => {
    const pair = await linked(configured(), { "list.txt": text("1", "2", "3", "4", "5", "6", "7", "8") });
    await pair.dist.commit("In dist-git\n", {
      "own.txt": "own\n",
      "list.txt": text("one", "2", "3", "4", "5", "6", "7", "8"),
    });
    await pair.source.commit("In source-git\n", {
      "list.txt": text("1", "2", "3", "4", "5", "6", "7", "eight"),
    });
    await pair.convert();
    expect(await pair.dist.files()).toMatchObject({
      "own.txt": "own\n",
      "list.txt": text("one", "2", "3", "4", "5", "6", "7", "eight"),
    });
  });

  it("goes on from what a squash brought to dist-git, though it lost the trailer", async () => {
    const pair = await linked(configured(), { "list.txt": "1\n", "gone.txt": "g\n" });
    await pair.source.commit("Two (#1)\n", { "list.txt": "2\n", "gone.txt": null });
    await pair.dist.commit("Two (!7)\n", { "list.txt": "2\n", "gone.txt": null });
    await pair.source.commit("Three\n", { "list.txt": "3\n", "gone.txt": "again\n" });

    await pair.convert();

    expect(await pair.dist.files()).toMatchObject({ "list.txt": "3\n", "gone.txt": "again\n" });
  });

  it("takes nobody's word for what came from source-git before both were in step, or what only a merge request holds", async () => {
    const pair = await linked(configured(), { "list.txt": "1\n" });
    await pair.source.commit("Two\n", { "list.txt": "2\n" });
    await pair.convert();
    await pair.dist.commit("Not two\n", { "list.txt": "1\n" });
    const target = await pair.source.commit("Other\n", { "other.txt": "o\n" });
    await pair.source.commit("Three\n", { "list.txt": "3\n" });
    await expect(pair.convert()).rejects.toMatchObject({ kind: "conflict", where: "list.txt" });

    await pair.source.commit("One\n", { "list.txt": "1\n" });
    await pair.source.commit("Four\n", { "list.txt": "4\n" });
    await expect(pair.convert(target)).rejects.toMatchObject({ kind: "conflict", where: "list.txt" });
  });

  it("does not go on from what dist-git went back to, though source-git made it once", async () => {
    const pair = await linked(configured(), { "list.txt": "1\n" });
    for (const [name, list] of [
      ["Two", "2\n"],
      ["Three", "3\n"],
    ] as const) {
      await pair.source.commit(`${name} (#1)\n`, { "list.txt": list });
      await pair.dist.commit(`${name} (!7)\n`, { "list.txt": list });
    }
    await pair.dist.commit("Not three\n", { "list.txt": "2\n" });
    await pair.source.commit("Four\n", { "list.txt": "4\n" });

    await expect(pair.convert()).rejects.toMatchObject({ kind: "conflict", where: "list.txt" });
  });

  it("names commit and file of a conflict, and writes no commit", async () => {
    const pair = await linked();
    const there = await pair.dist.commit("In dist-git\n", { "hello.c": "dist\n" });
    const here = await pair.source.commit("In source-git\n", { "hello.c": "source\n" });
    await expect(pair.convert()).rejects.toMatchObject({
      kind: "conflict",
      message: `hello.c was changed in dist-git by commit ${there.slice(0, 12)} and in source-git by commit ${here.slice(0, 12)}`,
      where: "hello.c",
    });
    expect(pair.dist.tip).toBe(there);
  });

  it("finds where upstream's history parts when nobody wrote a trailer", async () => {
    const pair = await newPair({ "hello.c": "one\n", "list.txt": "l\n" }, {});
    pair.dist.tip = await pair.dist.commit(
      "Release 1.0\n",
      { "hello.c": "one\n", "list.txt": "l\n" },
      { parents: [] },
    );
    expect(pair.dist.tip).toBe(pair.source.tip);
    await pair.dist.commit("In dist-git\n", { "own.txt": "own\n" });
    await pair.source.commit("In source-git\n", { "hello.c": "two\n" });
    expect((await pair.convert()).warnings).toEqual([]);
    expect(await pair.dist.files()).toEqual({ "hello.c": "two\n", "list.txt": "l\n", "own.txt": "own\n" });
  });

  it("tells which commits it carries", async () => {
    const pair = await linked();
    const one = await pair.source.commit("One\n", { "a.txt": "a\n" });
    const two = await pair.source.commit("Two\n", { "b.txt": "b\n" });
    expect((await pair.convert()).commits).toEqual([one, two]);
  });

  it.each([
    ["include: ['..']", 'the pattern ".." is not understood', 2],
    ["keep: [a/../b]", 'the pattern "a/../b" is not understood', 2],
    ["exclude: 7", "exclude: Invalid input", 2],
    ["history: both", 'history: Invalid option: expected one of "shared"|"copied"', 2],
    ["exclude: x\nhistory: shared", "include, exclude and keep cannot be used with a shared history", 3],
  ])("refuses %s, naming file and line", async (line, message, at) => {
    const pair = await newPair({ ...configured(...line.split("\n")) }, { x: "x\n" });
    await expect(pair.convert()).rejects.toMatchObject({
      kind: "invalid",
      message,
      where: `.distro/source-git.yaml:${at}`,
    });
  });
});

describe("plain, with a shared history", () => {
  async function shared(): Promise<PlainPair> {
    const pair = await newPair(configured("history: shared"), {});
    pair.dist.tip = await pair.dist.commit("Release 1.0\n", configured("history: shared"), { parents: [] });
    return pair;
  }

  it("gives dist-git the very commits", async () => {
    const pair = await shared();
    const branch = await pair.source.commit("Side\n", { "s.txt": "s\n" });
    const main = await pair.source.commit("Main\n", { "m.txt": "m\n" }, { parents: [pair.dist.tip ?? ""] });
    const merge = await pair.source.commit("Merge\n", { "s.txt": "s\n" }, { parents: [main, branch] });
    expect((await pair.convert()).commits).toEqual([branch, main].sort((one) => (one === branch ? -1 : 1)));
    expect(pair.dist.tip).toBe(merge);
    expect((await pair.convert()).changed).toBe(false);
    const { stdout } = await pair.dist.store.git(["rev-list", merge]);
    expect(stdout.toString().trim().split("\n")).toHaveLength(4);
  });

  it("brings dist-git's very commits home, by a merge where both moved, and on to dist-git again", async () => {
    const pair = await shared();
    const there = await pair.dist.commit("In dist-git\n", { "d.txt": "d\n" });
    await pair.bringHome();
    expect(pair.source.tip).toBe(there);

    const again = await pair.dist.commit("Again\n", { "d.txt": "dd\n" });
    const here = await pair.source.commit("In source-git\n", { "s.txt": "s\n" });
    await expect(pair.convert()).rejects.toMatchObject({ kind: "refused" });
    expect((await pair.bringHome()).commits).toEqual([{ from: again, to: [again] }]);
    const { parents } = await pair.source.store.readCommit(pair.source.tip ?? "");
    expect(parents).toEqual([here, again]);
    await pair.convert();
    expect(pair.dist.tip).toBe(pair.source.tip);
  });

  it("names the files of a conflict, and says so when the histories have nothing in common", async () => {
    const pair = await shared();
    await pair.dist.commit("In dist-git\n", { "a.txt": "d\n" });
    await pair.source.commit("In source-git\n", { "a.txt": "s\n" });
    await expect(pair.bringHome()).rejects.toMatchObject({ kind: "conflict", where: "a.txt" });
    await pair.dist.commit("Other\n", { "a.txt": "d\n" }, { parents: [] });
    await expect(pair.convert()).rejects.toMatchObject({
      kind: "invalid",
      message: "source-git and dist-git have no common history",
    });
  });
});
