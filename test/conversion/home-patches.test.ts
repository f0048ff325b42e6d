import { afterEach, describe, expect, it } from "@jest/globals";
import { readme, removeRepositories, spec, type Files, type TestPackage } from "./package.js";
import { bringHome, expectInStep, startedPackage } from "./round-trip.js";

afterEach(removeRepositories);

const file = { a: "a.patch", b: "b.patch", c: "c.patch" };

/** A patch that replaces one line of the README that holds some others already. */
function patch(line: number, text: string, before: Readonly<Record<number, string>> = {}): string {
  const [old, fresh] = [readme(before), readme({ ...before, [line]: text })].map((all) => all.split("\n"));
  const [from, to] = [Math.max(0, line - 4), Math.min(10, line + 3)];
  const rows = (old ?? []).slice(from, to).flatMap((row, at) => {
    const now = fresh?.[from + at];
    return row === now ? [` ${row}`] : [`-${row}`, `+${now ?? ""}`];
  });
  const range = `${from + 1},${to - from}`;
  return `--- a/README\n+++ b/README\n@@ -${range} +${range} @@\n${rows.join("\n")}\n`;
}

function naming(...files: readonly string[]): Files {
  const tags = files.map((name, index) => `Patch${index + 1}: ${name}`).join("\n");
  return { "hello.spec": spec.replace(/^Source0:.*$/m, `$&\n${tags}`) };
}

async function started(): Promise<TestPackage> {
  return startedPackage({
    dist: { ...naming(file.a, file.b), [file.a]: patch(2, "TWO"), [file.b]: patch(9, "NINE") },
  });
}

/** Brings home; answers each new commit's subject and what its trailers say of patches. */
async function home(hello: TestPackage): Promise<readonly string[]> {
  const { source } = hello;
  const before = source.tip ?? "";
  await bringHome(hello);
  const format =
    "--format=%s%(trailers:key=Patch-name,key=Amends-patch,key=Patch-before,separator=%x2C,unfold)";
  const { stdout } = await source.store.git(["log", "--reverse", format, `${before}..${source.tip}`]);
  return stdout.toString().split("\n").filter(Boolean);
}

async function expectHome(hello: TestPackage, readmeText: string): Promise<void> {
  expect(await hello.source.file("README")).toBe(readmeText);
  await expectInStep(hello);
  const head = hello.source.tip;
  expect(await bringHome(hello)).toMatchObject({ head, commits: [] });
}

