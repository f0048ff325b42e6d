import { afterEach, describe, expect, it } from "@jest/globals";
import { landOnTarget } from "../../src/conversion/landing.js";
import { newPackage, readme, removeRepositories, type TestPackage } from "./package.js";

afterEach(removeRepositories);

const one = readme({ 1: "ONE" });
const nine = readme({ 9: "NINE" });
const both = readme({ 1: "ONE", 9: "NINE" });

/** Applies dist-git's patches to upstream with git and answers the README. */
async function patchedReadme(hello: TestPackage): Promise<string> {
  const { store } = hello.source;
  const index = `${store.directory}/test-index`;
  const environment = { GIT_INDEX_FILE: index };
  await store.git(["read-tree", "v1.0"], { environment });
  const files = await hello.dist.files();
  for (const file of hello.last?.patches.map((patch) => patch.file) ?? []) {
    await store.git(["apply", "--cached"], { environment, input: Buffer.from(files[file] ?? "", "latin1") });
  }
  return (await store.git(["show", ":README"], { environment })).stdout.toString();
}

describe("history that is not a line", () => {
  it("merge commits give no patch; the merged commits do, in an order that applies", async () => {
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

  it("a resolution that only a merge commit holds is a patch of its own", async () => {
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

  it("a branch that began before the base keeps its change", async () => {
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

  it("a base that was merged in is counted from all the same", async () => {
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

describe("upstream_ref", () => {
  it("is an error that names it when the tag is missing in a fork", async () => {
    const hello = await newPackage();
    await hello.source.store.git(["update-ref", "-d", "refs/tags/v1.0"]);
    await expect(hello.convert()).rejects.toMatchObject({
      kind: "missing",
      message: "upstream_ref v1.0 is neither a tag nor a commit of the source-git repository",
      where: ".distro/source-git.yaml",
    });
  });

  it("may be a commit, but not one that does not exist, nor one of another history", async () => {
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

describe("a merge request's head as it would land", () => {
  it("has the patches that were merged since it branched", async () => {
    const hello = await newPackage();
    const start = hello.source.tip ?? "";
    const target = await hello.source.commit("One\n", { README: one });
    const head = await hello.source.commit("Nine\n", { README: nine }, { parents: [start] });
    const landed = await landOnTarget(hello.source.store, { head, target });
    await hello.convert(landed);
    expect(await hello.patchFiles()).toEqual(["0001-One.patch", "0002-Nine.patch"]);
    expect(await landOnTarget(hello.source.store, { head, target })).toBe(landed);
  });

  it("is the head itself on top of its target, and the target when it is merged already", async () => {
    const hello = await newPackage();
    const target = hello.source.tip ?? "";
    const head = await hello.source.commit("One\n", { README: one });
    expect(await landOnTarget(hello.source.store, { head, target })).toBe(head);
    expect(await landOnTarget(hello.source.store, { head: target, target: head })).toBe(head);
  });

  it("lands where single commits conflict but the whole does not", async () => {
    const hello = await newPackage();
    const start = hello.source.tip ?? "";
    const target = await hello.source.commit("One\n", { README: one });
    const first = await hello.source.commit("Uno\n", { README: readme({ 1: "UNO" }) }, { parents: [start] });
    const head = await hello.source.commit("Back and nine\n", { README: nine }, { parents: [first] });
    const landed = await landOnTarget(hello.source.store, { head, target });
    const entry = (await hello.source.store.readTree(landed)).find(({ name }) => name === "README");
    expect((await hello.source.store.readBlob(entry?.id ?? "")).toString()).toBe(both);
  });

  it("is a conflict that names the file when the whole conflicts", async () => {
    const hello = await newPackage();
    const start = hello.source.tip ?? "";
    const target = await hello.source.commit("One\n", { README: one });
    const head = await hello.source.commit("Uno\n", { README: readme({ 1: "UNO" }) }, { parents: [start] });
    await expect(landOnTarget(hello.source.store, { head, target })).rejects.toMatchObject({
      kind: "conflict",
      message: "the change conflicts with its target branch in README",
    });
  });
});

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
