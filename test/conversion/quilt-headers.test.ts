import { afterEach, describe, expect, it } from "@jest/globals";
import { readme, removeRepositories } from "./package.js";
import { dep3, readmePatch, startedQuilt } from "./quilt-package.js";

afterEach(removeRepositories);

const patches = { "louder.patch": readmePatch(2, "TWO", dep3), "ten.patch": readmePatch(10, "TEN") };
const louder = "debian/patches/louder.patch";

describe("a patch whose message changed in source-git", () => {
  it("gets a new header on its old diff", async () => {
    const hello = await startedQuilt({ patches });
    await hello.rewrite(({ subject, message }) =>
      subject === "Say it louder" ? { message: message.replace("Forwarded: no", "Forwarded: yes") } : {},
    );
    expect(await hello.changes()).toEqual({
      [louder]: `From: Grace Hopper <grace@example.org>
Date: Mon, 1 May 2023 00:00:00 +0000
Subject: Say it louder

Nobody hears it.

Bug-Debian: https://bugs.debian.org/1
Forwarded: yes
---
This patch header follows DEP-3: http://dep.debian.net/deps/dep3/
${readmePatch(2, "TWO")}`,
    });
    expect((await hello.convert()).changed).toBe(false);
  });

  it("is known, too, when the two were in step by a conversion", async () => {
    const hello = await startedQuilt({ patches });
    await hello.source.commit("Fix\n\nPatch-name: fix.patch\n", { Makefile: "all:\n" });
    await hello.convert();
    await hello.rewrite(({ subject, message }) =>
      subject === "Fix" ? { message: message.replace("Fix\n", "Fix the build\n\nIt broke.\n") } : {},
    );
    const changes = await hello.changes();
    expect(Object.keys(changes)).toEqual(["debian/patches/fix.patch"]);
    expect(changes["debian/patches/fix.patch"]).toContain(
      "Subject: Fix the build\n\nIt broke.\n---\n Makefile |",
    );
  });

  it("stays as it is when only git's own trimming changed the message", async () => {
    const header = "Description: Say it  \n Louder. \n .\n .\n Please.\n";
    const hello = await startedQuilt({ patches: { "a.patch": readmePatch(2, "TWO", header) } });
    await hello.rewrite(({ message }) => ({ message: message.replace(/\n{3,}/g, "\n\n") }));
    expect(await hello.changes()).toEqual({});
  });

  it("names another author where the commit has another, and only then", async () => {
    const hello = await startedQuilt({ patches });
    await hello.source.commit("Fix\n\nPatch-name: fix.patch\n", { Makefile: "all:\n" });
    const alan = { name: "Alan Turing", email: "alan@example.org", date: "1700000000 +0000" };
    await hello.rewrite(({ subject }) => (subject === "Say it louder" ? { author: alan } : {}));
    expect((await hello.changes())[louder]).toMatch(
      /^From: Alan Turing <alan@example.org>\nDate: Tue, 14 Nov/,
    );
    const fix = "debian/patches/fix.patch";
    expect(await hello.dist.file(fix)).toMatch(/^From: Ada Lovelace /);

    await hello.rewrite(({ subject }) => (subject === "Fix" ? { author: alan } : {}));
    expect(await hello.changes()).toEqual({ [fix]: expect.stringMatching(/^From: Alan Turing /) });
    await hello.rewrite(({ subject }) => (subject === "ten" ? { author: alan } : {}));
    expect(await hello.changes()).toEqual({
      "debian/patches/ten.patch": expect.stringMatching(/^From: Alan Turing /),
    });
  });

  it("is a conflict when dist-git changed the patch meanwhile", async () => {
    const hello = await startedQuilt({ patches });
    const commit = await hello.dist.commit("Forwarded\n", {
      [louder]: patches["louder.patch"].replace("Forwarded: no", "Forwarded: yes"),
    });
    await hello.rewrite(({ subject, message }) =>
      subject === "Say it louder" ? { message: message.replace("Nobody", "Somebody") } : {},
    );
    await expect(hello.convert()).rejects.toMatchObject({
      kind: "conflict",
      message: `${louder} was changed in dist-git by commit ${commit.slice(0, 12)} while the message or author of its commit changed in source-git`,
    });
  });
});

