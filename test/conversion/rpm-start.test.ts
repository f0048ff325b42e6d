import { afterEach, describe, expect, it } from "@jest/globals";
import { rpmLayout } from "../../src/conversion/rpm/rpm-layout.js";
import { newRepository, readme, removeRepositories, spec, type Files } from "./package.js";
import { expectInStep, startedPackage } from "./round-trip.js";

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
  it("holds the package's files, and a commit for each patch, in order", async () => {
    const hello = await startedPackage({ dist: files });
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
    expect(present[".distro/source-git.yaml"]).toBe(`upstream_ref: v1.0
downstream_package_name: hello
specfile_path: .distro/hello.spec
patch_generation_ignore_paths:
  - .distro
patch_generation_patch_id_digits: 1
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
`);
    await expectInStep(hello);
  });
});
