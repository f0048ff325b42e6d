import { afterEach, describe, expect, it } from "@jest/globals";
import { newPackage, readme, removeRepositories, spec, type TestPackage } from "./package.js";

afterEach(removeRepositories);

const louder = (word: string) => ({ README: readme({ 2: word }) });

/** A package whose dist-git has the patch of `files`, which source-git then changes; answers the patch before and after. */
async function changed(patch: string, { base, before, after, message = "Say it louder" }: Changes) {
  const distSpec = spec.replace("tar.gz\n", "tar.gz\nPatch1:         louder.patch\n");
  const upstream = { README: readme({}), COUNT: count({}), ...base };
  const hello = await newPackage({ spec, distSpec, upstream, dist: { "louder.patch": patch } });
  await hello.source.commit("Say it louder\n\nPatch-name: louder.patch\n", before);
  expect((await hello.convert()).changed).toBe(false);
  await rewriteLast(hello, `${message}\n\nPatch-name: louder.patch\n`, after);
  expect((await hello.convert()).patches).toMatchObject([{ file: "louder.patch", change: "changed" }]);
  return hello.dist.file("louder.patch");
}

/** The numbers from 1 to 30, one a line, with some of them replaced. */
function count(changes: Readonly<Record<number, string>>): string {
  return Array.from({ length: 30 }, (_, index) => `${changes[index + 1] ?? index + 1}\n`).join("");
}

type Change = Record<string, string>;

interface Changes {
  readonly base?: Change;
  readonly before: Change;
  readonly after: Change;
  readonly message?: string;
}

async function rewriteLast({ source }: TestPackage, message: string, files: Change): Promise<void> {
  const [parent] = (await source.store.readCommit(source.tip ?? "")).parents;
  await source.commit(message, files, { parents: [parent ?? ""] });
}

