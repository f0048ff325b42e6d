import { afterEach, describe, expect, it } from "@jest/globals";
import { removeRepositories } from "./package.js";
import { letters, patched } from "./patching.js";

afterEach(removeRepositories);

const file = letters("abcdefgh");
const change = "@@ -2,3 +2,3 @@\n b\n-c\n+C\n d\n";
const changed = letters("abCdefgh");

describe("a plain diff (§6: plain diff without a/ b/, diff -ru with timestamps, -p0)", () => {
  it("of diff -ru names files with timestamps, and folders that are not there", async () => {
    const diff =
      "Only in new: Makefile.orig\ndiff -ru old/src/file new/src/file\n" +
      "--- old/src/file\t2020-01-01 00:00:00.000000000 +0100\n+++ new/src/file\t2020-01-02 00:00:00.000000000 +0100\n" +
      change +
      "Only in new: x\n";
    expect((await patched({ "src/file": file }, diff)).files).toEqual({ "src/file": changed });
  });

  it.each([
    [0, "src/file"],
    [1, "a/src/file"],
    [3, "one/two/three/src/file"],
    [2, "one//two/src/file"],
    [undefined, "anything/file"],
  ])("cuts %s folders off %s", async (strip, name) => {
    const path = strip === undefined ? "file" : "src/file";
    const { files } = await patched({ [path]: file }, `--- ${name}\n+++ ${name}\n${change}`, { strip });
    expect(files).toEqual({ [path]: changed });
  });

  it("takes the name that exists, as patch does: a copy's own ending does not", async () => {
    const diff = `--- a/file.orig\n+++ b/file\n${change}`;
    expect((await patched({ file }, diff)).files).toEqual({ file: changed });
    const other = `--- a/file\n+++ b/file.new\n${change}`;
    expect((await patched({ file }, other)).files).toEqual({ file: changed });
  });

  it("is named by Index: where nothing else names it", async () => {
    const diff = `Index: a/file\n${"=".repeat(67)}\n${change}`;
    expect((await patched({ file }, diff)).files).toEqual({ file: changed });
  });

  it("may have blanks in names that a tab ends, and C's escapes in quotes", async () => {
    const tab = `--- a/two words\t2020-01-01\n+++ b/two words\t2020-01-02\n${change}`;
    expect((await patched({ "two words": file }, tab)).files).toEqual({ "two words": changed });
    const quoted = `--- "a/gr\\303\\274n \\"x\\""\n+++ "b/gr\\303\\274n \\"x\\""\n${change}`;
    expect((await patched({ 'grün "x"': file }, quoted)).files).toEqual({ 'grün "x"': changed });
  });
});