describe("on the way back", () => {
  it("a new patch becomes a commit, in the words of its mail", async () => {
    const hello = await started();
    const mail = `From: Grace <grace@example.org>\nDate: Tue, 14 Nov 2023 23:13:20 +0100\nSubject: [PATCH] Five\n\nWhy\n---\n${patch(5, "FIVE", { 2: "TWO" })}`;
    await hello.dist.commit("Add c\n", { ...naming(file.a, file.b, file.c), [file.c]: mail });
    expect(await home(hello)).toEqual(["Add c", "FivePatch-name: c.patch"]);
    const { author, message } = await hello.source.store.readCommit(hello.source.tip ?? "");
    expect(author).toEqual({ name: "Grace", email: "grace@example.org", date: "1700000000 +0100" });
    expect(message).toBe(
      `Five\n\nWhy\n\nPatch-name: c.patch\nFrom-dist-git-commit: ${hello.dist.tip ?? ""}\n`,
    );
    await expectHome(hello, readme({ 2: "TWO", 5: "FIVE", 9: "NINE" }));
  });

  it("a removed patch becomes a commit that takes it back", async () => {
    const hello = await started();
    await hello.dist.commit("Drop a\n", { ...naming(file.b), [file.a]: null });
    expect(await home(hello)).toEqual(["Drop a", "Drop aAmends-patch: a.patch"]);
    await expectHome(hello, readme({ 9: "NINE" }));
  });

  it("a changed patch becomes a commit with the difference", async () => {
    const hello = await started();
    await hello.dist.commit("Say deux\n", { [file.a]: patch(2, "DEUX") });
    expect(await home(hello)).toEqual(["Say deuxAmends-patch: a.patch"]);
    await expectHome(hello, readme({ 2: "DEUX", 9: "NINE" }));
  });

  it("a patch of which only words or context changed leaves the code alone", async () => {
    const hello = await started();
    await hello.dist.commit("Explain\n", { [file.a]: `Because.\n\n${patch(2, "TWO")}` });
    expect(await home(hello)).toEqual(["Explain"]);
    await expectHome(hello, readme({ 2: "TWO", 9: "NINE" }));
  });

  it("a patch in the middle of the series keeps its place", async () => {
    const hello = await started();
    await hello.dist.commit("Add c\n", {
      ...naming(file.a, file.c, file.b),
      [file.c]: patch(5, "FIVE", { 2: "TWO" }),
    });
    expect(await home(hello)).toEqual(["Add c", "Apply c.patchPatch-name: c.patch,Patch-before: b.patch"]);
    await expectHome(hello, readme({ 2: "TWO", 5: "FIVE", 9: "NINE" }));
    await hello.source.commit("More\n", { README: readme({ 1: "ONE", 2: "TWO", 5: "FIVE", 9: "NINE" }) });
    await hello.convert();
    expect(await hello.patchLines()).toEqual([
      ...["Patch1: a.patch", "Patch2: c.patch", "Patch3: b.patch", "Patch4: 0004-More.patch"],
    ]);
  });

  it("reordered patches are taken back and applied again", async () => {
    const hello = await started();
    await hello.dist.commit("Turn around\n", naming(file.b, file.a));
    await home(hello);
    await expectHome(hello, readme({ 2: "TWO", 9: "NINE" }));
  });

  it("patches that were rebased together, of which none applies beside the other's old one", async () => {
    const both = { 4: "FOUR" };
    const hello = await startedPackage({
      dist: { ...naming(file.a, file.b), [file.a]: patch(4, "FOUR"), [file.b]: patch(4, "four again", both) },
    });
    const third = { [file.a]: patch(4, "QUATRE"), [file.b]: patch(4, "encore", { 4: "QUATRE" }) };
    await hello.dist.commit("In French\n", third);
    expect(await home(hello)).toEqual([
      "In FrenchAmends-patch: b.patch",
      "In FrenchAmends-patch: a.patch",
      "Apply a.patchPatch-name: a.patch",
      "Apply b.patchPatch-name: b.patch",
    ]);
    await expectHome(hello, readme({ 4: "encore" }));
  });

  it("a removed patch and a later change that needs it gone", async () => {
    const hello = await startedPackage({
      dist: {
        ...naming(file.a, file.b),
        [file.a]: patch(2, "TWO"),
        [file.b]: patch(3, "three", { 2: "TWO" }),
      },
    });
    await hello.dist.commit("Drop b\n", { ...naming(file.a), [file.b]: null });
    const fresh = patch(2, "TWO").replace(" three", "-three\n+THREE");
    await hello.dist.commit("Do more\n", { [file.a]: fresh });
    await home(hello);
    await expectHome(hello, readme({ 2: "TWO", 3: "THREE" }));
  });

  it("a commit that is broken by itself comes with the one that repairs it", async () => {
    const hello = await started();
    await hello.dist.commit("Break\n", { [file.a]: patch(2, "TWO").replace("-two", "-deux") });
    await hello.dist.commit("Repair\n", { [file.a]: patch(2, "DEUX") });
    const { warnings } = await bringHome(hello);
    expect(warnings.join()).toMatch(/does not fit by itself; its change comes with a later one/);
    await expectHome(hello, readme({ 2: "DEUX", 9: "NINE" }));
  });

  it("a patch that conflicts with source-git names commit, patch, file and line, and changes nothing", async () => {
    const hello = await started();
    const here = await hello.source.commit("Mine\n", { README: readme({ 2: "mine", 9: "NINE" }) });
    const from = await hello.dist.commit("Say deux\n", { [file.a]: patch(2, "DEUX") });
    await expect(bringHome(hello)).rejects.toMatchObject({
      kind: "conflict",
      message: `dist-git's commit ${from.slice(0, 12)} changes a.patch, which conflicts with source-git in README (line 2)`,
      where: "README",
    });
    expect(hello.source.tip).toBe(here);
  });

  it("what source-git has of its own stays", async () => {
    const hello = await started();
    await hello.source.commit("Five\n", { README: readme({ 2: "TWO", 5: "FIVE", 9: "NINE" }) });
    await hello.dist.commit("Say deux\n", { [file.a]: patch(2, "DEUX") });
    await hello.dist.commit("Drop b\n", { ...naming(file.a), [file.b]: null });
    await home(hello);
    expect(await hello.source.file("README")).toBe(readme({ 2: "DEUX", 5: "FIVE" }));
    await hello.convert();
    expect(await hello.patchLines()).toEqual(["Patch1: a.patch", "Patch2: 0002-Five.patch"]);
    await expectInStep(hello);
  });
});
