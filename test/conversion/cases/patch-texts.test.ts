import { afterEach, describe, expect, it } from "@jest/globals";
import { newPackage, readme, removeRepositories, type Files, type TestPackage } from "../package.js";
import { bringHome, comesFromDist, expectInStep, startedPackage } from "../round-trip.js";
import { readmePatch, withTags } from "./shapes.js";

afterEach(removeRepositories);

const two = { README: readme({ 2: "TWO" }) };
const upstream = { README: readme({}) };
const tagged = (file: string) => withTags(`Source0: a.tar.gz\nPatch1: ${file}\n`);

/** dist-git without and with one patch. */
function onePatch(file: string, patch: string | Buffer, patched: Readonly<Record<string, string>> = two) {
  return {
    upstream,
    before: { "hello.spec": withTags("Source0: a.tar.gz\n") },
    change: { "hello.spec": tagged(file), [file]: patch },
    patched,
  };
}

/** A mail around a diff. */
function mail(headers: string, diff: string): string {
  return `From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n${headers}\n---\n README | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n\n${diff}-- \n2.39.0\n\n`;
}

const git = `diff --git a/README b/README\nindex 1234567..89abcde 100644\n${readmePatch(2, "TWO")}`;
const from = "From: Grace Hopper <grace@example.org>\nDate: Tue, 14 Nov 2023 23:13:20 +0100\n";

describe("plain diff without `a/ b/`", () => {
  comesFromDist({
    ...onePatch("plain.patch", readmePatch(2, "TWO", ["README.orig", "README"])),
    before: { "hello.spec": withTags("Source0: a.tar.gz\n", "%autosetup -p0\n") },
    change: {
      "hello.spec": withTags("Source0: a.tar.gz\nPatch1: plain.patch\n", "%autosetup -p0\n"),
      "plain.patch": readmePatch(2, "TWO", ["README.orig", "README"]),
    },
  });
});

describe("`diff -ru` with timestamps", () => {
  const names = [
    "hello-1.0.orig/README\t2020-01-01 00:00:00.000000000 +0000",
    "hello-1.0/README\t2020-01-01 00:00:01.000000000 +0000",
  ] as const;
  comesFromDist(
    onePatch("ru.patch", `diff -ru hello-1.0.orig/README hello-1.0/README\n${readmePatch(2, "TWO", names)}`),
  );
});

describe("non-UTF-8 patch body and author", () => {
  it("source to dist: bytes stay what they are", async () => {
    const hello = await newPackage();
    const author = { name: "Jos\uDCE9", email: "jose@example.org", date: "1700000000 +0000" };
    await hello.source.commit("Latin\n", { README: Buffer.from("caf\xe9\n", "latin1") }, { author });
    await hello.convert();
    expect(await hello.dist.file("0001-Latin.patch")).toContain("+caf\xe9\n");
    expect((await hello.convert()).changed).toBe(false);
  });

  const latin = mail(
    "From: Jos\xe9 <jose@example.org>\nDate: Tue, 14 Nov 2023 23:13:20 +0100\nSubject: [PATCH] Say caf\xe9\n",
    readmePatch(2, "caf\xe9"),
  );
  comesFromDist(onePatch("latin.patch", Buffer.from(latin, "latin1"), { README: readme({ 2: "caf\xe9" }) }));
});

describe("RFC 2047 and folded subjects", () => {
  it("source to dist: git's own name and form", async () => {
    const hello = await newPackage();
    const subject = `Prüfe den Überlauf ${"sehr lange ".repeat(12)}`.trim();
    await hello.source.commit(`${subject}\n\nBefore\n---\nAfter\n`, two);
    await hello.convert();
    const [file = ""] = await hello.patchFiles();
    expect(file).toMatch(/^0001-Pr-fe-den-berlauf-sehr-lange-.{1,40}\.patch$/);
    expect(file).toHaveLength(63);
    expect((await hello.convert()).changed).toBe(false);
  });

  const subject =
    "Subject: [PATCH 3/7] =?UTF-8?q?Pr=C3=BCfe=20den=20=C3=9Cberlauf=20sehr=20lange?=\n =?UTF-8?q?_und_noch_l=C3=A4nger?= and\n plain words\n";
  const author =
    "From: =?ISO-8859-1?Q?Andr=E9?= <andre@example.org>\nDate: Tue, 14 Nov 2023 23:13:20 +0100\n";
  comesFromDist(onePatch("mail.patch", mail(`${author}${subject}\nBecause.\n`, git)));

  it("dist to source: become subject and author of the commit", async () => {
    const patch = mail(`${author}${subject}\nBecause.\n`, git);
    const hello = await startedPackage({ dist: { "hello.spec": tagged("mail.patch"), "mail.patch": patch } });
    const commit = await hello.source.store.readCommit(hello.source.tip ?? "");
    expect(commit.author).toEqual({ name: "André", email: "andre@example.org", date: "1700000000 +0100" });
    expect(commit.message).toMatch(
      /^Prüfe den Überlauf sehr lange und noch länger and plain words\n\nBecause\.\n/,
    );
  });
});

