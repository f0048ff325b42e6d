import { afterEach, describe, expect, it } from "@jest/globals";
import { plainLayout } from "../../src/conversion/plain/plain-layout.js";
import { rpmLayout } from "../../src/conversion/rpm/rpm-layout.js";
import { readStatus, type SyncStatus } from "../../src/conversion/status.js";
import { sluice } from "../cli/run.js";
import { cloneBoth, removeClones } from "./clones.js";
import { newPackage, readme, removeRepositories, type TestPackage } from "./package.js";
import { newPair, type PlainPair } from "./plain-pair.js";

afterEach(removeClones);
afterEach(removeRepositories);

async function ask(pair: PlainPair | TestPackage, layout = plainLayout): Promise<SyncStatus> {
  const { source, dist } = pair;
  await source.store.flush();
  await dist.store.flush();
  const sides = { source: source.store, head: source.tip ?? "", dist: dist.store, tip: dist.tip ?? "" };
  return readStatus(sides, layout);
}

/** In few words: the state, then how far each side is ahead. */
async function told(pair: PlainPair): Promise<string> {
  const { state, source, dist } = await ask(pair);
  return `${state} ${source.ahead} ${dist.ahead}`;
}

async function linked(): Promise<PlainPair> {
  const pair = await newPair({ "hello.c": "one\n" }, { "hello.c": "zero\n" });
  await pair.convert();
  return pair;
}

describe("the status of source-git and dist-git", () => {
  it("is that they were never synchronised", async () => {
    const status = await ask(await newPair({ "hello.c": "one\n" }, { README: "old\n" }));
    const nothing = { ahead: 0, first: undefined };
    expect(status).toEqual({ state: "never-synchronised", point: undefined, source: nothing, dist: nothing });
  });

  it("is in step after a conversion, either way", async () => {
    const pair = await linked();
    expect(await told(pair)).toBe("in-step 0 0");
    expect((await ask(pair)).point).toEqual({ source: pair.source.tip, dist: pair.dist.tip });
    await pair.dist.commit("In dist-git\n", { "d.txt": "d\n" });
    await pair.bringHome();
    expect(await told(pair)).toBe("in-step 0 0");
    expect((await ask(pair)).point).toEqual({ source: pair.source.tip, dist: pair.dist.tip });
  });

  it("counts thousands of commits, unless they left nothing to carry", async () => {
    const pair = await linked();
    for (let count = 0; count <= 1000; count += 1) await pair.source.commit(`Empty ${count}\n`);
    expect(await told(pair)).toBe("in-step 0 0");
    await pair.source.commit("One\n", { "a.txt": "a\n" });
    expect(await told(pair)).toBe("source-ahead 1002 0");
  });

  it("names how many commits a side is ahead, and the first of them", async () => {
    const pair = await linked();
    const first = await pair.source.commit("One\n\nText.\n", { "a.txt": "a\n" });
    await pair.source.commit("Two\n", { "b.txt": "b\n" });
    expect(await ask(pair)).toMatchObject({
      state: "source-ahead",
      source: { ahead: 2, first: { sha: first, subject: "One" } },
      dist: { ahead: 0, first: undefined },
    });
    const there = await pair.dist.commit("There\n", {});
    expect(await ask(pair)).toMatchObject({
      state: "diverged",
      source: { ahead: 2, first: { sha: first, subject: "One" } },
      dist: { ahead: 1, first: { sha: there, subject: "There" } },
    });
    await pair.convert();
    expect(await told(pair)).toBe("dist-ahead 0 1");
  });

  it("does not count what came from the other side, before or behind one's own", async () => {
    const pair = await linked();
    await pair.source.commit("Own\n", { "s.txt": "s\n" });
    await pair.dist.commit("There\n", { "d.txt": "d\n" });
    await pair.bringHome();
    expect(await told(pair)).toBe("source-ahead 1 0");
    await pair.dist.commit("There again\n", { "d.txt": "dd\n" });
    await pair.convert();
    expect(await told(pair)).toBe("dist-ahead 0 1");
  });

  it("counts no commit that leaves dist-git as it is: an empty one (§6)", async () => {
    const pair = await linked();
    await pair.source.commit("Empty\n");
    expect(await told(pair)).toBe("in-step 0 0");
  });

  it("counts commits before which the other side's are missing, trailers or not", async () => {
    const pair = await linked();
    await pair.dist.commit("Before\n", { "d.txt": "d\n" });
    await pair.source.commit("Own\n", { "s.txt": "s\n" });
    await pair.convert();
    expect(await told(pair)).toBe("dist-ahead 0 1");
  });

  it("finds the point behind many commits", async () => {
    const pair = await linked();
    const { point } = await ask(pair);
    for (let count = 1; count <= 120; count += 1) await pair.dist.commit(`Rebuild ${count}\n`);
    expect(await ask(pair)).toMatchObject({
      state: "dist-ahead",
      point,
      dist: { ahead: 120, first: { subject: "Rebuild 1" } },
    });
  });

  it("looks into the merge of a mirrored merge request", async () => {
    const pair = await linked();
    await pair.source.commit("Own\n", { "s.txt": "s\n" });
    const target = pair.dist.tip ?? "";
    await pair.convert();
    const mirrored = pair.dist.tip ?? "";
    await pair.dist.commit("Merge\n", { "s.txt": "s\n" }, { parents: [target, mirrored] });
    expect(await told(pair)).toBe("in-step 0 0");
    expect((await ask(pair)).point).toEqual({ source: pair.source.tip, dist: pair.dist.tip });
  });

  it("is not moved by trailers of merged foreign history", async () => {
    const pair = await linked();
    const { source, dist } = await ask(pair).then(({ point }) => point ?? { source: "", dist: "" });
    const other = await pair.source.commit("Other branch\n", { "o.txt": "o\n" });
    pair.source.tip = source;
    await pair.source.commit("Own\n", { "s.txt": "s\n" });
    const foreign = await pair.dist.commit(`Foreign\n\nFrom-source-git-commit: ${other}\n`, {
      "f.txt": "f\n",
    });
    await pair.dist.commit("More\n", { "g.txt": "g\n" });
    await pair.dist.commit(
      "Merge\n",
      { "f.txt": "f\n", "g.txt": "g\n" },
      { parents: [dist, pair.dist.tip ?? ""] },
    );
    const status = await ask(pair);
    expect(status).toMatchObject({ state: "diverged", point: { source, dist }, source: { ahead: 1 } });
    expect(status.dist.first?.sha).toBe(foreign);
  });

  it("is not moved by a cherry-pick that names a commit of another branch", async () => {
    const pair = await linked();
    const { point } = await ask(pair);
    const other = await pair.source.commit("Other branch\n", { "o.txt": "o\n" });
    pair.source.tip = point?.source;
    await pair.dist.commit(`Picked\n\nFrom-source-git-commit: ${other}\n`, { "o.txt": "o\n" });
    expect(await ask(pair)).toMatchObject({ state: "dist-ahead", point, dist: { ahead: 1 } });
  });

  it("is in step behind a squash merge, which took away the commit that dist-git names", async () => {
    const pair = await linked();
    const target = pair.source.tip;
    await pair.source.commit("In a branch\n", { "s.txt": "s\n" });
    await pair.convert();
    pair.source.tip = target;
    await pair.source.commit("Squashed (!1)\n", { "s.txt": "s\n" });
    expect(await told(pair)).toBe("in-step 0 0");
  });

  it.each([
    ["a commit that does not exist", "0123456789012345678901234567890123456789"],
    ["an abbreviated commit", "SHORT"],
    ["a blob", "BLOB"],
  ])("does not take %s for one that was carried", async (_what, named) => {
    const pair = await linked();
    const value = named
      .replace("SHORT", pair.source.tip?.slice(0, 12) ?? "")
      .replace("BLOB", pair.source.store.writeBlob(Buffer.from("x\n")));
    await pair.dist.commit(`Own\n\nFrom-source-git-commit: ${value}\n`, { "d.txt": "d\n" });
    expect(await told(pair)).toBe("dist-ahead 0 1");
  });

  it("is told by one side's trailers alone, and by a history that both share", async () => {
    const pair = await newPair({ "hello.c": "one\n" }, {});
    pair.dist.tip = await pair.dist.commit("Release 1.0\n", { "hello.c": "one\n" }, { parents: [] });
    await pair.source.commit("Own\n", { "s.txt": "s\n" });
    expect(await ask(pair)).toMatchObject({
      state: "source-ahead",
      point: { source: pair.dist.tip, dist: pair.dist.tip },
      source: { ahead: 1 },
    });
  });

  it("counts from upstream's release for rpm", async () => {
    const hello = await newPackage();
    await hello.source.commit("One\n", { README: readme({ 2: "TWO" }) });
    await hello.convert();
    expect(await ask(hello, rpmLayout)).toMatchObject({ state: "in-step" });
    await hello.source.commit("Two\n", { README: readme({ 2: "TWO", 9: "NINE" }) });
    await hello.source.commit("Tests alone\n", { ".distro/source-git.yaml": "upstream_ref: v1.0\n" });
    expect(await ask(hello, rpmLayout)).toMatchObject({ state: "source-ahead", source: { ahead: 2 } });
  });
});