describe("files that come and go", () => {
  it.each([
    ["/dev/null", "--- /dev/null\n+++ b/new/file\n@@ -0,0 +1,2 @@\n+a\n+b\n"],
    [
      "an epoch",
      "--- a/new/file\t1970-01-01 01:00:00.000000000 +0100\n+++ b/new/file\n@@ -0,0 +1,2 @@\n+a\n+b\n",
    ],
    ["an empty range", "--- a/new/file\n+++ b/new/file\n@@ -0,0 +1,2 @@\n+a\n+b\n"],
  ])("are created from %s", async (_, diff) => {
    expect((await patched({ file }, diff)).files).toEqual({ file, "new/file": "a\nb\n" });
  });

  it.each([
    ["/dev/null", "--- a/gone\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-a\n-b\n"],
    ["an epoch", "--- a/gone\n+++ b/gone\tThu Jan  1 00:00:00 1970\n@@ -1,2 +0,0 @@\n-a\n-b\n"],
  ])("are deleted by %s", async (_, diff) => {
    expect((await patched({ file, gone: "a\nb\n" }, diff)).files).toEqual({ file });
  });

  it("stay, empty, where nothing says that they are gone", async () => {
    const diff = "--- a/gone\n+++ b/gone\n@@ -1,2 +0,0 @@\n-a\n-b\n";
    expect((await patched({ gone: "a\nb\n" }, diff)).files).toEqual({ gone: "" });
  });

  it("are not deleted with what the patch does not know, nor created where they are", async () => {
    const gone = "--- a/gone\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-a\n-b\n";
    expect((await patched({ gone: "a\nb\nc\n" }, gone)).applied).toMatchObject({
      outcome: "failed",
      file: "gone",
    });
    const fresh = "--- /dev/null\n+++ b/file\n@@ -0,0 +1 @@\n+a\n";
    expect((await patched({ file }, fresh)).applied).toEqual({
      outcome: "failed",
      file: "file",
      hunk: undefined,
      reason: "exists already, and the patch creates it",
    });
  });

  it("of git are created empty, moved, copied and given another mode", async () => {
    const diff = `diff --git a/empty b/empty
new file mode 100755
index 0000000..e69de29
diff --git a/file b/moved
similarity index 90%
rename from file
rename to moved
--- a/file
+++ b/moved
${change}diff --git a/kept b/copy
similarity index 100%
copy from kept
copy to copy
diff --git a/kept b/kept
old mode 100644
new mode 100755
`;
    const { files } = await patched({ file, kept: "k\n" }, diff);
    expect(files).toEqual({ empty: "", moved: changed, copy: "k\n", kept: "k\n" });
  });

  it("of git may change places", async () => {
    const diff =
      "diff --git a/one b/two\nsimilarity index 100%\nrename from one\nrename to two\n" +
      "diff --git a/two b/one\nsimilarity index 100%\nrename from two\nrename to one\n";
    expect((await patched({ one: "1\n", two: "2\n" }, diff)).files).toEqual({ one: "2\n", two: "1\n" });
  });
});

describe("what mailers and editors do to patches", () => {
  it("is forgiven: context lines that lost their blank, and those at the end", async () => {
    const before = { file: "a\n\nc\nd\n\n\n" };
    const diff = "--- a/file\n+++ b/file\n@@ -1,6 +1,6 @@\n a\n\n-c\n+C\n d\n";
    expect((await patched(before, diff)).files).toEqual({ file: "a\n\nC\nd\n\n\n" });
  });

  it("is forgiven: a patch without its last line break", async () => {
    const diff = `--- a/file\n+++ b/file\n${change}`.trimEnd();
    expect((await patched({ file }, diff)).files).toEqual({ file: changed });
  });

  it("is undone: carriage returns, unless the file has them, too (§6: CRLF)", async () => {
    const diff = `--- a/file\n+++ b/file\n${change}`.replaceAll("\n", "\r\n");
    expect((await patched({ file }, diff)).files).toEqual({ file: changed });
    const dos = file.replaceAll("\n", "\r\n");
    expect((await patched({ file: dos }, diff)).files).toEqual({ file: changed.replaceAll("\n", "\r\n") });
    const mixed = `--- a/file\n+++ b/file\n${change.replaceAll("\n", "\r\n")}`.replace("@@\r", "@@");
    expect((await patched({ file: dos }, mixed)).files).toEqual({ file: changed.replaceAll("\n", "\r\n") });
  });

  it("is read past: signatures, hunks without a header, several mails in one file", async () => {
    const mail = (name: string, id: string) =>
      `From ${id.repeat(40)} Mon Sep 17 00:00:00 2001\nFrom: A <a@example.org>\nSubject: x\n\n---\n\n` +
      `diff --git a/${name} b/${name}\n--- a/${name}\n+++ b/${name}\n${change}-- \n2.39.0\n\n`;
    const { applied, files } = await patched(
      { file, other: file },
      `${mail("file", "1")}${mail("other", "2")}`,
    );
    expect(applied).toEqual({ outcome: "applied", fuzz: 0, paths: ["file", "other"] });
    expect(files).toEqual({ file: changed, other: changed });
  });

  it("may be all there is: no hunks change nothing", async () => {
    const { applied, files } = await patched({ file }, "Subject: nothing\n\nNothing to see.\n");
    expect(applied).toEqual({ outcome: "applied", fuzz: 0, paths: [] });
    expect(files).toEqual({ file });
  });
});
