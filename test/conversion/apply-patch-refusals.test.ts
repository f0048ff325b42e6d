import { afterEach, describe, expect, it } from "@jest/globals";
import { removeRepositories, type Files } from "./package.js";
import { letters, patched } from "./patching.js";

afterEach(removeRepositories);

const file = letters("abcdefgh");
const change = "@@ -2,3 +2,3 @@\n b\n-c\n+C\n d\n";

/** Why a patch is not applied; fails if anything changed. */
async function refusal(patch: string, present: Files = { file }, strip = 1): Promise<unknown> {
  const { applied, files } = await patched(present, patch, { strip });
  expect(files).toEqual((await patched(present, "")).files);
  return applied.outcome === "failed" ? [applied.file, applied.hunk, applied.reason] : applied;
}

describe("a patch is refused", () => {
  it.each(["../file", "/etc/file", "x/../../file", ".git/config"])("for the path %s", async (name) => {
    const diff = `--- ${name}\n+++ ${name}\n@@ -0,0 +1 @@\n+a\n`;
    expect(await refusal(diff, { file }, 0)).toEqual([name, undefined, "is no path inside a tree"]);
  });

  it("for a path below a symbolic link, or below a file", async () => {
    const diff = "--- /dev/null\n+++ b/link/file\n@@ -0,0 +1 @@\n+a\n";
    const link = { file, link: { link: "/etc" } };
    expect(await refusal(diff, link)).toEqual(["link/file", undefined, "is below the symbolic link link"]);
    const below = "--- /dev/null\n+++ b/file/x\n@@ -0,0 +1 @@\n+a\n";
    expect(await refusal(below)).toEqual(["file/x", undefined, "is below file, which is no folder"]);
  });

  it("for a symbolic link that it takes for a file", async () => {
    const diff = "--- a/link\n+++ b/link\n@@ -1 +1 @@\n-/etc\n\\ No newline at end of file\n+x\n";
    const present = { link: { link: "/etc" } };
    expect(await refusal(diff, present)).toEqual([
      "link",
      undefined,
      "is a symbolic link, and the patch means a file",
    ]);
  });

  it("for a file that is not there, or a name too short for the strip level", async () => {
    expect(await refusal(`--- a/none\n+++ b/none\n${change}`)).toEqual(["none", undefined, "does not exist"]);
    expect(await refusal(`--- file\n+++ file\n${change}`)).toEqual([
      "file",
      undefined,
      "has no name that is left with -p1",
    ]);
  });

  it("naming the hunk that does not fit, and its line", async () => {
    const diff = `--- a/file\n+++ b/file\n${change}@@ -6,3 +6,3 @@\n f\n-x\n+y\n h\n`;
    expect(await refusal(diff)).toEqual([
      "file",
      2,
      "does not have what hunk 2 (line 8 of the patch) looks for",
    ]);
  });

  it("when a hunk is cut off or spoilt", async () => {
    const short = "--- a/file\n+++ b/file\n@@ -1,8 +1,8 @@\n a\n-b\n+B\n";
    expect(await refusal(short)).toEqual(["", undefined, "has a malformed hunk at line 7"]);
  });

  it("when it is binary and has no content, or content of another file", async () => {
    const lacking =
      "diff --git a/x.png b/x.png\nindex 1111111..2222222 100644\nBinary files a/x.png and b/x.png differ\n";
    expect(await refusal(lacking)).toEqual([
      "b/x.png",
      undefined,
      "is binary, and the patch does not hold its content",
    ]);
    const damaged = "diff --git a/file b/file\nindex 1..2 100644\nGIT binary patch\nliteral 5\nzz\n\n";
    expect(await refusal(damaged)).toEqual(["", undefined, "has damaged binary content before its line 6"]);
  });

  it.each([
    [
      "context diff",
      4,
      "*** a/file\n--- b/file\n***************\n*** 1,3 ****\n  a\n! b\n  c\n--- 1,3 ----\n",
    ],
    ["normal diff", 1, "2c2\n< b\n---\n> B\n"],
    ["ed script", 1, "2c\nB\n.\n"],
  ])("as a %s", async (kind, line, diff) => {
    expect(await refusal(diff)).toEqual([
      "",
      undefined,
      `has a ${kind} at line ${line}; only unified diffs can be applied`,
    ]);
  });
});