describe("a patch whose code changed in source-git", () => {
  it("keeps its header, and the lines that name its files", async () => {
    const old = readmePatch(2, "TWO", dep3).replace("--- a/README", "--- a/README\t2020-01-01 00:00:00");
    const hello = await startedQuilt({ patches: { "louder.patch": old } });
    await hello.rewrite(({ subject }) =>
      subject === "Say it louder" ? { files: { README: readme({ 2: "LOUD" }) } } : {},
    );
    expect(await hello.changes()).toEqual({ [louder]: old.replace("+TWO", "+LOUD") });
  });

  it("keeps the bytes of the files and hunks that did not change", async () => {
    const index =
      "Index: hello/Makefile\n===================================================================\n";
    const make = `${index}--- hello.orig/Makefile\n+++ hello/Makefile\n@@ -1,4 +1,4 @@ a tool of its own\n-all: hello\n+all: hi\n \n hello: hello.c\n \tcc -o hello hello.c\n`;
    const old = `${readmePatch(2, "TWO", dep3)}${make}`;
    const hello = await startedQuilt({ patches: { "louder.patch": old } });
    await hello.rewrite(({ subject }) =>
      subject === "Say it louder" ? { files: { README: readme({ 2: "TWO", 9: "NINE" }) } } : {},
    );
    const text = (await hello.changes())[louder] ?? "";
    expect(text.startsWith(readmePatch(2, "TWO", dep3).split("@@")[0] ?? "")).toBe(true);
    expect(text).toContain("+NINE\n");
    expect(text.endsWith(make)).toBe(true);
  });

  it("brings its statistic up to date where it has one", async () => {
    const mail =
      "From: Ada <ada@example.org>\nSubject: Two\n\n---\n README | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n\n";
    const hello = await startedQuilt({ patches: { "louder.patch": readmePatch(2, "TWO", mail) } });
    await hello.rewrite(({ subject }) =>
      subject === "Two" ? { files: { README: readme({ 2: "TWO\nand\nmore" }) } } : {},
    );
    const text = (await hello.changes())[louder] ?? "";
    expect(text).toContain(
      " README | 4 +++-\n 1 file changed, 3 insertions(+), 1 deletion(-)\n\n--- a/README\n",
    );
    expect(text.startsWith("From: Ada <ada@example.org>\nSubject: Two\n\n---\n")).toBe(true);
  });

  it.each([
    ["-p0", "--- README\n+++ README\n", "--- README\n+++ README\n"],
    ["-p2", "--- x/y/README\n+++ x/z/README\n", "--- x/y/README\n+++ x/z/README\n"],
    ["-p2", "--- x/$$/README\n+++ x/$&$$/README\n", "--- x/$$/README\n+++ x/$&$$/README\n"],
  ])("is written for the %s of its line, new files included", async (option, names, kept) => {
    const old = readmePatch(2, "TWO", dep3).replace("--- a/README\n+++ b/README\n", () => names);
    const hello = await startedQuilt({
      patches: { "louder.patch": old },
      series: `louder.patch ${option}\n`,
    });
    await hello.rewrite(({ subject }) =>
      subject === "Say it louder" ? { files: { README: readme({ 2: "LOUD" }), "new/file": "new\n" } } : {},
    );
    const changes = await hello.changes();
    expect(Object.keys(changes)).toEqual([louder]);
    expect(changes[louder]).toContain(kept);
    const [, before = ""] = /^--- (.*)README$/m.exec(kept) ?? [];
    const [, after = ""] = /^\+\+\+ (.*)README$/m.exec(kept) ?? [];
    expect(changes[louder]).toContain(`diff --git ${before}new/file ${after}new/file\n`);
    expect(changes[louder]).toContain(`+++ ${after}new/file\n`);
    expect((await hello.convert()).changed).toBe(false);
  });

  it("is written anew, header and all, when both changed", async () => {
    const hello = await startedQuilt({ patches });
    await hello.rewrite(({ subject, message }) =>
      subject === "Say it louder"
        ? { message: message.replace("louder", "LOUDER"), files: { README: readme({ 2: "LOUD" }) } }
        : {},
    );
    const text = (await hello.changes())[louder] ?? "";
    expect(text).toContain("Subject: Say it LOUDER\n");
    expect(text).toContain("+LOUD\n");
  });
});