describe("a patch whose commit changed (§6: plain diff without a/ b/, diff -ru with timestamps)", () => {
  const plain = `Some words about it, by whomever.

diff -ru hello-0.9/README hello-1.0/README
--- hello-0.9/README.orig	2019-12-16 09:22:34.476492212 +0100
+++ hello-1.0/README	2019-12-16 09:23:44.665003895 +0100
@@ -21,5 +21,5 @@ a heading
 one
-two
+TWO
 three
 four
 five
`;

  it("keeps the words, the time stamps and the line numbers that were off", async () => {
    const patch = await changed(plain, { before: louder("TWO"), after: louder("ZWEI") });
    expect(patch).toBe(plain.replace("+TWO", "+ZWEI"));
  });

  it("knows a file by the name that there is, when the other is somebody's own", async () => {
    const homely = plain
      .replaceAll("hello-0.9/README.orig", "a/./README")
      .replaceAll(/^\+\+\+ hello-1.0\/README/gm, "+++ b/home/ada/README");
    const patch = await changed(homely, { before: louder("TWO"), after: louder("ZWEI") });
    expect(patch).toBe(homely.replace("+TWO", "+ZWEI"));
  });

  it("keeps the returns that all of its lines end with", async () => {
    const returned = plain.replaceAll("\n", "\r\n");
    const patch = await changed(returned, { before: louder("TWO"), after: louder("ZWEI") });
    expect(patch).toBe(returned.replace("+TWO", "+ZWEI"));
  });

  it("keeps its own division into hunks, and lines of context that lost their blank", async () => {
    const before = "one\n\n/*\n * Last\n */\nlast\n\nend\n";
    const after = (first: string) => before.replace("/*", `/*\n * ${first}\n */\nfirst\n\n/*`);
    // As another tool than git sees it: the comment that was added ends with what the old one began with.
    const other = `--- a/COMMENTS
+++ b/COMMENTS
@@ -1,8 +1,13 @@
 one

+/*
+ * First
+ */
+first
+
 /*
  * Last
  */
 last

 end
`;
    const base = { COMMENTS: before };
    const patch = await changed(other, {
      base,
      before: { COMMENTS: after("First") },
      after: { COMMENTS: after("First of all") },
    });
    expect(patch).toBe(other.replace("+ * First", "+ * First of all"));
    const longer = await changed(other, {
      base,
      before: { COMMENTS: after("First") },
      after: { COMMENTS: after("First").replace(" * Last\n", "") },
    });
    expect(longer).toBe(other.replace("+1,13 @@", "+1,12 @@").replace("\n  * Last", "\n- * Last"));
  });

  it("leaves cut off what an editor cut off at its end", async () => {
    const before = "one\n\nlast\n\nend\n";
    const after = (...words: string[]) => before.replace("last", [...words, "last"].join("\n"));
    const cut = "--- a/COMMENTS\n+++ b/COMMENTS\n@@ -1,4 +1,5 @@\n one\n \n+more\n last\n";
    const [base, more] = [{ COMMENTS: before }, { COMMENTS: after("more") }];
    const other = await changed(cut, { base, before: more, after: { COMMENTS: after("much more") } });
    expect(other).toBe(cut.replace("+more", "+much more"));
    const longer = await changed(cut, { base, before: more, after: { COMMENTS: after("more", "and") } });
    expect(longer).toBe(cut.replace("+1,5", "+1,6").replace("+more\n", "+more\n+and\n"));
  });

  it("says the new words of a mail whose message changed, and keeps its signature", async () => {
    const mail = `From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001
From: Someone <s@example.org>
Date: Tue, 14 Nov 2023 23:13:20 +0100
Subject: [PATCH 3/7] Say it louder

---
 README | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/README b/README
index 1234567..89abcde 100644
--- a/README
+++ b/README
@@ -1,5 +1,5 @@
 one
-two
+TWO
 three
 four
 five
-- 
2.39.5

`;
    const patch = await changed(mail, {
      before: louder("TWO"),
      after: louder("ZWEI"),
      message: "Say it in German",
    });
    expect(patch).toMatch(/^Subject: \[PATCH\] Say it in German$/m);
    expect(patch).toMatch(/\+ZWEI\n three\n four\n five\n-- \n2\.39\.5\n\n$/);
    const kept = await changed(mail, { before: louder("TWO"), after: louder("ZWEI") });
    expect(kept?.replace(/^index .*$/m, "")).toBe(mail.replace("+TWO", "+ZWEI").replace(/^index .*$/m, ""));
    expect(kept).toMatch(/^index [0-9a-f]{7}\.\.[0-9a-f]{7} 100644$/m);
  });

  it("counts the lines anew where there are others, and leaves a count that is still true", async () => {
    const mail = `Subject: Say it louder

---
 README | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-), as somebody counted

--- a/README
+++ b/README
@@ -1,5 +1,5 @@
 one
-two
+TWO
 three
 four
 five
`;
    const same = await changed(mail, { before: louder("TWO"), after: louder("ZWEI") });
    expect(same).toBe(mail.replace("+TWO", "+ZWEI"));
    const more = await changed(mail, { before: louder("TWO"), after: louder("TWO\nZWEI") });
    expect(more).toMatch(/^ README \| 3 \+\+-\n 1 file changed, 2 insertions\(\+\), 1 deletion\(-\)\n\n---/m);
  });

  it("keeps the other mails of one file, and moves the hunks behind what grew", async () => {
    const mails = `From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001
From: Someone <s@example.org>
Date: Tue, 14 Nov 2023 23:13:20 +0100
Subject: [PATCH 1/2] Say it louder

---
 COUNT | 4 ++--
 1 file changed, 2 insertions(+), 2 deletions(-)

--- a/COUNT
+++ b/COUNT
@@ -1,5 +1,5 @@
 1
-2
+two
 3
 4
 5
@@ -17,7 +17,7 @@ some function
 17
 18
 19
-20
+twenty
 21
 22
 23

From 1123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001
From: Someone <s@example.org>
Date: Tue, 14 Nov 2023 23:13:20 +0100
Subject: [PATCH 2/2] Say it in a file

---
 LOUD | 1 +
 1 file changed, 1 insertion(+)

diff --git a/LOUD b/LOUD
new file mode 100644
index 0000000..1111111
--- /dev/null
+++ b/LOUD
@@ -0,0 +1 @@
+LOUD
-- 
2.39.5

`;
    const before = { COUNT: count({ 2: "two", 20: "twenty" }), LOUD: "LOUD\n" };
    const after = { COUNT: count({ 2: "two\nzwei", 20: "twenty" }), LOUD: "LOUD\n" };
    const grown = mails
      .replace("@@ -1,5 +1,5 @@", "@@ -1,5 +1,6 @@")
      .replace("+two\n", "+two\n+zwei\n")
      .replace("@@ -17,7 +17,7 @@", "@@ -17,7 +18,7 @@");
    expect(await changed(mails, { before, after })).toBe(grown);
  });

  it("changes the one of several mails that made the line", async () => {
    const mail = (
      number: number,
      hunk: string,
    ) => `From ${number}123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001
From: Someone <s@example.org>
Subject: [PATCH ${number}/2] Say it louder

---
 COUNT | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

--- a/COUNT
+++ b/COUNT
${hunk}-- 
2.39.5

`;
    const mails =
      mail(1, "@@ -1,5 +1,5 @@\n 1\n-2\n+two\n 3\n 4\n 5\n") +
      mail(2, "@@ -1,7 +1,7 @@\n 1\n two\n 3\n-4\n+four\n 5\n 6\n 7\n");
    const before = { COUNT: count({ 2: "two", 4: "four" }) };
    const later = await changed(mails, { before, after: { COUNT: count({ 2: "two", 4: "vier" }) } });
    expect(later).toBe(mails.replace("+four", "+vier"));
    const far =
      mail(1, "@@ -1,5 +1,5 @@\n 1\n-2\n+two\n 3\n 4\n 5\n") +
      mail(2, "@@ -17,7 +17,7 @@\n 17\n 18\n 19\n-20\n+twenty\n 21\n 22\n 23\n");
    const first = await changed(far, {
      before: { COUNT: count({ 2: "two", 20: "twenty" }) },
      after: { COUNT: count({ 2: "zwei", 20: "twenty" }) },
    });
    expect(first).toBe(far.replace("+two\n", "+zwei\n"));
  });
});
