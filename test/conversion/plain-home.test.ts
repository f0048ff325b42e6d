import { afterEach, describe, expect, it } from "@jest/globals";
import { removeRepositories, type Files } from "./package.js";
import { ada, grace, newPair, story, type PlainPair } from "./plain-pair.js";

afterEach(removeRepositories);

const text = (...lines: string[]) => `${lines.join("\n")}\n`;
const configured = (...lines: string[]) => ({ ".distro/source-git.yaml": text("layout: plain", ...lines) });

async function linked(configuration: Files = configured(), files: Files = {}): Promise<PlainPair> {
  const pair = await newPair({ "hello.c": "one\n", ...files, ...configuration }, { "hello.c": "zero\n" });
  await pair.convert();
  return pair;
}

describe("plain, dist to source", () => {
  it("makes one commit of each, with author, date, message and trailer", async () => {
    const pair = await linked();
    const before = pair.source.tip ?? "";
    const one = await pair.dist.commit("Fix the build\n\nBecause.\n", { "a.txt": "a\n" }, { author: grace });
    const two = await pair.dist.commit("Mass rebuild\n", {}, { author: ada });
    const brought = await pair.bringHome();
    expect(await story(pair.source, before)).toEqual([
      `Grace Hopper 1710000000 -0500\nFix the build\nBecause.\nFrom-dist-git-commit: ${one}\nA\ta.txt`,
      `Ada Lovelace 1700000000 +0100\nMass rebuild\nFrom-dist-git-commit: ${two}`,
    ]);
    expect(brought.commits.map(({ from }) => from)).toEqual([one, two]);
    expect(brought.commits.at(-1)?.to).toEqual([brought.head]);
    expect((await pair.bringHome()).commits).toEqual([]);
    expect((await pair.convert()).changed).toBe(false);
  });

  it("carries modes, links, renames, deletions and binary files (§6)", async () => {
    const pair = await linked(configured(), { "b.txt": "b\n", "c.txt": "c\n" });
    await pair.dist.commit("All sorts\n", {
      "hello.c": { program: "one\n" },
      link: { link: "../../etc/passwd" },
      "b.txt": null,
      "moved/b.txt": "b\n",
      "c.txt": Buffer.from([0, 1, 255, 13, 10]),
    });
    await pair.bringHome();
    expect(await pair.source.files()).toEqual({
      ...(await pair.dist.files()),
      ".distro/source-git.yaml": "layout: plain\n",
    });
    const entries = await pair.source.store.readTree(pair.source.tip ?? "");
    expect(entries.find(({ name }) => name === "hello.c")?.mode).toBe("100755");
  });

  it("tells the commits of a merged branch, then the merge with what it alone holds (§6)", async () => {
    const pair = await linked(configured(), { "list.txt": "l\n" });
    const before = pair.source.tip ?? "";
    const base = pair.dist.tip ?? "";
    const side = await pair.dist.commit("Side\n", { "list.txt": "side\n" }, { author: grace });
    const main = await pair.dist.commit("Main\n", { "list.txt": "main\n" }, { parents: [base] });
    const merge = await pair.dist.commit("Merge\n", { "list.txt": "both\n" }, { parents: [main, side] });
    const { commits, warnings } = await pair.bringHome();
    expect(new Set(commits.map(({ from }) => from))).toEqual(new Set([side, main, merge]));
    expect(await pair.source.file("list.txt")).toBe("both\n");
    expect((await story(pair.source, before)).at(-1)).toMatch(/\nMerge\n.*\nM\tlist.txt$/);
    expect(warnings).toEqual([expect.stringContaining("does not fit by itself")]);
  });

  it("leaves out the merge of a mirrored merge request, which came from source-git", async () => {
    const pair = await linked();
    await pair.source.commit("In source-git\n", { "s.txt": "s\n" });
    const target = pair.dist.tip ?? "";
    await pair.convert();
    const mirrored = pair.dist.tip ?? "";
    const files = { "s.txt": "s\n" };
    await pair.dist.commit("Merge branch 'sluice/1'\n", files, { parents: [target, mirrored] });
    expect((await pair.bringHome()).commits).toEqual([]);
    expect((await pair.convert()).changed).toBe(false);
  });

  it("keeps source-git's own commits that dist-git does not have yet, and carries them later", async () => {
    const pair = await linked();
    await pair.source.commit("In source-git\n", { "s.txt": "s\n" });
    await pair.dist.commit("In dist-git\n", { "d.txt": "d\n" });
    await pair.bringHome();
    expect(Object.keys(await pair.source.files())).toContain("s.txt");
    expect((await pair.convert()).commits).toHaveLength(1);
    expect(Object.keys(await pair.dist.files())).toEqual(["d.txt", "hello.c", "s.txt"]);
  });

  it("brings home what dist-git changed before a conversion, too", async () => {
    const pair = await linked();
    const own = await pair.dist.commit("In dist-git\n", { "d.txt": "d\n" });
    await pair.source.commit("In source-git\n", { "s.txt": "s\n" });
    await pair.convert();
    expect((await pair.bringHome()).commits.map(({ from }) => from)).toEqual([own]);
    expect(Object.keys(await pair.source.files())).toContain("d.txt");
  });

  it("understands that each side carried from the other what it had before (two merge bases)", async () => {
    const pair = await linked(configured(), { "list.txt": text("1", "2", "3", "4", "5", "6", "7") });
    const [head, tip] = [pair.source.tip, pair.dist.tip];
    await pair.source.commit("S1\n", { "list.txt": text("S", "2", "3", "4", "5", "6", "7") });
    const s1 = pair.source.tip;
    pair.dist.tip = tip;
    await pair.dist.commit("D1\n", { "list.txt": text("1", "2", "3", "4", "5", "6", "D") });
    const d1 = pair.dist.tip;
    await pair.convert();
    const d2 = pair.dist.tip;
    [pair.source.tip, pair.dist.tip] = [s1, d1];
    await pair.bringHome();
    pair.dist.tip = d2;
    const both = text("S", "2", "3", "4", "5", "6", "D");
    await pair.dist.commit("Back\n", { "list.txt": text("1", "2", "3", "4", "5", "6", "D") });
    await pair.source.commit("Other\n", { "o.txt": `${head ?? ""}\n` });
    expect(await pair.source.file("list.txt")).toBe(both);
    await pair.bringHome();
    expect(await pair.source.file("list.txt")).toBe(text("1", "2", "3", "4", "5", "6", "D"));
  });

  it("brings home how a mirrored commit was amended in dist-git", async () => {
    const pair = await linked();
    await pair.source.commit("In source-git\n", { "s.txt": "s\n" });
    await pair.convert();
    const commit = await pair.dist.store.readCommit(pair.dist.tip ?? "");
    await pair.dist.commit(commit.message, { "s.txt": "amended\n" }, { parents: commit.parents });
    await pair.bringHome();
    expect(await pair.source.file("s.txt")).toBe("amended\n");
  });

  describe("what is known to come from source-git, though a squash lost its trailer,", () => {
    it("is not brought home over what source-git made of it since", async () => {
      const pair = await linked(configured(), { "list.txt": "1\n" });
      await pair.source.commit("Two (#1)\n", { "list.txt": "2\n" });
      await pair.source.commit("Three\n", { "list.txt": "3\n" });
      const before = pair.source.tip ?? "";
      const squashed = await pair.dist.commit("Two (!7)\n", { "list.txt": "2\n" });
      const own = await pair.dist.commit("Own\n", { "d.txt": "d\n" }, { author: grace });

      const { commits } = await pair.bringHome(undefined, [squashed]);

      expect(commits.map(({ from }) => from)).toEqual([own]);
      expect(await story(pair.source, before)).toEqual([
        `Grace Hopper 1710000000 -0500\nOwn\nFrom-dist-git-commit: ${own}\nA\td.txt`,
      ]);
      expect(await pair.source.file("list.txt")).toBe("3\n");
    });

    it("does not take back a revert, and what dist-git does upon it comes home", async () => {
      const pair = await linked(configured(), { "list.txt": text("1", "2", "3"), "a.txt": "a\n" });
      await pair.source.commit("Both (#1)\n", { "list.txt": text("one", "2", "3"), "a.txt": "A\n" });
      await pair.source.commit("Not a\n", { "a.txt": "a\n" });
      const fix = { "list.txt": text("one", "2", "3"), "a.txt": "A\n" };
      const squashed = await pair.dist.commit("Both (!7)\n", fix);
      await pair.dist.commit("Own\n", { "list.txt": text("one", "2", "three") });

      await pair.bringHome(undefined, [squashed]);

      expect(await pair.source.files()).toMatchObject({
        "list.txt": text("one", "2", "three"),
        "a.txt": "a\n",
      });
    });
  });

  it("leaves dist-git's own files there, and says of others that they stay behind", async () => {
    const pair = await linked(configured("keep: ci/", "exclude: doc/"), { "doc/a": "mine\n" });
    const before = await pair.source.files();
    await pair.dist.commit("Own\n", { "ci/x.yml": "x\n", "doc/a": "theirs\n" });
    const { warnings, commits } = await pair.bringHome();
    expect(commits).toHaveLength(1);
    expect(await pair.source.files()).toEqual(before);
    expect(warnings).toEqual(["doc/a stays in dist-git alone, for include and exclude leave it out"]);
  });

  it("does not delete in source-git what exclude newly leaves out", async () => {
    const pair = await linked(configured(), { "doc/a": "a\n" });
    await pair.source.commit("No documents\n", configured("exclude: doc/"));
    await pair.dist.commit("Own\n", { "d.txt": "d\n" });
    await pair.bringHome();
    expect(await pair.source.file("doc/a")).toBe("a\n");
  });

  it("names commit and file of a conflict, and a way out that works", async () => {
    const pair = await linked();
    const there = await pair.dist.commit("In dist-git\n", { "hello.c": "dist\n" });
    const here = await pair.source.commit("In source-git\n", { "hello.c": "source\n" });
    await expect(pair.bringHome()).rejects.toMatchObject({
      kind: "conflict",
      message: `hello.c was changed in dist-git by commit ${there.slice(0, 12)} and in source-git by commit ${here.slice(0, 12)}`,
      where: "hello.c",
      remedy: expect.stringContaining(`"From-dist-git-commit: ${there}"`) as unknown,
    });
    expect(pair.source.tip).toBe(here);
    await pair.source.commit(`Resolve\n\nFrom-dist-git-commit: ${there}\n`, { "hello.c": "both\n" });
    expect((await pair.bringHome()).commits).toEqual([]);
    await pair.convert();
    expect(await pair.dist.file("hello.c")).toBe("both\n");
  });

  it("carries a range that was named, though the two were never synchronised", async () => {
    const pair = await newPair({ "hello.c": "one\n" }, { "hello.c": "other\n" });
    const since = pair.dist.tip;
    await pair.dist.commit("In dist-git\n", { "d.txt": "d\n" });
    await expect(pair.bringHome()).rejects.toMatchObject({ kind: "missing" });
    expect((await pair.bringHome(since)).commits).toHaveLength(1);
    expect(await pair.source.files()).toEqual({ "hello.c": "one\n", "d.txt": "d\n" });
  });
});

