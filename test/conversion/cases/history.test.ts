import { afterEach, describe, expect, it } from "@jest/globals";
import { newPackage, readme, removeRepositories, type TestPackage } from "../package.js";
import { patchedFiles } from "../round-trip.js";

afterEach(removeRepositories);

const one = readme({ 1: "ONE" });
const nine = readme({ 9: "NINE" });
const both = readme({ 1: "ONE", 9: "NINE" });
const two = { README: readme({ 2: "TWO" }) };
const twoNine = { README: readme({ 2: "TWO", 9: "NINE" }) };

/** The README of upstream's release with dist-git's patches, applied by git. */
async function patchedReadme(hello: TestPackage): Promise<string | undefined> {
  return (await patchedFiles(hello))["README"];
}

describe("merge commits inside the range", () => {
  it("give no patch; the merged commits do, in an order that applies", async () => {
    const hello = await newPackage();
    const start = hello.source.tip ?? "";
    const side = await hello.source.commit("Nine\n", { README: nine });
    const main = await hello.source.commit("One\n", { README: one }, { parents: [start] });
    await hello.source.commit("Merge\n", { README: both }, { parents: [main, side] });
    await hello.convert();
    expect(await hello.patchFiles()).toEqual(["0001-One.patch", "0002-Nine.patch"]);
    expect(await patchedReadme(hello)).toBe(both);
    expect((await hello.convert()).changed).toBe(false);
  });

  it("leave a patch of their own when they alone hold the resolution of a conflict", async () => {
    const hello = await newPackage();
    const start = hello.source.tip ?? "";
    const side = await hello.source.commit("Uno\n", { README: readme({ 1: "UNO" }) });
    const main = await hello.source.commit("One\n", { README: one }, { parents: [start] });
    const resolved = readme({ 1: "ONE/UNO" });
    const merge = await hello.source.commit("Merge uno\n", { README: resolved }, { parents: [main, side] });
    const { patches } = await hello.convert();
    expect(patches.map(({ file }) => file)).toEqual(["0001-One.patch", "0002-Uno.patch"]);
    expect(patches[1]?.commits).toEqual([side, merge]);
    expect(await patchedReadme(hello)).toBe(resolved);
  });
});

describe("a merged branch that began before the base", () => {
  it("keeps its change", async () => {
    const hello = await newPackage();
    const release = (await hello.source.store.readCommit(hello.source.tip ?? "")).parents[0] ?? "";
    const main = hello.source.tip ?? "";
    const old = await hello.source.commit(
      "Before\n",
      { README: readme({ 1: "BEFORE" }) },
      { parents: [release] },
    );
    const next = await hello.source.commit("Release 1.1\n", { Makefile: "all: hello\n" }, { parents: [old] });
    const side = await hello.source.commit(
      "Nine\n",
      { README: readme({ 1: "BEFORE", 9: "NINE" }) },
      { parents: [old] },
    );
    await hello.source.store.flush();
    await hello.source.tag("v1.0", next);
    const merged = readme({ 1: "BEFORE", 9: "NINE" });
    const rebased = await hello.source.commit("Distribution\n", await distro(hello, main), {
      parents: [next],
    });
    await hello.source.commit("Merge\n", { README: merged }, { parents: [rebased, side] });
    await hello.convert();
    expect(await hello.patchFiles()).toEqual(["0001-Nine.patch"]);
    expect(await patchedReadme(hello)).toBe(merged);
  });

  it("may bring the base itself: patches are counted from there all the same", async () => {
    const hello = await newPackage();
    const release = (await hello.source.store.readCommit(hello.source.tip ?? "")).parents[0] ?? "";
    const fix = await hello.source.commit("One\n", { README: one });
    const next = await hello.source.commit("Release 2.0\n", { README: nine }, { parents: [release] });
    await hello.source.store.flush();
    await hello.source.tag("v1.0", next);
    await hello.source.commit("Merge 2.0\n", { README: both }, { parents: [fix, next] });
    await hello.convert();
    expect(await hello.patchFiles()).toEqual(["0001-One.patch"]);
    expect(await patchedReadme(hello)).toBe(both);
  });
});