describe("sluice status", () => {
  it("says what to run next, with the folders as a shell reads them", async () => {
    const pair = await linked();
    const { point } = await ask(pair);
    const here = await pair.source.commit("Here\n", { "s.txt": "s\n" });
    await pair.source.commit("Here, too\n", { "s.txt": "ss\n" });
    const there = await pair.dist.commit("There\n", { "d.txt": "d\n" });
    const { source, dist } = await cloneBoth(pair);
    const { code, stdout } = await sluice(["status", source, dist, "--layout", "plain"]);
    expect(code).toBe(0);
    expect(stdout).toBe(`Both sides moved.
source-git is ahead by 2 commits, the first of them:
  ${here.slice(0, 12)} Here
dist-git is ahead by 1 commit:
  ${there.slice(0, 12)} There
Last in step: source-git's ${point?.source.slice(0, 12) ?? ""} and dist-git's ${point?.dist.slice(0, 12) ?? ""}.
Next: bin/sluice update-source-git ${dist} ${source}
then: bin/sluice update-dist-git ${source} ${dist}
`);
  });

  it("answers in JSON", async () => {
    const pair = await linked();
    const { source, dist } = await cloneBoth(pair);
    const first = await sluice(["status", source, dist, "--layout", "plain", "--json"]);
    expect(JSON.parse(first.stdout)).toEqual({
      state: "in-step",
      point: { source: pair.source.tip, dist: pair.dist.tip },
      source: { ahead: 0, first: null },
      dist: { ahead: 0, first: null },
    });
  });

  it("asks for the layout where it is not clear", async () => {
    const { source, dist } = await cloneBoth(await linked());
    const { code, stderr } = await sluice(["status", source, dist]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("--layout plain")]);
  });
});
