import { afterEach, describe, expect, it } from "@jest/globals";
import type { Signature } from "../../src/git/object-store.js";
import { readme, removeRepositories, spec, type Content, type Files } from "./package.js";
import { expectInStep } from "./round-trip.js";
import { bot, start } from "./starting.js";

afterEach(removeRepositories);

const mail = `From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001
From: Grace Hopper <grace@example.org>
Date: Mon, 6 Feb 2023 10:00:00 -0500
Subject: [PATCH] Count from two

Because one is taken.
---
 README | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/README b/README
index 1111111..2222222 100644
--- a/README
+++ b/README
@@ -1,3 +1,3 @@
-one
+two to begin with
 two
 three
-- 
2.39.0
`;

const plain = `This mends the end.

diff -ru hello-1.0.orig/README hello-1.0/README
--- hello-1.0.orig/README	2020-01-01 00:00:00.000000000 +0000
+++ hello-1.0/README	2020-01-02 00:00:00.000000000 +0000
@@ -8,3 +8,3 @@
 eight
 nine
-ten
+TEN
`;

const tags = `Source0:        hello-%{version}.tar.gz
# Sent upstream
#  in spring
Patch1:         count.patch
Patch5:         %{name}-end.patch`;
const patchedSpec = spec.replace("Source0:        hello-%{version}.tar.gz", tags);
const files: Files = {
  "hello.spec": patchedSpec,
  "count.patch": mail,
  "hello-end.patch": plain,
  sources: "SHA512 (hello-1.0.tar.gz) = 00\n",
  ".gitignore": "/hello-*.tar.gz\n",
  "hello.conf": "a = b\n",
  "tests/run": { program: "#!/bin/sh\n" },
};

describe("a source-git repository that begins with a package", () => {
  it("holds the package's files, and upstream's with all patches", async () => {
    const { hello } = await start({ dist: files });
    const present = await hello.source.files();
    expect(Object.keys(present).sort()).toEqual([
      ".distro/.gitignore",
      ".distro/hello.conf",
      ".distro/hello.spec",
      ".distro/source-git.yaml",
      ".distro/tests/run",
      "README",
    ]);
    expect(present["README"]).toBe(readme({ 1: "two to begin with", 10: "TEN" }));
    expect(present[".distro/hello.spec"]).toBe(patchedSpec);
    expect(present[".distro/.gitignore"]).toBe("!*\n");
    await expectInStep(hello);
  });

  it("is configured as packit's init does it", async () => {
    const spec = patchedSpec
      .replace("hello-%{version}", "%{url}/hello-%{version}")
      .replace("Patch1:", "Patch01:");
    const { hello } = await start({
      dist: { ...files, "hello.spec": spec },
      upstreamUrl: "https://example.org/hello.git",
    });
    expect(await hello.source.file(".distro/source-git.yaml"))
      .toBe(`upstream_project_url: https://example.org/hello.git
upstream_ref: v1.0
downstream_package_name: hello
specfile_path: .distro/hello.spec
patch_generation_ignore_paths:
  - .distro
patch_generation_patch_id_digits: 2
sync_changelog: true
files_to_sync:
  - src:
      - .distro/
    dest: .
    delete: true
    filters:
      - protect .git*
      - protect sources
      - exclude source-git.yaml
      - exclude .gitignore
sources:
  - path: hello-1.0.tar.gz
    url: https://example.org/hello/hello-1.0.tar.gz
`);
    await expectInStep(hello);
  });

  it("has a commit of the files, then one for each patch, with what makes the patch again", async () => {
    const { hello, started, commits } = await start({ dist: files });
    const from = `From-dist-git-commit: ${hello.dist.tip ?? ""}\n`;
    expect(commits.map(({ message }) => message)).toEqual([
      `Initialize as a source-git repository\n\n${from}`,
      "Count from two\n\nBecause one is taken.\n\nPatch-name: count.patch\n" +
        `Patch-status: |\n    # Sent upstream\n    #  in spring\n${from}`,
      `Apply hello-end.patch\n\nThis mends the end.\n\nPatch-name: hello-end.patch\nPatch-id: 5\n${from}`,
    ]);
    expect(started.patches.map(({ file }) => file)).toEqual(["count.patch", "hello-end.patch"]);
    expect(started.patches.at(-1)?.commit).toBe(started.head);
    expect(started.warnings).toEqual([]);
  });

  it("keeps author and date of a mail, and has those of who brought a plain diff into dist-git", async () => {
    const alan: Signature = { name: "Alan", email: "alan@example.org", date: "1600000000 +0100" };
    const kay: Signature = { name: "Kay", email: "kay@example.org", date: "1610000000 -0300" };
    const { commits } = await start({
      dist: async (dist) => {
        await dist.commit("Import\n", { ...files, "hello-end.patch": null }, { author: kay });
        await dist.commit("Mend the end\n", { "hello-end.patch": plain }, { author: alan });
        await dist.commit("Touch it\n", { "hello-end.patch": `\n${plain}` }, { author: kay });
      },
    });
    expect(commits.map(({ author }) => author)).toEqual([
      kay,
      { name: "Grace Hopper", email: "grace@example.org", date: "1675695600 -0500" },
      alan,
    ]);
    expect(commits.map(({ committer }) => committer)).toEqual([bot, bot, bot]);
  });

  it("keeps a message's own trailers, and forgets those of an earlier source-git", async () => {
    const earlier = mail.replace(
      "Because one is taken.",
      `Why\n\nResolves: #12\nPatch-name: other.patch\nPatch-id: 70\nFrom-dist-git-commit: ${"1".repeat(40)}`,
    );
    const { hello, commits } = await start({ dist: { ...files, "count.patch": earlier } });
    expect(commits[1]?.message).toBe(
      "Count from two\n\nWhy\n\nResolves: #12\nPatch-name: count.patch\n" +
        `Patch-status: |\n    # Sent upstream\n    #  in spring\nFrom-dist-git-commit: ${hello.dist.tip ?? ""}\n`,
    );
    await expectInStep(hello);
  });

  it("comes of SPECS/ and SOURCES/, too", async () => {
    const split = Object.entries(files).map(([path, content]): [string, Content] => {
      if (path.startsWith(".git")) return [path, content];
      return [path.endsWith(".spec") ? `SPECS/${path}` : `SOURCES/${path}`, content];
    });
    const { hello } = await start({
      dist: { ...Object.fromEntries(split), ".hello.metadata": "00 SOURCES/x\n" },
    });
    const present = await hello.source.files();
    expect(Object.keys(present)).toContain(".distro/SOURCES/hello.conf");
    expect(present[".distro/source-git.yaml"]).toContain("specfile_path: .distro/SPECS/hello.spec\n");
    expect(present["README"]).toBe(readme({ 1: "two to begin with", 10: "TEN" }));
    await expectInStep(hello);
  });
});