describe("`---` in a message", () => {
  it("source to dist: the patch still applies, and the message stays", async () => {
    const hello = await newPackage();
    await hello.source.commit("One\n\nBefore\n---\nAfter\n", two);
    await hello.convert();
    expect(await hello.dist.file("0001-One.patch")).toContain("\nBefore\n---\nAfter\n");
    await expectInStep(hello);
  });

  comesFromDist(onePatch("mail.patch", mail(`${from}Subject: [PATCH] One\n\nBefore\n---\nAfter\n`, git)));
});

describe("a diff in a message", () => {
  it("source to dist: is not applied", async () => {
    const hello = await newPackage();
    const quoted = "--- a/README\n+++ b/README\n@@ -9 +9 @@\n-nine\n+NINE\n";
    await hello.source.commit(`Quote\n\nUnlike this:\n\ndiff --git a/README b/README\n${quoted}`, two);
    await hello.convert();
    expect(await hello.dist.file("0001-Quote.patch")).toContain(
      "\n> diff --git a/README b/README\n> --- a/README\n> +++ b/README\n> @@ -9 +9 @@\n-nine\n+NINE\n",
    );
    expect((await hello.convert()).changed).toBe(false);
  });
});

describe("an indented diff in a message, which patch(1) reads all the same", () => {
  it("source to dist: is not applied", async () => {
    const hello = await newPackage();
    const quoted = "    --- a/README\n    +++ b/README\n    @@ -9 +9 @@\n    -nine\n    +NINE\n";
    await hello.source.commit(`Quote\n\nUnlike this:\n\n${quoted}`, two);
    await hello.convert();
    expect(await hello.dist.file("0001-Quote.patch")).toContain(
      "\n>     --- a/README\n>     +++ b/README\n>     @@ -9 +9 @@\n    -nine\n    +NINE\n",
    );
    expect((await hello.convert()).changed).toBe(false);
  });
});

describe("binary patch", () => {
  it("source to dist: is written, with a warning that patch(1) cannot apply it", async () => {
    const hello = await newPackage();
    await hello.source.commit("Logo\n", { "logo.png": Buffer.from([0, 1, 2, 3, 0, 255]) });
    const { warnings } = await hello.convert();
    expect(await hello.dist.file("0001-Logo.patch")).toContain("GIT binary patch\n");
    expect(warnings).toEqual([
      "0001-Logo.patch changes a binary file: only %autosetup -S git (or git_am) can apply it",
    ]);
    expect((await hello.convert()).changed).toBe(false);
  });

  it("the way back: its bytes come home", async () => {
    const hello = await newPackage();
    await hello.source.commit("Logo\n", { "logo.png": Buffer.from([0, 1, 2, 3, 0, 255]) });
    await hello.convert();
    const patch = (await hello.dist.file("0001-Logo.patch")) ?? "";
    const other = await startedPackage({
      dist: { "hello.spec": withTags("Source0: a.tar.gz\n", "%autosetup -p1 -S git_am\n") },
    });
    await other.dist.commit("Logo\n", {
      "hello.spec": withTags("Source0: a.tar.gz\nPatch1: logo.patch\n", "%autosetup -p1 -S git_am\n"),
      "logo.patch": Buffer.from(patch, "latin1"),
    });
    await bringHome(other);
    expect(await other.source.file("logo.png")).toBe("\0\x01\x02\x03\0\xff");
    await expectInStep(other);
  });
});