describe("plain, the start", () => {
  it("is one commit that makes upstream's tree dist-git's, and converts to no change", async () => {
    const pair = await newPair({ "hello.c": "one\n", old: "o\n" }, { "hello.c": "ours\n", "d.txt": "d\n" });
    const [base, there] = [pair.source.tip ?? "", await pair.dist.files()];
    await pair.start();
    expect(await pair.source.files()).toMatchObject(there);
    expect(Object.keys(await pair.source.files())).toEqual([".distro/source-git.yaml", "d.txt", "hello.c"]);
    expect(await story(pair.source, base)).toHaveLength(1);
    expect((await pair.convert()).changed).toBe(false);
    expect((await pair.bringHome()).commits).toEqual([]);
  });

  it("keeps a configuration that upstream's commit has, whatever it is called", async () => {
    const own = { ".distro/source-git.yml": "layout: plain\nkeep: ci\n" };
    const pair = await newPair({ "hello.c": "one\n", ...own }, { "hello.c": "ours\n", ci: "ci\n" });
    await pair.start();
    expect(await pair.source.files()).toEqual({ "hello.c": "ours\n", ...own });
  });

  it("is upstream's commit itself where nothing differs, and leaves kept files out", async () => {
    const files = { "hello.c": "one\n" };
    const pair = await newPair({ ...files, ...configured("keep: ci") }, { ...files, ci: "ci\n" });
    const base = pair.source.tip;
    expect(await pair.start()).toBe(base);
    await pair.dist.commit("In dist-git\n", { "d.txt": "d\n" });
    await pair.source.commit("In source-git\n", { "s.txt": "s\n" });
    await pair.convert();
    expect(Object.keys(await pair.dist.files())).toEqual(["ci", "d.txt", "hello.c", "s.txt"]);
  });
});