describe("empty commit, commit of ignored paths only, mixed commit", () => {
  it("empty commit, commit of ignored paths only: neither gives a patch nor uses a number", async () => {
    const hello = await newPackage();
    await hello.source.commit("One\n", two);
    await hello.source.commit("Nothing\n");
    await hello.source.commit("Packaging\n", { ".distro/tests/run.sh": { program: "true\n" } });
    await hello.source.commit("Two\n", twoNine);
    await hello.convert();
    expect(await hello.patchFiles()).toEqual(["0001-One.patch", "0002-Two.patch"]);
  });

  it("mixed commit: its code part is a patch, the rest is files", async () => {
    const hello = await newPackage();
    await hello.source.commit("Mixed\n", { ...two, ".distro/gating.yaml": "rules: []\n" });
    await hello.convert();
    expect(await hello.dist.file("0001-Mixed.patch")).not.toContain("gating.yaml");
    expect(await hello.dist.file("gating.yaml")).toBe("rules: []\n");
  });
});

describe("two commits with one subject", () => {
  it("give two patches of two names", async () => {
    const hello = await newPackage();
    await hello.source.commit("Fix\n", two);
    await hello.source.commit("Fix\n", twoNine);
    await hello.convert();
    expect(await hello.patchFiles()).toEqual(["0001-Fix.patch", "0002-Fix.patch"]);
    expect((await hello.convert()).changed).toBe(false);
  });
});

describe("submodule in upstream", () => {
  it("is no hindrance while it stays as it was", async () => {
    const hello = await newPackage();
    await addSubmodule(hello, "Release 1.0 with a submodule\n");
    await hello.source.store.flush();
    await hello.source.tag("v1.0");
    await hello.source.commit("Two\n", two);
    await hello.convert();
    expect(await hello.patchFiles()).toEqual(["0001-Two.patch"]);
    expect((await hello.convert()).changed).toBe(false);
  });

  it("is refused when a commit changes it: no patch could", async () => {
    const hello = await newPackage();
    await addSubmodule(hello, "Vendor\n");
    await expect(hello.convert()).rejects.toThrow(/changes the submodule vendor/);
  });
});

describe("tags missing in a fork", () => {
  it("is an error that names upstream_ref", async () => {
    const hello = await newPackage();
    await hello.source.store.git(["update-ref", "-d", "refs/tags/v1.0"]);
    await expect(hello.convert()).rejects.toMatchObject({
      kind: "missing",
      message: "upstream_ref v1.0 is neither a tag nor a commit of the source-git repository",
      where: ".distro/source-git.yaml",
    });
  });
});

describe("sha that does not exist", () => {
  it("is no upstream_ref, nor is one of another history; one that exists is", async () => {
    const release = (hello: TestPackage, ref: string) =>
      hello.source.commit("Base\n", {
        ".distro/source-git.yaml": `upstream_ref: ${ref}\nspecfile_path: .distro/hello.spec\n`,
      });
    const hello = await newPackage();
    const base = (await hello.source.store.readCommit(hello.source.tip ?? "")).parents[0] ?? "";
    const foreign = await hello.source.commit("Other\n", {}, { parents: [] });
    hello.source.tip = base;
    await hello.source.commit("Spec\n", {
      ".distro/hello.spec": (await hello.dist.file("hello.spec")) ?? "",
      README: one,
    });
    await release(hello, base);
    await hello.convert();
    expect(await hello.patchFiles()).toEqual(["0001-Spec.patch"]);
    await release(hello, "1".repeat(40));
    await expect(hello.convert()).rejects.toThrow(/neither a tag nor a commit/);
    await release(hello, foreign);
    await expect(hello.convert()).rejects.toThrow(/no common history/);
  });
});

/** A commit with a submodule more. */
async function addSubmodule(hello: TestPackage, message: string): Promise<void> {
  const { store, tip = "" } = hello.source;
  const entries = await store.readTree(tip);
  const tree = store.writeTree([...entries, { mode: "160000", name: "vendor", id: "1".repeat(40) }]);
  const before = await store.readCommit(tip);
  hello.source.tip = store.writeCommit({ ...before, tree, parents: [tip], message });
}

async function distro(hello: TestPackage, commit: string): Promise<Record<string, string>> {
  const { store } = hello.source;
  const listed = await store.git(["ls-tree", "-r", commit, ".distro"]);
  const files: Record<string, string> = {};
  for (const line of listed.stdout.toString().trim().split("\n")) {
    const [, id = "", path = ""] = /^\S+ blob (\S+)\t(.*)$/.exec(line) ?? [];
    files[path] = (await store.readBlob(id)).toString();
  }
  return files;
}