describe("rename, mode change", () => {
  it("source to dist: are written as git does", async () => {
    const hello = await newPackage();
    await hello.source.commit("Rename\n", { README: null, "README.md": readme({}) });
    await hello.source.commit("Mode\n", { "README.md": { program: readme({}) } });
    await hello.source.commit("Link\n", { README: { link: "README.md" } });
    await hello.convert();
    expect(await hello.dist.file("0001-Rename.patch")).toContain("rename from README\nrename to README.md\n");
    expect(await hello.dist.file("0002-Mode.patch")).toContain("old mode 100644\nnew mode 100755\n");
    expect(await hello.dist.file("0003-Link.patch")).toContain("new file mode 120000\n");
    expect((await hello.convert()).changed).toBe(false);
  });

  it("source to dist: a renamed link is a link", async () => {
    const hello = await newPackage({ upstream: { README: { link: "NEWS" } } });
    await hello.source.commit("Rename\n", { README: null, "README.md": { link: "NEWS" } });
    await hello.convert();
    expect(await hello.dist.file("0001-Rename.patch")).toContain("rename from README\nrename to README.md\n");
    await expectInStep(hello);
  });

  const renaming =
    "diff --git a/README b/README.md\nsimilarity index 100%\nrename from README\nrename to README.md\n";
  const running = "diff --git a/README.md b/README.md\nold mode 100644\nnew mode 100755\n";
  comesFromDist(onePatch("rename.patch", renaming, { "README.md": readme({}) }));
  comesFromDist(onePatch("both.patch", `${renaming}${running}`, { "README.md": readme({}) }));
});

describe("odd names", () => {
  describe.each(["0017-Patch-This..patch", "fix+1~2.diff", "a,b=c@d.patch", "no-ending", "ümlaut.patch"])(
    "%s",
    (file) => {
      comesFromDist(onePatch(file, git));
    },
  );
});

describe("no final newline in files", () => {
  it("source to dist: the patch says so", async () => {
    const hello = await newPackage();
    await hello.source.commit("No newline\n", { README: readme({}).trimEnd() });
    await hello.convert();
    expect(await hello.dist.file("0001-No-newline.patch")).toContain("\\ No newline at end of file\n");
    expect((await hello.convert()).changed).toBe(false);
  });

  const lines = "@@ -8,3 +8,3 @@\n eight\n nine\n-ten\n+ten\n\\ No newline at end of file\n";
  comesFromDist(
    onePatch("short.patch", `--- a/README\n+++ b/README\n${lines}`, { README: readme({}).trimEnd() }),
  );
});

describe("names in git's quotes", () => {
  const names = ['"a/\\303\\274.txt"', '"b/\\303\\274.txt"'] as const;
  const quoted = (text: string) => `diff --git ${names.join(" ")}\n${readmePatch(2, text, names)}`;

  it("source to dist: stay as they are when the patch changes", async () => {
    const hello = await startedPackage({
      upstream: { "ü.txt": readme({}) },
      dist: { "hello.spec": tagged("hello.patch"), "hello.patch": quoted("TWO") },
    });
    await amend(hello, { "ü.txt": readme({ 2: "Deux" }) });
    await hello.convert();
    expect(await hello.dist.file("hello.patch")).toBe(quoted("Deux"));
    await expectInStep(hello);
  });
});

describe("rename below two folders", () => {
  it("source to dist: has its folders when it is written anew", async () => {
    const names = (from: string, to: string) =>
      `diff --git a/hello/${from} b/hello/${to}\nsimilarity index 100%\nrename from hello/${from}\nrename to hello/${to}\n`;
    const hello = await startedPackage({
      dist: {
        "hello.spec": withTags("Source0: a.tar.gz\nPatch1: hello.patch\n", "%autosetup -p2\n"),
        "hello.patch": names("README", "README.md"),
      },
    });
    await amend(hello, { "README.md": null, "README.txt": readme({}) });
    await hello.convert();
    expect(await hello.dist.file("hello.patch")).toBe(names("README", "README.txt"));
  });
});

/** Commits other changes in place of the last commit's, under its message. */
async function amend({ source }: TestPackage, files: Files): Promise<void> {
  const old = await source.store.readCommit(source.tip ?? "");
  const { tree } = await source.store.readCommit(await source.commit(old.message, files));
  source.tip = source.store.writeCommit({ ...old, tree });
}
